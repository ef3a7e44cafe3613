"""Whether a repository has all that a commit leads to, looked at before it is taken in."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from keyshelf.errors import IntegrityError, InvalidInputError
from keyshelf.layout.repository import ChunkId
from keyshelf.repositories.carrier import MOST_IDS
from keyshelf.repositories.catalog.values import RepositoryNumber
from keyshelf.repositories.chunks import queries
from keyshelf.repositories.formats.manifest import Manifest
from keyshelf.repositories.parts import RepositoryParts
from keyshelf.repositories.reading import Reader
from keyshelf.repositories.references import (
    NODES_AT_ONCE,
    BrokenHistoryError,
    Named,
    read_nodes,
    root_of,
)
from keyshelf.repositories.values import ChunkMissingError


class BrokenCommitError(InvalidInputError):
    """A commit leads to what cannot be read as a folder or list; the extras name the chunk."""

    code = "broken-commit"


async def require_whole(
    parts: RepositoryParts, number: RepositoryNumber, reader: Reader, manifest: Manifest
) -> None:
    """Raise unless all that a commit leads to is there: folders and lists read, chunks present.

    What its parents lead to is there while they are in the repository, so only what differs
    from them is looked at. Whatever was condemned stays after all. Raises
    `ChunkMissingError` and `BrokenCommitError`, which name the chunk.
    """
    before: list[Named] = []
    for parent in manifest.parents:
        # A parent that cannot be read spares nothing; that it is known, publishing looks.
        with suppress(IntegrityError):
            before.append(root_of(await reader.manifest(parent)))
    root = root_of(manifest)
    look = _Look(parts, number, reader, known=set(before))
    if root not in look.known:
        await look.require_there([root])
        await look.down([root], before)


@dataclass(slots=True)
class _Look:
    parts: RepositoryParts
    number: RepositoryNumber
    reader: Reader
    known: set[Named]
    """What parents lead to."""
    seen: set[Named] = field(default_factory=set[Named])
    """Nodes of the commit, each of which is read once."""

    async def down(self, after: list[Named], before: list[Named]) -> None:
        """Read the nodes of a commit level by level, with those of its parents beside them."""
        while after:
            # No more of theirs than of its own: what it only leaves out costs nothing.
            named_before = await self._read_known(before[: len(after)])
            self.known.update(named_before)
            after = [each for each in after if each not in self.known]
            mentioned: set[Named] = set()
            fresh: set[Named] = set()
            for start in range(0, len(after), NODES_AT_ONCE):
                named = set(await self._read(after[start : start + NODES_AT_ONCE]))
                new = named - self.known - self.seen
                await self.require_there(new)
                nodes = _nodes(new)
                self.seen.update(nodes)
                fresh.update(nodes)
                mentioned.update(_nodes(named))
            before = [each for each in _nodes(named_before) if each not in mentioned]
            after = list(fresh)

    async def require_there(self, named: Iterable[Named]) -> None:
        ids = list({each.id for each in named})
        for start in range(0, len(ids), MOST_IDS):
            await self._require_some(ids[start : start + MOST_IDS])

    async def _require_some(self, ids: Sequence[bytes]) -> None:
        async with self.parts.database.read() as tx:
            if await queries.are_present(tx, self.number, ids):
                return
        chunks = [ChunkId(each.hex()) for each in ids]
        # Once condemned no more, they are waited for: the push is open.
        async with self.parts.database.transaction() as tx:
            missing = set(chunks) - await queries.keep(tx, self.number, chunks)
        for chunk in missing:
            raise ChunkMissingError(
                f"the commit needs the chunk {chunk}, which is not in the repository:"
                " `keyshelf commit --paranoid` sends again what is missing",
                chunk=chunk,
            )

    async def _read(self, nodes: Sequence[Named]) -> list[Named]:
        try:
            read = await read_nodes(self.reader, nodes)
        except BrokenHistoryError as error:
            raise BrokenCommitError(error.detail, **error.extras) from error
        return [each for _, named in read for each in named]

    async def _read_known(self, nodes: Sequence[Named]) -> list[Named]:
        named: list[Named] = []
        for start in range(0, len(nodes), NODES_AT_ONCE):
            # What a parent has lost spares nothing.
            with suppress(BrokenHistoryError):
                read = await read_nodes(self.reader, nodes[start : start + NODES_AT_ONCE])
                named += [each for _, below in read for each in below]
        return named


def _nodes(named: Iterable[Named]) -> list[Named]:
    return [each for each in named if each.kind is not None]
