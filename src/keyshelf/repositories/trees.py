"""Building the trees of nodes that folders and lists of chunks are."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from keyshelf.repositories.formats import nodes
from keyshelf.repositories.formats.nodes import NodeKind, Splitter

T = TypeVar("T")


PutNode = Callable[[bytes], bytes]
"""Takes the content of a node and returns its id."""


@dataclass(frozen=True, slots=True)
class Root:
    """Where a tree begins, and how many levels of nodes it has."""

    id: bytes
    depth: int


@dataclass(slots=True)
class _Level:
    splitter: Splitter[Any]  # Any: items of level 0 and refs of the others
    has_node: bool = False


class TreeBuilder(Generic[T]):
    """Makes the nodes of a sequence of items as they come, holding one run of each level."""

    def __init__(self, kind: NodeKind, put: PutNode) -> None:
        self._kind = kind
        self._put = put
        self._levels: list[_Level] = []

    def add(self, item: T) -> None:
        """Take the next item."""
        self._add(0, item)

    def finish(self) -> Root:
        """Store what is left and return the root; without any item, of one empty node."""
        self._level(0)
        number = 0
        while True:
            level = self._levels[number]
            run = level.splitter.rest()
            if not level.has_node:
                return Root(self._put(nodes.encode(self._kind, number, run)), number + 1)
            if run:
                self._store(number, run)
            number += 1

    def _add(self, number: int, item: object) -> None:
        level = self._level(number)
        # A run is stored when the next item shows that it was not the only one.
        if run := level.splitter.ended():
            self._store(number, run)
        level.splitter.add(item)

    def _store(self, number: int, run: list[Any]) -> None:
        self._levels[number].has_node = True
        node = self._put(nodes.encode(self._kind, number, run))
        self._add(number + 1, nodes.ref_to(self._kind, node, run))

    def _level(self, number: int) -> _Level:
        if number == len(self._levels):
            self._levels.append(_Level(Splitter(self._kind, number)))
        return self._levels[number]
