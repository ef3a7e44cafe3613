"""Whom damage hurts: the files of a commit that need what is damaged."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

import anyio.lowlevel

from keyshelf.errors import IntegrityError
from keyshelf.repositories.check.judging import Read, Unread, Wrong, read_chunks
from keyshelf.repositories.check.ledger import Ledger
from keyshelf.repositories.formats import nodes
from keyshelf.repositories.formats.entries import Entry, FolderEntry
from keyshelf.repositories.formats.nodes import FolderRef, NodeKind
from keyshelf.repositories.reading import Reader
from keyshelf.repositories.references import NODES_AT_ONCE, Named, named_by, named_in

MOST_PATH_BYTES = 64 * 1024 * 1024
"""How many bytes of paths one check follows: a few nodes can name each other so often that
there are more paths than anybody can list, and folders be as deep as anybody likes."""


async def note_hurt_nodes(reader: Reader, ledger: Ledger) -> None:
    """Note which nodes need what is damaged, each read once, in whatever commits it is."""
    after: Named | None = None
    while some := ledger.nodes_after(after, limit=NODES_AT_ONCE):
        results = await read_chunks(reader.carrier, [node.chunk for node in some])
        for node, result in zip(some, results, strict=True):
            named = _named(node, result)
            ledger.note_below(node, named or ())
            if named is None or any(ledger.is_hurt(each) for each in named):
                ledger.note_hurt_node(node)
            await anyio.lowlevel.checkpoint()  # thousands of ids are looked up for a node
        after = some[-1]
    ledger.note_hurt_above()


@dataclass(slots=True)
class Hurt:
    """Finds hurt files, and goes only where something is hurt."""

    reader: Reader
    ledger: Ledger
    left: int
    """How many bytes of paths it may still follow."""

    @property
    def is_cut_short(self) -> bool:
        """Whether there were more paths than it could follow."""
        return self.left < 0

    async def files(self, folder: Named) -> AsyncIterator[bytes]:
        """Give the paths of hurt files below a root; of a folder that is lost, its own."""
        waiting = [(b"", folder)] if self.ledger.is_hurt(folder) else []
        while waiting:
            way, named = waiting.pop()
            node = await self._folder(named) if named.kind is NodeKind.FOLDER else None
            if node is None:
                yield way or b"/"
                continue
            for item in reversed(node.items):
                below = _below(way, node.level, item)
                if below is None or not self.ledger.is_hurt(below[1]):
                    continue
                self.left -= len(below[0]) + 1
                if self.is_cut_short:
                    return
                waiting.append(below)

    async def _folder(self, named: Named) -> nodes.Node[Entry] | nodes.Node[FolderRef] | None:
        """Return a node of a folder; None when it is damaged."""
        if self.ledger.is_wrong(named.id):
            return None
        try:
            return nodes.decode_folder(await self.reader.node(named.chunk), under=named.under)
        except IntegrityError:
            return None


def _named(node: Named, result: Read | Wrong | Unread) -> Sequence[Named] | None:
    """Return what a node names; None when it was damaged meanwhile."""
    if isinstance(result, Unread):
        return ()
    try:
        return named_by(result.content, node) if isinstance(result, Read) else None
    except nodes.DamagedNodeError:
        return None


def _below(path: bytes, level: int, item: Entry | FolderRef) -> tuple[bytes, Named] | None:
    """Return what an item of a folder's node names, with its path; None for nothing."""
    if isinstance(item, FolderRef):
        return path, Named(item.id, NodeKind.FOLDER, level, None)
    named = named_in(item)
    end = b"/" if isinstance(item, FolderEntry) else b""
    return (path + item.name + end, named) if named is not None else None
