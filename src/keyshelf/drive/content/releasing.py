"""Content that files let go of, by being overwritten or deleted for ever."""

from collections.abc import Sequence
from typing import Protocol

from keyshelf.drive.content import queries
from keyshelf.drive.parts import DriveParts

_BATCH = 100


class Release(Protocol):
    """Looks after content that a file let go of; may be called twice."""

    async def __call__(self, content_hash: str, *, is_held: bool) -> None:
        """Remove what was made of some content; of what a file has, see that it is all there."""
        ...


async def release_content(parts: DriveParts, release: Release) -> int:
    """Remove what was made of content that no file has any longer; return of how much.

    What another file has, the trash included, stays. Content whose removal raises is
    looked at again the next time, as after a crash; the first such error is raised when
    all others had their turn.
    """
    removed, after = 0, ""
    failure: Exception | None = None
    while hashes := await _page(parts, after):
        for each in hashes:
            try:
                removed += await _release_one(parts, each, release)
            except Exception as error:  # noqa: BLE001 -- raised below
                failure = failure or error
        after = hashes[-1]
    if failure is not None:
        raise failure
    return removed


async def _page(parts: DriveParts, after: str) -> Sequence[str]:
    async with parts.database.read() as tx:
        return await queries.released(tx, after=after, limit=_BATCH)


async def _release_one(parts: DriveParts, content_hash: str, release: Release) -> bool:
    async with parts.database.read() as tx:
        at, is_held = await queries.look_at_released(tx, content_hash)
    await release(content_hash, is_held=is_held)
    async with parts.database.transaction() as tx:
        await queries.forget_released(tx, content_hash, at)
    return not is_held
