"""Keys that something happened to of late, in bounded memory."""

from collections import OrderedDict
from collections.abc import Iterable

from keyshelf.layout.keys import ObjectKey
from keyshelf.store.regions.values import Timing


class RecentKeys:
    """The last keys that were noted: so many of them, and for so long."""

    def __init__(self, *, most: int, seconds: float, timing: Timing) -> None:
        self._most = most
        self._seconds = seconds
        self._timing = timing
        self._noted = OrderedDict[ObjectKey, float]()

    def note(self, keys: Iterable[ObjectKey]) -> None:
        """Remember keys; the oldest are forgotten when there is no room."""
        now = self._timing.now()
        for key in keys:
            self._noted[key] = now
            self._noted.move_to_end(key)
        while len(self._noted) > self._most:
            self._noted.popitem(last=False)

    def __contains__(self, key: ObjectKey) -> bool:
        at = self._noted.get(key)
        if at is None:
            return False
        if self._timing.now() - at <= self._seconds:
            return True
        del self._noted[key]
        return False
