"""Forgetting chunks whose object is gone, so that whoever has their bytes can send them again."""

from collections.abc import Sequence

from keyshelf.layout.keys import ObjectKey
from keyshelf.layout.repository import parse_chunk_key
from keyshelf.repositories.chunks import queries
from keyshelf.repositories.parts import RepositoryParts


async def forget_missing(parts: RepositoryParts, keys: Sequence[ObjectKey]) -> Sequence[ObjectKey]:
    """Take chunks that are gone out of the repositories that have them; returns which.

    Pushes are then told that they are missing, and send them; until somebody does, what
    needs them stays as hurt as it was. Twice is once.
    """
    chunks = {chunk: key for key in keys if (chunk := parse_chunk_key(key))}
    if chunks:
        async with parts.database.transaction() as tx:
            await queries.forget(tx, list(chunks))
    return list(chunks.values())
