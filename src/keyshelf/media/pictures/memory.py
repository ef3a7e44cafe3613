"""Pictures in memory: those that were asked for last, up to so many bytes."""

from collections import OrderedDict
from collections.abc import Iterable

from keyshelf.layout.media import ProcessingHash
from keyshelf.media.pictures.values import Picture

_LARGEST_SHARE = 8
"""A picture of more than an eighth of the memory would push out too many others."""
_BESIDES = 600  # bytes that keeping a picture takes besides its own


class PictureMemory:
    """Pictures by their names, the longest unused leaving first."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._pictures: OrderedDict[ProcessingHash, Picture] = OrderedDict()
        self.bytes = 0
        """How much is held."""

    def __len__(self) -> int:
        return len(self._pictures)

    def get(self, name: ProcessingHash) -> Picture | None:
        """Return a picture, and count it as used."""
        picture = self._pictures.get(name)
        if picture is not None:
            self._pictures.move_to_end(name)
        return picture

    def put(self, picture: Picture) -> None:
        """Keep a picture, unless it is too large for that."""
        self.drop([picture.name])
        size = _size(picture)
        if size > self._max_bytes // _LARGEST_SHARE:
            return
        self._pictures[picture.name] = picture
        self.bytes += size
        while self.bytes > self._max_bytes:
            self.bytes -= _size(self._pictures.popitem(last=False)[1])

    def drop(self, names: Iterable[ProcessingHash]) -> None:
        """Let go of pictures; those that are not there are fine."""
        for name in names:
            picture = self._pictures.pop(name, None)
            if picture is not None:
                self.bytes -= _size(picture)


def _size(picture: Picture) -> int:
    return len(picture.data) + _BESIDES
