"""Nodes: folders and lists of chunks as trees that share whatever is equal in them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise
from typing import Any, Generic, TypeVar

import msgspec
from blake3 import blake3

from keyshelf.errors import IntegrityError
from keyshelf.repositories.formats.entries import Count, Digest, Entry, Name
from keyshelf.repositories.formats.ids import Octets

MAGIC = b"KSN1"
T = TypeVar("T")
_NO_NAMES = frozenset((b"", b".", b".."))
MAX_LEVEL = 8
"""A deeper tree is none that was written: even one item in each node bounds no real one."""


class NodeKind(IntEnum):
    """What a node is part of."""

    LIST = 1
    FOLDER = 2


class ChunkRef(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """A chunk of a file, in its place."""

    id: Digest
    size: Count


class ListRef(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """A node of a list, in the node above it."""

    id: Digest
    size: Count
    """Bytes below it."""
    chunks: Count
    """Chunks below it."""


class FolderRef(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """A node of a folder, in the node above it."""

    last_name: Name
    id: Digest
    entries: Count
    """Entries below it."""


class DamagedNodeError(IntegrityError):
    """A node that cannot be read although its bytes are those that were written."""

    code = "damaged-node"


@dataclass(frozen=True, slots=True)
class Fanout:
    """How many items a node has."""

    least: int
    average: int
    most: int


FANOUT = {NodeKind.LIST: Fanout(128, 512, 2048), NodeKind.FOLDER: Fanout(32, 128, 512)}


@dataclass(frozen=True, slots=True)
class Node(Generic[T]):
    """A node as it was read: a level, and its items in order."""

    level: int
    items: list[T]


_encoder = msgspec.msgpack.Encoder()
_head = msgspec.msgpack.Decoder(tuple[int, int, msgspec.Raw])
_entries = msgspec.msgpack.Decoder(list[Entry])
_folder_refs = msgspec.msgpack.Decoder(list[FolderRef])
_chunk_refs = msgspec.msgpack.Decoder(list[ChunkRef])
_list_refs = msgspec.msgpack.Decoder(list[ListRef])


def encode(kind: NodeKind, level: int, items: Sequence[object]) -> bytes:
    """Return the content of a node. Equal items give equal bytes."""
    return MAGIC + _encoder.encode((int(kind), level, items))


def decode_folder(content: Octets, *, under: int | None = None) -> Node[Entry] | Node[FolderRef]:
    """Read a node of a folder, which the node of level `under` names.

    Its names are legal, different and in order. Raises `DamagedNodeError`.
    """
    level, items = _decode(content, NodeKind.FOLDER, under)
    if level:
        refs = _items(_folder_refs, items)
        _check_names([ref.last_name for ref in refs])
        return Node(level, refs)
    entries = _items(_entries, items)
    _check_names([entry.name for entry in entries])
    return Node(level, entries)


def decode_list(content: Octets, *, under: int | None = None) -> Node[ChunkRef] | Node[ListRef]:
    """Read a node of a list of chunks, which the node of level `under` names.

    Raises `DamagedNodeError`.
    """
    level, items = _decode(content, NodeKind.LIST, under)
    if level:
        return Node(level, _items(_list_refs, items))
    return Node(level, _items(_chunk_refs, items))


class Splitter(Generic[T]):
    """Cuts the items of one level into the runs that become nodes, by their content.

    Where a run ends depends on its own items only, so that a change in one place
    leaves the runs before it and soon after it as they were.
    """

    def __init__(self, kind: NodeKind, level: int) -> None:
        self._fanout = FANOUT[kind]
        self._offset = 4 * (level % 8)
        self._digest_of: Callable[[Any], bytes] = _DIGESTS[
            kind, level > 0
        ]  # Any: by kind and level
        self._run: list[T] = []

    def add(self, item: T) -> None:
        """Take the next item into the run."""
        self._run.append(item)

    def ended(self) -> list[T]:
        """Return the run if its last item ended it, and begin anew; otherwise no items."""
        run, fanout = self._run, self._fanout
        if len(run) < fanout.least:
            return []
        piece = self._digest_of(run[-1])[self._offset : self._offset + 4]
        is_end = len(run) == fanout.most or int.from_bytes(piece, "little") % fanout.average == 0
        return self.rest() if is_end else []

    def rest(self) -> list[T]:
        """Return the items of the run, ended or not, and begin anew."""
        run, self._run = self._run, []
        return run


def ref_to(
    kind: NodeKind, node: bytes, items: Sequence[Any]
) -> "FolderRef | ListRef":  # items: of one level of one kind
    """Return what the level above says of a node with these items."""
    if kind is NodeKind.FOLDER:
        last = items[-1]
        if isinstance(last, FolderRef):
            return FolderRef(last.last_name, node, sum(ref.entries for ref in items))
        return FolderRef(last.name, node, len(items))
    size = sum(ref.size for ref in items)
    chunks = sum(ref.chunks if isinstance(ref, ListRef) else 1 for ref in items)
    return ListRef(node, size, chunks)


def _decode(content: Octets, kind: NodeKind, under: int | None) -> tuple[int, msgspec.Raw]:
    view = memoryview(content)
    if bytes(view[: len(MAGIC)]) != MAGIC:
        raise DamagedNodeError("it is no node")
    try:
        found, level, items = _head.decode(view[len(MAGIC) :])
    except (msgspec.DecodeError, RecursionError) as error:
        raise DamagedNodeError(f"it cannot be read: {error}") from error
    is_in_place = 0 <= level <= MAX_LEVEL and (under is None or level == under - 1)
    if found != kind or not is_in_place:
        raise DamagedNodeError(f"it is a node of kind {found} and level {level}")
    return level, items


def _items(decoder: "msgspec.msgpack.Decoder[list[T]]", items: msgspec.Raw) -> list[T]:
    try:
        return decoder.decode(items)
    except (msgspec.DecodeError, RecursionError) as error:
        raise DamagedNodeError(f"it cannot be read: {error}") from error


def _check_names(names: Sequence[bytes]) -> None:
    for name in names:
        # Whoever writes a folder writes it below another: these would lead out of it.
        if name in _NO_NAMES or b"/" in name or b"\0" in name:
            raise DamagedNodeError(f"{name[:80]!r} names nothing in a folder")
    if any(before >= name for before, name in pairwise(names)):
        raise DamagedNodeError("its names are not in order")


def _digest_of_entry(entry: Entry) -> bytes:
    return blake3(entry.name).digest()


def _digest_of_folder_ref(ref: FolderRef) -> bytes:
    return blake3(ref.last_name).digest()


def _digest_of_ref(ref: ChunkRef | ListRef) -> bytes:
    return ref.id


_DIGESTS: dict[tuple[NodeKind, bool], Callable[[Any], bytes]] = {  # Any: by kind and level
    (NodeKind.FOLDER, False): _digest_of_entry,
    (NodeKind.FOLDER, True): _digest_of_folder_ref,
    (NodeKind.LIST, False): _digest_of_ref,
    (NodeKind.LIST, True): _digest_of_ref,
}
