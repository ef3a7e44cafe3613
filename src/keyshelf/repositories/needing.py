"""What some paths of a commit need of the chunks that cannot be read for now."""

from collections.abc import Awaitable, Callable, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass, field
from typing import NamedTuple

from keyshelf.layout.repository import ChunkId
from keyshelf.repositories.checkout.wanted import EVERYTHING, Wanted, check_paths, wanted
from keyshelf.repositories.formats import nodes
from keyshelf.repositories.formats.entries import Entry, FolderEntry
from keyshelf.repositories.formats.nodes import FolderRef, Node, NodeKind
from keyshelf.repositories.paths import joined
from keyshelf.repositories.reading import Reader
from keyshelf.repositories.references import Named, named_by, named_in
from keyshelf.store.errors import NeedsRestoreError

_NODES_AT_ONCE = 128

Unreadable = Callable[[Sequence[ChunkId]], Awaitable[Set[ChunkId]]]
"""Says which of some chunks cannot be read for now."""


@dataclass(slots=True)
class Needed:
    """What is needed and cannot be read."""

    chunks: set[ChunkId] = field(default_factory=set[ChunkId])
    paths: set[bytes] = field(default_factory=set[bytes])
    """The files that need these; of a folder whose names cannot be read, its own, with a slash."""
    is_partial: bool = False
    """Folders or lists are among it: what these lead to is known when they are read."""
    looked_at: int = 0
    """How many chunks the paths need, as far as that is known."""


class _Place(NamedTuple):
    named: Named
    path: bytes
    wanted: Wanted


async def needed(
    reader: Reader, root: FolderEntry, paths: Sequence[bytes], unreadable: Unreadable
) -> Needed:
    """Return what paths of a commit need that cannot be read; all of it without paths.

    Folders and lists that can be read are read, each once. Raises `PathNotFoundError` and
    `PathNotFolderError` as far as the paths can be followed, and what reading raises.
    """
    with suppress(NeedsRestoreError):
        await check_paths(reader, root, paths)
    done = Needed()
    seen: set[Named] = set()
    begin = Named(root.node, NodeKind.FOLDER, None, None)
    waiting = [_Place(begin, b"", wanted(paths))]
    while waiting:
        batch = waiting[-_NODES_AT_ONCE:]
        del waiting[-_NODES_AT_ONCE:]
        cold = await unreadable([each.named.chunk for each in batch])
        done.looked_at += len(batch)
        opened: list[_Place] = []
        for each in batch:
            if each.named.chunk in cold:
                _note(done, each)
            elif each.named.kind is not None and each.named not in seen:
                # What is wanted of a folder in part may be wanted whole elsewhere.
                seen.update([each.named] if each.wanted.all else [])
                opened.append(each)
        contents = await reader.chunks([each.named.chunk for each in opened])
        for each, content in zip(opened, contents, strict=True):
            waiting += _below(each, content)
    return done


def _note(done: Needed, place: _Place) -> None:
    done.chunks.add(place.named.chunk)
    done.is_partial |= place.named.kind is not None
    done.paths.add(place.path + b"/" if place.named.kind is NodeKind.FOLDER else place.path)


def _below(place: _Place, content: bytes) -> list[_Place]:
    if place.named.kind is NodeKind.LIST:
        return [_Place(each, place.path, EVERYTHING) for each in named_by(content, place.named)]
    node = nodes.decode_folder(content, under=place.named.under)
    return [
        below
        for item, may_hold in zip(node.items, _holding(node, place.wanted), strict=True)
        if may_hold and (below := _of_item(place, node.level, item)) is not None
    ]


def _holding(node: Node[Entry] | Node[FolderRef], names: Wanted) -> Sequence[bool]:
    """Say of each item of a folder's node whether what is wanted may lie in it."""
    if names.all:
        return [True] * len(node.items)
    found: list[bool] = []
    before = b""
    for item in node.items:
        if isinstance(item, FolderRef):
            found.append(any(before < name <= item.last_name for name in names.below))
            before = item.last_name
        else:
            found.append(item.name in names.below)
    return found


def _of_item(place: _Place, level: int, item: Entry | FolderRef) -> _Place | None:
    if isinstance(item, FolderRef):
        return _Place(Named(item.id, NodeKind.FOLDER, level, None), place.path, place.wanted)
    named = named_in(item)
    if named is None:
        return None
    return _Place(named, joined(place.path, item.name), place.wanted.of(item.name))
