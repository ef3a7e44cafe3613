"""The SQL of work on media: stages, renditions, what is known of a hash, and forgetting it."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from keyshelf.database.transactions import ReadTransaction, Row, Transaction
from keyshelf.layout.keys import ObjectKey
from keyshelf.layout.media import MediaHash
from keyshelf.media.work.values import Rendition, Sketch, Stage, StageState


async def lock(tx: Transaction, what: str) -> None:
    """Hold a name until the transaction ends, waiting for whoever holds it."""
    await tx.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended(%(what)s, 4))", {"what": f"media {what}"}
    )


async def claim(tx: Transaction, media: MediaHash, *, owner_id: str, source: ObjectKey) -> str:
    """Note who first used a hash, and return who did."""
    await tx.execute(
        """
        INSERT INTO media_assets (hash, owner_id, source_key) VALUES (%(hash)s, %(owner)s, %(source)s)
        ON CONFLICT (hash) DO NOTHING
        """,
        {"hash": media, "owner": owner_id, "source": source},
    )
    return str(await owner_of(tx, media))


async def owner_of(tx: ReadTransaction, media: MediaHash) -> str | None:
    """Return who first used a hash; None when nobody did."""
    return await tx.value(
        "SELECT owner_id FROM media_assets WHERE hash = %(hash)s", {"hash": media}
    )


_IS_UNUSED: LiteralString = """
    a.inspected_at IS NULL
    AND NOT EXISTS (
        SELECT FROM jobs j WHERE j.payload ? 'hash' AND j.payload ->> 'hash' = a.hash
    )
    AND NOT EXISTS (SELECT FROM media_renditions r WHERE r.hash = a.hash)
    AND NOT EXISTS (SELECT FROM media_encodes e WHERE e.hash = a.hash)
"""


async def unused_names(tx: ReadTransaction) -> Sequence[MediaHash]:
    """Return hashes that somebody used and nothing has now, a thousand at most."""
    sql: LiteralString = f"SELECT a.hash FROM media_assets a WHERE {_IS_UNUSED} LIMIT 1000"
    return [MediaHash(row["hash"]) for row in await tx.all(sql)]


async def release_name(tx: Transaction, media: MediaHash) -> int:
    """Forget who first used a hash, if nothing has it; returns how many were forgotten."""
    sql: LiteralString = f"DELETE FROM media_assets a WHERE a.hash = %(hash)s AND {_IS_UNUSED}"
    return await tx.execute(sql, {"hash": media})


async def asset(tx: ReadTransaction, media: MediaHash) -> Row | None:
    """Return what is known of a hash."""
    return await tx.one("SELECT * FROM media_assets WHERE hash = %(hash)s", {"hash": media})


async def note_sketch(tx: Transaction, media: MediaHash, sketch: Sketch) -> None:
    """Note what is shown of media until their picture is there."""
    await tx.execute(
        """
        UPDATE media_assets SET thumbhash = %(thumbhash)s, dominant_color = %(color)s
        WHERE hash = %(hash)s
        """,
        {"hash": media, "thumbhash": sketch.thumbhash, "color": sketch.dominant_color},
    )


async def stages(tx: ReadTransaction, job_id: UUID) -> list[Stage]:
    """Return the stages of a job, in the order in which they ended."""
    rows = await tx.all(
        "SELECT * FROM media_stages WHERE job_id = %(job)s ORDER BY ended_at, stage",
        {"job": job_id},
    )
    return [_stage(row) for row in rows]


async def note_stage(tx: Transaction, job_id: UUID, stage: Stage) -> None:
    """Note what became of a stage. Raises `MissingReferenceError` when the job is gone."""
    await tx.execute(
        """
        INSERT INTO media_stages (job_id, stage, state, result, error_code, error_detail)
        VALUES (%(job)s, %(stage)s, %(state)s, %(result)s::jsonb, %(code)s, %(detail)s)
        ON CONFLICT (job_id, stage) DO UPDATE SET state = EXCLUDED.state, result = EXCLUDED.result,
            error_code = EXCLUDED.error_code, error_detail = EXCLUDED.error_detail, ended_at = now()
        """,
        {
            "job": job_id,
            "stage": stage.name,
            "state": stage.state,
            "result": json.dumps({"told": stage.result, "retryable": stage.is_retryable}),
            "code": stage.error_code,
            "detail": stage.error_detail,
        },
    )


async def forget_failed_stages(tx: Transaction, job_id: UUID) -> None:
    """Forget the stages of a job that are not ready, so that they are tried again."""
    await tx.execute(
        "DELETE FROM media_stages WHERE job_id = %(job)s AND state <> 'ready'", {"job": job_id}
    )


async def forget_pieces(tx: Transaction, job_id: UUID, prefix: str) -> None:
    """Forget the stages of a job whose name begins so."""
    await tx.execute(
        "DELETE FROM media_stages WHERE job_id = %(job)s AND starts_with(stage, %(prefix)s)",
        {"job": job_id, "prefix": prefix},
    )


async def note_rendition(
    tx: Transaction, media: MediaHash, rendition: Rendition, *, job_id: UUID
) -> None:
    """Note an object that was made for a hash; one of the same key is replaced."""
    await tx.execute(
        """
        INSERT INTO media_renditions (hash, key, kind, format, size, width, height, duration_ms, facts, job_id)
        VALUES (%(hash)s, %(key)s, %(kind)s, %(format)s, %(size)s, %(width)s, %(height)s, %(duration)s, %(facts)s::jsonb, %(job)s)
        ON CONFLICT (key) DO UPDATE SET kind = EXCLUDED.kind, format = EXCLUDED.format, size = EXCLUDED.size,
            width = EXCLUDED.width, height = EXCLUDED.height, duration_ms = EXCLUDED.duration_ms,
            facts = EXCLUDED.facts, job_id = EXCLUDED.job_id, made_at = now()
        """,
        {
            "hash": media,
            "key": rendition.key,
            "kind": rendition.kind,
            "format": rendition.format,
            "size": rendition.size,
            "width": rendition.width,
            "height": rendition.height,
            "duration": rendition.duration_ms,
            "facts": None if rendition.facts is None else json.dumps(rendition.facts),
            "job": job_id,
        },
    )


async def renditions(tx: ReadTransaction, media: MediaHash) -> list[Row]:
    """Return the renditions of a hash by key."""
    return await tx.all(
        "SELECT * FROM media_renditions WHERE hash = %(hash)s ORDER BY key", {"hash": media}
    )


async def outputs(tx: ReadTransaction, media: MediaHash, job_id: UUID) -> list[ObjectKey]:
    """Return the keys of the renditions of a hash that a job was the last to make."""
    rows = await tx.all(
        "SELECT key FROM media_renditions WHERE hash = %(hash)s AND job_id = %(job)s ORDER BY key",
        {"hash": media, "job": job_id},
    )
    return [row["key"] for row in rows]


async def makers_of(
    tx: ReadTransaction, media: MediaHash, keys: Sequence[ObjectKey]
) -> list[set[str]]:
    """Return for whom each of those of some keys was made that are there.

    That is who asked for it, and whose drive the source was in; of a job that is no longer
    known, who first used the hash.
    """
    rows = await tx.all(
        """
        SELECT coalesce(j.owner_id, a.owner_id) AS asked_by,
            coalesce(j.payload ->> 'owner', a.owner_id) AS drive
        FROM media_renditions r
        LEFT JOIN jobs j ON j.id = r.job_id LEFT JOIN media_assets a ON a.hash = r.hash
        WHERE r.hash = %(hash)s AND r.key = ANY(%(keys)s)
        """,
        {"hash": media, "keys": list(keys)},
    )
    return [{row["asked_by"], row["drive"]} for row in rows]


async def encodes(tx: ReadTransaction, media: MediaHash) -> list[Row]:
    """Return `area`, `state`, `id` and `created_at` of the encodes of a hash, oldest first."""
    return await tx.all(
        "SELECT id, area, state, created_at FROM media_encodes WHERE hash = %(hash)s ORDER BY created_at",
        {"hash": media},
    )


async def cached_pictures(tx: ReadTransaction, media: MediaHash) -> list[ObjectKey]:
    """Return the keys of the rendered pictures of a hash that are kept."""
    rows = await tx.all(
        "SELECT storage_key FROM image_cache_entries WHERE hash = %(hash)s ORDER BY storage_key",
        {"hash": media},
    )
    return [row["storage_key"] for row in rows]


async def note_removal(tx: Transaction, media: MediaHash) -> None:
    """Note that all that was made for a hash is to go."""
    await tx.execute(
        "INSERT INTO media_removals (hash) VALUES (%(hash)s) ON CONFLICT (hash) DO NOTHING",
        {"hash": media},
    )


async def is_being_removed(tx: ReadTransaction, media: MediaHash) -> bool:
    """Say whether all that was made for a hash is to go, and has not yet."""
    going: bool = await tx.value(
        "SELECT EXISTS (SELECT FROM media_removals WHERE hash = %(hash)s)", {"hash": media}
    )
    return going


async def removals(tx: ReadTransaction, *, before: datetime) -> list[MediaHash]:
    """Return the hashes whose removal was asked for before a moment and has not ended."""
    rows = await tx.all(
        "SELECT hash FROM media_removals WHERE asked_at < %(before)s ORDER BY asked_at",
        {"before": before},
    )
    return [MediaHash(row["hash"]) for row in rows]


async def end_removal(tx: Transaction, media: MediaHash) -> None:
    """Note that nothing is left to be removed for a hash."""
    await tx.execute("DELETE FROM media_removals WHERE hash = %(hash)s", {"hash": media})


async def forget_asset(tx: Transaction, media: MediaHash) -> int:
    """Delete what is known of a hash; returns of how many."""
    return await tx.execute("DELETE FROM media_assets WHERE hash = %(hash)s", {"hash": media})


async def forget_made(tx: Transaction, media: MediaHash) -> dict[str, int]:
    """Delete every row about what was made for a hash; returns how many by what they were.

    Its jobs stay, and what is known of it.
    """
    told = {"hash": media}
    return {
        "content_keys": await tx.execute("DELETE FROM content_keys WHERE hash = %(hash)s", told),
        "encodes": await tx.execute("DELETE FROM media_encodes WHERE hash = %(hash)s", told),
        "renditions": await tx.execute("DELETE FROM media_renditions WHERE hash = %(hash)s", told),
        "cached_pictures": await tx.execute(
            "DELETE FROM image_cache_entries WHERE hash = %(hash)s", told
        ),
        "webhooks": await tx.execute("DELETE FROM webhooks WHERE hash = %(hash)s", told),
        "assets": 0,
    }


def _stage(row: Row) -> Stage:
    kept = row["result"]  # always as `note_stage` wrote it
    return Stage(
        name=row["stage"],
        state=StageState(row["state"]),
        result=kept["told"],
        error_code=row["error_code"],
        error_detail=row["error_detail"],
        is_retryable=kept["retryable"],
        ended_at=row["ended_at"],
    )
