"""Whom damage hurts: the files of a commit that need what is damaged."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from keyshelf.repositories.carrier import Carrier
from keyshelf.repositories.check.judging import Read, read_chunks
from keyshelf.repositories.check.ledger import Ledger
from keyshelf.repositories.formats import nodes
from keyshelf.repositories.formats.entries import Entry, FileEntry, FolderEntry
from keyshelf.repositories.formats.nodes import FolderRef, NodeKind
from keyshelf.repositories.references import Named, named_by, named_in


@dataclass(slots=True)
class Hurt:
    """Finds hurt files, and goes only where something is hurt."""

    carrier: Carrier
    ledger: Ledger
    _known: dict[tuple[bytes, NodeKind], bool] = field(
        default_factory=dict[tuple[bytes, NodeKind], bool]
    )
    """Which nodes have something damaged below them or are it themselves."""

    async def files(self, path: bytes, folder: Named) -> AsyncIterator[bytes]:
        """Give the paths of hurt files below a folder; of a folder that is lost, its own."""
        if not await self._is_hurt(folder):
            return
        content = await self._content(folder)
        if content is None:
            yield path or b"/"
            return
        node = nodes.decode_folder(content, under=folder.under)
        for item in node.items:
            if isinstance(item, FolderRef):
                below = Named(item.id, NodeKind.FOLDER, node.level, None)
                async for each in self.files(path, below):
                    yield each
            else:
                async for each in self._of_entry(path, item):
                    yield each

    async def _of_entry(self, path: bytes, entry: Entry) -> AsyncIterator[bytes]:
        named = named_in(entry)
        if named is None:
            return
        if isinstance(entry, FolderEntry):
            async for each in self.files(path + entry.name + b"/", named):
                yield each
        elif isinstance(entry, FileEntry) and await self._is_hurt(named):
            yield path + entry.name

    async def _is_hurt(self, named: Named) -> bool:
        if named.kind is None:
            return self.ledger.is_wrong(named.id)
        known = self._known.get((named.id, named.kind))
        if known is None:
            known = self._known[named.id, named.kind] = await self._looked(named)
        return known

    async def _looked(self, node: Named) -> bool:
        content = await self._content(node)
        if content is None:
            return True
        for each in named_by(content, node):
            if await self._is_hurt(each):
                return True
        return False

    async def _content(self, node: Named) -> bytes | None:
        """Return the content of a node; None when it is damaged."""
        if self.ledger.is_wrong(node.id):
            return None
        (found,) = await read_chunks(self.carrier, [node.chunk])
        return found.content if isinstance(found, Read) else None
