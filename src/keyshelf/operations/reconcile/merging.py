"""Two streams of keys in one order, cut into windows in which they can be compared."""

from bisect import bisect_right
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Generic, Protocol, TypeVar

from keyshelf.layout.keys import ObjectKey
from keyshelf.store.base import ObjectMeta
from keyshelf.store.expected import Expected


class _Keyed(Protocol):
    @property
    def key(self) -> ObjectKey: ...


T = TypeVar("T", bound=_Keyed)
W = TypeVar("W", bound=_Keyed)
"""What stands against a listing: rows, or another listing."""
_KEY = attrgetter("key")


@dataclass(frozen=True, slots=True)
class Window(Generic[W]):
    """All that either side has of keys up to one, after those of the window before."""

    upto: ObjectKey
    listed: Sequence[ObjectMeta]
    expected: Sequence[W]


@dataclass(frozen=True, slots=True)
class Differences:
    """Where the two sides of a window disagree."""

    unexpected: list[ObjectMeta] = field(default_factory=list[ObjectMeta])
    absent: list[Expected] = field(default_factory=list[Expected])
    different: list[ObjectMeta] = field(default_factory=list[ObjectMeta])
    """Objects of another size than expected."""

    def __len__(self) -> int:
        return len(self.unexpected) + len(self.absent) + len(self.different)

    def add(self, others: "Differences") -> None:
        """Take those of a later window in."""
        self.unexpected.extend(others.unexpected)
        self.absent.extend(others.absent)
        self.different.extend(others.different)


def compare(window: Window[Expected]) -> Differences:
    """Return where the sides of a window disagree."""
    found = Differences()
    wanted = {each.key: each for each in window.expected}
    for each in window.listed:
        row = wanted.pop(each.key, None)
        if row is None:
            found.unexpected.append(each)
        elif row.size is not None and row.size != each.size:
            found.different.append(each)
    found.absent.extend(wanted.values())
    return found


async def windows(
    listed: AsyncIterator[Sequence[ObjectMeta]], expected: AsyncIterator[Sequence[W]]
) -> AsyncGenerator[Window[W]]:
    """Cut both streams at the same keys, holding a page of each.

    A listing that is not in order does not end this: keys then differ that do not, as a
    second look at them tells.
    """
    objects, others = _Side(listed), _Side(expected)
    while True:
        await objects.fill()
        await others.fill()
        ends = [side.end for side in (objects, others) if side.end is not None]
        if not ends:
            return
        upto = min(ends)
        yield Window(upto, objects.take(upto), others.take(upto))


class _Side(Generic[T]):
    """A stream of pages, of which one is held."""

    def __init__(self, pages: AsyncIterator[Sequence[T]]) -> None:
        self._pages = pages
        self._held: Sequence[T] = ()

    async def fill(self) -> None:
        while not self._held:
            page = await anext(self._pages, None)
            if page is None:
                return
            self._held = page

    @property
    def end(self) -> ObjectKey | None:
        """The last key that is held; None when the stream is over."""
        return self._held[-1].key if self._held else None

    def take(self, upto: ObjectKey) -> Sequence[T]:
        cut = bisect_right(self._held, upto, key=_KEY)
        taken, self._held = self._held[:cut], self._held[cut:]
        return taken
