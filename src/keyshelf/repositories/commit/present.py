"""Whether the repository has files that are remembered, but that no commit vouches for."""

from collections.abc import Sequence

from keyshelf.errors import IntegrityError
from keyshelf.layout.repository import ChunkId
from keyshelf.repositories import walking
from keyshelf.repositories.carrier import MOST_IDS, Push
from keyshelf.repositories.formats.entries import FileEntry
from keyshelf.repositories.reading import Reader


async def are_present(push: Push, reader: Reader, files: Sequence[FileEntry]) -> list[bool]:
    """Say of each file whether all of its chunks and nodes are in the repository.

    That a commit was interrupted, or its branch removed, may have left some of a file.
    """
    parts = [await _parts(reader, file) for file in files]
    asked = list({each for part in parts if part for each in part})
    missing: set[ChunkId] = set()
    for at in range(0, len(asked), MOST_IDS):
        missing |= await push.missing(asked[at : at + MOST_IDS])
    return [part is not None and missing.isdisjoint(part) for part in parts]


async def _parts(reader: Reader, file: FileEntry) -> set[ChunkId] | None:
    """Return the ids of everything that a file is made of; None when some is not there."""
    if file.content is None:
        return set()
    parts = {ChunkId(file.content.hex())}

    async def read(node: ChunkId) -> bytes:
        parts.add(node)
        return await reader.node(node)

    try:
        chunks = walking.chunks_of(read, file.content, file.size, file.depth, ahead=reader.ahead)
        async for chunk in chunks:
            parts.add(ChunkId(chunk.id.hex()))
    except IntegrityError:
        return None  # the file is read again, and what it lacks is sent
    return parts
