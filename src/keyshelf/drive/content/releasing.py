"""Content that files let go of, by being overwritten or deleted for ever."""

from collections.abc import Awaitable, Callable

from keyshelf.drive.content import queries
from keyshelf.drive.parts import DriveParts

_BATCH = 100

Release = Callable[[str], Awaitable[None]]
"""Removes what was made of the content of a hash; may be called twice."""


async def release_content(parts: DriveParts, release: Release) -> int:
    """Remove what was made of content that no file has any longer; return of how much.

    What another file has, the trash included, stays. Content whose removal raises is
    looked at again the next time, as after a crash.
    """
    async with parts.database.read() as tx:
        hashes = await queries.released(tx, limit=_BATCH)
    removed = 0
    for each in hashes:
        async with parts.database.read() as tx:
            is_held = await queries.is_held(tx, each)
        if not is_held:
            await release(each)
            removed += 1
        async with parts.database.transaction() as tx:
            await queries.forget_released(tx, each)
    return removed
