"""Whom damage hurts: the files of a commit that need what is damaged."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

from keyshelf.repositories.carrier import Carrier
from keyshelf.repositories.check.judging import Read, read_chunks
from keyshelf.repositories.check.ledger import Ledger
from keyshelf.repositories.formats import nodes
from keyshelf.repositories.formats.entries import Entry, FolderEntry
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
        waiting = [(path, folder)]
        while waiting:
            way, named = waiting.pop()
            if not await self._is_hurt(named):
                continue
            content = await self._content(named) if named.kind is NodeKind.FOLDER else None
            if content is None:
                yield way or b"/"
                continue
            node = nodes.decode_folder(content, under=named.under)
            below = [_below(way, node.level, item) for item in node.items]
            waiting += [each for each in reversed(below) if each is not None]

    async def _is_hurt(self, named: Named) -> bool:
        # No recursion: folders may be as deep as anybody likes.
        way, left = list[Named](), [iter([named])]
        while left:
            each = next(left[-1], None)
            if each is None:
                left.pop()
                self._note(way[-1:], is_hurt=False)
                del way[-1:]
                continue
            is_hurt = self._known_hurt(each)
            if is_hurt is None:
                way.append(each)
                content = await self._content(each)
                is_hurt = content is None
                left.append(iter(named_by(content, each) if content is not None else ()))
            if is_hurt:
                self._note(way, is_hurt=True)
                return True
        return False

    def _known_hurt(self, named: Named) -> bool | None:
        if named.kind is None:
            return self.ledger.is_wrong(named.id)
        return self._known.get((named.id, named.kind))

    def _note(self, some: Sequence[Named], *, is_hurt: bool) -> None:
        for each in some:
            if each.kind is not None:
                self._known[each.id, each.kind] = is_hurt

    async def _content(self, node: Named) -> bytes | None:
        """Return the content of a node; None when it is damaged."""
        if self.ledger.is_wrong(node.id):
            return None
        (found,) = await read_chunks(self.carrier, [node.chunk])
        return found.content if isinstance(found, Read) else None


def _below(path: bytes, level: int, item: Entry | FolderRef) -> tuple[bytes, Named] | None:
    """Return what an item of a folder's node names, with its path; None for nothing."""
    if isinstance(item, FolderRef):
        return path, Named(item.id, NodeKind.FOLDER, level, None)
    named = named_in(item)
    end = b"/" if isinstance(item, FolderEntry) else b""
    return (path + item.name + end, named) if named is not None else None
