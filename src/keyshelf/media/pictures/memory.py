"""Pictures in memory: those that were asked for last, up to so many bytes.

What is removed from the store is removed by whichever process, which tells no other. So the
store is asked again for what is in memory, once in a few seconds at most.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from keyshelf.layout.media import ProcessingHash
from keyshelf.media.pictures.values import Picture

_LARGEST_SHARE = 8
"""A picture of more than an eighth of the memory would push out too many others."""
_BESIDES = 600  # bytes that keeping a picture takes besides its own


@dataclass(frozen=True, slots=True)
class _Held:
    picture: Picture
    seen_at: float


class PictureMemory:
    """Pictures by their names, the longest unused leaving first."""

    def __init__(
        self,
        max_bytes: int,
        *,
        believed: timedelta,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.clock = clock
        self._max_bytes = max_bytes
        self._believed = believed.total_seconds()
        self._pictures: OrderedDict[ProcessingHash, _Held] = OrderedDict()
        self.bytes = 0
        """How much is held."""

    def __len__(self) -> int:
        return len(self._pictures)

    def get(self, name: ProcessingHash) -> Picture | None:
        """Return a picture that was seen in the store just now, and count it as used."""
        held = self._pictures.get(name)
        if held is None or self.clock() - held.seen_at >= self._believed:
            return None
        self._pictures.move_to_end(name)
        return held.picture

    def held(self, name: ProcessingHash) -> Picture | None:
        """Return a picture whether or not it is still in the store."""
        held = self._pictures.get(name)
        return held.picture if held is not None else None

    def put(self, picture: Picture, *, seen_at: float) -> None:
        """Keep a picture that was in the store, or rendered, at a moment of `clock`.

        One that is too large for that is let go.
        """
        self.drop(picture.name)
        size = _size(picture)
        if size > self._max_bytes // _LARGEST_SHARE:
            return
        self._pictures[picture.name] = _Held(picture, seen_at)
        self.bytes += size
        while self.bytes > self._max_bytes:
            self.bytes -= _size(self._pictures.popitem(last=False)[1].picture)

    def drop(self, name: ProcessingHash) -> None:
        """Let go of a picture; one that is not there is fine."""
        held = self._pictures.pop(name, None)
        if held is not None:
            self.bytes -= _size(held.picture)


def _size(picture: Picture) -> int:
    return len(picture.data) + _BESIDES
