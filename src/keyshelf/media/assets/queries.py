"""The SQL of what is known of media."""

import json
from collections.abc import Sequence

from keyshelf.database.transactions import ReadTransaction, Row, Transaction
from keyshelf.layout.drive import OwnerId
from keyshelf.layout.keys import ObjectKey
from keyshelf.layout.media import MediaHash
from keyshelf.media.assets.values import Facts


async def is_known(tx: ReadTransaction, media: MediaHash) -> bool:
    """Say whether some content was looked at."""
    known: bool = await tx.value(
        """
        SELECT EXISTS (
            SELECT FROM media_assets WHERE hash = %(hash)s AND inspected_at IS NOT NULL
        )
        """,
        {"hash": media},
    )
    return known


async def note(
    tx: Transaction,
    media: MediaHash,
    facts: Facts,
    *,
    owner: OwnerId,
    source: ObjectKey,
    size: int,
) -> None:
    """Note what a look told, in place of what an earlier one did."""
    await tx.execute(
        """
        INSERT INTO media_assets
            (hash, owner_id, source_key, kind, mimetype, size, width, height, duration_ms,
             orientation, taken_at, thumbhash, dominant_color, facts, error_code, error_detail,
             inspected_at)
        VALUES (%(hash)s, %(owner)s, %(source)s, %(kind)s, %(mimetype)s, %(size)s, %(width)s,
                %(height)s, %(duration)s, %(orientation)s, %(taken)s, %(thumbhash)s, %(color)s,
                %(facts)s::jsonb, %(code)s, %(detail)s, now())
        ON CONFLICT (hash) DO UPDATE SET
            kind = EXCLUDED.kind, mimetype = EXCLUDED.mimetype, size = EXCLUDED.size,
            width = EXCLUDED.width, height = EXCLUDED.height, duration_ms = EXCLUDED.duration_ms,
            orientation = EXCLUDED.orientation, taken_at = EXCLUDED.taken_at,
            thumbhash = EXCLUDED.thumbhash, dominant_color = EXCLUDED.dominant_color,
            facts = EXCLUDED.facts, error_code = EXCLUDED.error_code,
            error_detail = EXCLUDED.error_detail, inspected_at = EXCLUDED.inspected_at
        """,
        {
            "hash": media,
            "owner": owner,
            "source": source,
            "kind": facts.kind,
            "mimetype": facts.mimetype,
            "size": size,
            "width": facts.width,
            "height": facts.height,
            "duration": facts.duration_ms,
            "orientation": facts.orientation,
            "taken": facts.taken_at,
            "thumbhash": facts.thumbhash,
            "color": facts.dominant_color,
            "facts": None if facts.more is None else json.dumps(facts.more),
            "code": facts.unreadable and facts.unreadable.code,
            "detail": facts.unreadable and facts.unreadable.detail,
        },
    )


async def shown(tx: ReadTransaction, hashes: Sequence[MediaHash]) -> list[Row]:
    """Return what lists show of content that was looked at.

    `keys` are those of its pictures, `is_awaited` tells whether more of them are being
    made; `encrypted` is null without a stream. All is as of one moment.
    """
    return await tx.all(
        """
        SELECT a.hash, a.kind, a.mimetype, a.width, a.height, a.duration_ms, a.orientation,
            a.taken_at, a.thumbhash, a.dominant_color, a.error_code, a.error_detail,
            ARRAY(
                SELECT r.key FROM media_renditions r
                WHERE r.hash = a.hash AND r.kind IN ('thumbnail', 'cover', 'preview')
            ) AS keys,
            EXISTS (
                SELECT FROM jobs j
                WHERE j.payload ? 'hash' AND j.payload ->> 'hash' = a.hash
                  AND j.kind IN ('image:thumbnail', 'video:cover')
                  AND j.state IN ('queued', 'running')
            ) AS is_awaited,
            (
                SELECT EXISTS (SELECT FROM content_keys k WHERE k.encode_id = e.id)
                FROM media_encodes e WHERE e.hash = a.hash AND e.state = 'live' LIMIT 1
            ) AS encrypted
        FROM media_assets a
        WHERE a.hash = ANY(%(hashes)s) AND a.inspected_at IS NOT NULL
        """,
        {"hashes": list(hashes)},
    )


async def has_traces(tx: ReadTransaction, media: MediaHash) -> bool:
    """Say whether there is a row about some media, those of jobs excepted."""
    found: bool = await tx.value(
        """
        SELECT EXISTS (SELECT FROM media_assets WHERE hash = %(hash)s)
            OR EXISTS (SELECT FROM media_renditions WHERE hash = %(hash)s)
            OR EXISTS (SELECT FROM media_encodes WHERE hash = %(hash)s)
            OR EXISTS (SELECT FROM image_cache_entries WHERE hash = %(hash)s)
        """,
        {"hash": media},
    )
    return found
