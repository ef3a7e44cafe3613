"""The objects of the source store that files and folders tell of."""

from collections.abc import AsyncIterator, Mapping, Sequence

from keyshelf.drive.expected import queries
from keyshelf.drive.parts import DriveParts
from keyshelf.layout.drive import MARKER_TRIAL
from keyshelf.layout.keys import ObjectKey
from keyshelf.store.expected import Expected, ExpectedPages, in_pages


def expected(parts: DriveParts, after: str) -> ExpectedPages:
    """Give the objects that files must have, after a key."""

    async def read(key: str, limit: int) -> Sequence[Expected]:
        async with parts.database.read() as tx:
            return await queries.files_after(tx, key, limit=limit)

    return in_pages(read, after=after)


async def landmarks(parts: DriveParts, after: str, *, stride: int) -> AsyncIterator[str]:
    """Give every so many-th key after one."""
    key: str | None = after
    while True:
        async with parts.database.read() as tx:
            key = await queries.key_far_after(tx, key, rows=stride)
        if key is None:
            return
        yield key


async def look(parts: DriveParts, keys: Sequence[ObjectKey]) -> Mapping[ObjectKey, Expected]:
    """Tell what rows say of some keys now: files, folders, uploads, moves and deletions."""
    async with parts.database.read() as tx:
        found = {each.key: each for each in await queries.standing(tx, keys)}
    return {**found, MARKER_TRIAL: Expected(MARKER_TRIAL, None, is_required=False)}
