"""Noting what a look at media told, and telling it."""

from collections.abc import Sequence

from keyshelf.database.transactions import ReadTransaction, Row, Transaction
from keyshelf.layout.drive import OwnerId
from keyshelf.layout.keys import ObjectKey
from keyshelf.layout.media import MediaHash, image_key, video_key
from keyshelf.media.assets import queries
from keyshelf.media.assets.values import AssetKind, Facts, Shown, Unreadable
from keyshelf.media.work.queries import lock

THUMBNAIL, LARGE, FORMAT = "thumb", "large", "webp"
"""The variants that every picture gets by itself, and their format."""
COVER, PREVIEW = "cover.jpg", "preview.webp"
"""What every film gets by itself."""


async def hold(tx: Transaction, media: MediaHash) -> None:
    """Keep a deletion of these media, and whoever looks at them, waiting for the commit."""
    await lock(tx, media)


async def is_known(tx: ReadTransaction, media: MediaHash) -> bool:
    """Say whether media were looked at, be it that nothing could be read."""
    return await queries.is_known(tx, media)


async def has_traces(tx: ReadTransaction, media: MediaHash) -> bool:
    """Say whether something is known of media, or was made of them; jobs do not count."""
    return await queries.has_traces(tx, media)


async def note(
    tx: Transaction, media: MediaHash, facts: Facts, *, owner: OwnerId, source: ObjectKey, size: int
) -> None:
    """Note what a look told. `owner` and `source` are kept of whoever came first."""
    await queries.note(tx, media, facts, owner=owner, source=source, size=size)


async def shown(tx: ReadTransaction, hashes: Sequence[MediaHash]) -> dict[MediaHash, Shown]:
    """Return what lists show of media; nothing of those that nobody looked at."""
    if not hashes:
        return {}
    return {row["hash"]: _shown(row) for row in await queries.shown(tx, hashes)}


def _shown(row: Row) -> Shown:
    media, keys = MediaHash(row["hash"]), frozenset(row["keys"])

    def there(key: ObjectKey) -> ObjectKey | None:
        return key if key in keys else None

    is_film = row["kind"] == AssetKind.VIDEO
    return Shown(
        hash=media,
        facts=_facts(row),
        thumbnail=there(image_key(media, THUMBNAIL, FORMAT)),
        large=there(video_key(media, COVER) if is_film else image_key(media, LARGE, FORMAT)),
        preview=there(video_key(media, PREVIEW)) if is_film else None,
        is_awaited=row["is_awaited"],
        has_stream=row["encrypted"] is not None,
        is_encrypted=row["encrypted"] is True,
    )


def _facts(row: Row) -> Facts:
    code = row["error_code"]
    return Facts(
        kind=AssetKind(row["kind"]),
        mimetype=row["mimetype"],
        width=row["width"],
        height=row["height"],
        duration_ms=row["duration_ms"],
        orientation=row["orientation"],
        taken_at=row["taken_at"],
        thumbhash=row["thumbhash"],
        dominant_color=row["dominant_color"],
        unreadable=Unreadable(code, row["error_detail"] or "") if code else None,
    )
