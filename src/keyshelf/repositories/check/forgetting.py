"""Forgetting chunks that are damaged, so that whoever has their bytes can send them again."""

from collections.abc import Sequence

from keyshelf.layout.repository import ChunkId
from keyshelf.repositories.check.values import Report
from keyshelf.repositories.chunks import queries
from keyshelf.repositories.chunks.verifying import open_stored
from keyshelf.repositories.formats.ids import Keys
from keyshelf.repositories.parts import RepositoryParts

_AT_ONCE = 64


async def forget_damaged(parts: RepositoryParts, keys: Keys | None, report: Report) -> int:
    """Take the damaged chunks that a report names out of the repositories that have them.

    Each is looked at again before. Pushes are then told that they are missing, and send
    them; until somebody does, what needs them stays as hurt as it was. Returns how many
    were forgotten. A crash forgets some of them; again is safe.
    """
    named = [ChunkId(each.id) for each in report.damaged if each.kind == "chunk"]
    forgotten = 0
    for start in range(0, len(named), _AT_ONCE):
        forgotten += await _forget(parts, keys, named[start : start + _AT_ONCE])
    return forgotten


async def _forget(parts: RepositoryParts, keys: Keys | None, chunks: Sequence[ChunkId]) -> int:
    opened = await open_stored(parts, chunks, keys)
    wrong = [chunk for chunk, each in zip(chunks, opened, strict=True) if each.content is None]
    async with parts.database.transaction() as tx:
        await queries.forget(tx, wrong)
    return len(wrong)
