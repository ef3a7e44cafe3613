"""One making of a stream: where it is, what key it has, and how it becomes the live one."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID

import anyio

from keyshelf.errors import Error
from keyshelf.layout.media import MediaHash
from keyshelf.media.keys import queries as key_queries
from keyshelf.media.keys.values import ContentKey
from keyshelf.media.streams import queries
from keyshelf.media.streams.failures import EncodeGoneError
from keyshelf.media.streams.removing import remove_objects
from keyshelf.media.streams.values import Area, Encode, StreamParts
from keyshelf.telemetry import get_logger

_log = get_logger(__name__)

_VERSION_DIGITS = 8
_TIDYING_SECONDS = 60.0


@dataclass(slots=True)
class Making:
    """An encode that nobody plays yet."""

    encode: Encode
    suffix: str
    """What its folders' names end with: nothing for the first encode of a hash."""
    key: ContentKey | None = field(repr=False)
    was_shown: bool = False
    """Whether its manifests may be in the store, so that nothing of it may be removed."""

    @property
    def version(self) -> str:
        """The query of its segments' addresses: no two encodes have the same, nor the suffix."""
        return _version(self.encode.id)


@asynccontextmanager
async def begin(
    parts: StreamParts,
    media: MediaHash,
    area: Area,
    *,
    job_id: UUID,
    folders: Sequence[str],
    is_encrypted: bool,
) -> AsyncGenerator[Making]:
    """Begin an encode, with a key of its own if it is to be encrypted.

    The first encode of a hash has the folders as they are called, each later one the first
    digits of its id behind them: no name is given to other bytes while an encode before it is
    there. After all of a hash was deleted the plain names come again, under another
    `version`, so that no address with it ever has other bytes, which players and caches may
    hold. When the block fails, all of it is removed; after a crash, or when it
    may have been shown, `upkeep` looks what is to be done.
    """
    making = await _insert(parts, media, area, job_id, folders, is_encrypted=is_encrypted)
    try:
        yield making
    except BaseException:
        if not making.was_shown:
            await _tidy(parts, making.encode)
        raise


async def show(
    parts: StreamParts, making: Making, put_manifests: Callable[[], Awaitable[None]]
) -> None:
    """Let an encode whose segments and playlists are stored be the live one.

    Putting the master playlist is the moment from which it plays; the row follows. A crash
    between leaves a row that `upkeep` puts right. Raises `EncodeGoneError`.
    """
    encode = making.encode
    async with parts.media.database.transaction() as tx:
        # One at a time, or the row that is live would not be the one that is played.
        await queries.lock(tx, encode.hash, encode.area)
        if not await queries.is_there(tx, encode.id):
            raise EncodeGoneError("the media were deleted meanwhile")
        making.was_shown = True
        await put_manifests()
        await queries.make_live(tx, encode, now=parts.media.clock())


async def promote(parts: StreamParts, encode: Encode) -> None:
    """Note that an encode is the live one: its master playlist is in the store."""
    async with parts.media.database.transaction() as tx:
        await queries.lock(tx, encode.hash, encode.area)
        await queries.make_live(tx, encode, now=parts.media.clock())


async def forget(parts: StreamParts, encode: Encode) -> None:
    """Remove an encode: its objects, then its key and its row, so that a repeat finds them all."""
    await remove_objects(parts.media.media, encode)
    async with parts.media.database.transaction() as tx:
        await key_queries.delete_of_encodes(tx, [encode.id])
        await queries.delete(tx, encode.id)


async def _tidy(parts: StreamParts, encode: Encode) -> None:
    # Whatever ended the encode is what is to be told; what stays here, `upkeep` removes.
    with anyio.move_on_after(_TIDYING_SECONDS, shield=True):
        try:
            await forget(parts, encode)
        except Error as error:
            _log.warning("encode is left for upkeep", encode=str(encode.id), error=error.detail)


async def _insert(
    parts: StreamParts,
    media: MediaHash,
    area: Area,
    job_id: UUID,
    folders: Sequence[str],
    *,
    is_encrypted: bool,
) -> Making:
    encode_id = parts.media.new_id()
    async with parts.media.database.transaction() as tx:
        await queries.lock(tx, media, area)
        is_first = not await queries.has_any(tx, media, area)
        suffix = "" if is_first else f".{_version(encode_id)}"
        encode = Encode(encode_id, media, area, job_id, [f"{each}{suffix}" for each in folders])
        await queries.insert(tx, encode)
        key = await parts.keys.of_encode(tx, media, encode_id) if is_encrypted else None
    return Making(encode, suffix, key)


def _version(encode_id: UUID) -> str:
    return encode_id.hex[:_VERSION_DIGITS]
