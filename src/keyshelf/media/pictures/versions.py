"""Which bytes a source has at the moment, without asking the store for every picture."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from anyio.abc import TaskGroup

from keyshelf.layout.keys import ObjectKey
from keyshelf.media.pictures.flights import Flight, Flights
from keyshelf.media.source_versions import SourceVersion
from keyshelf.store.base import ObjectStore
from keyshelf.store.errors import ObjectNotFoundError

MAX_AGE = 1.0
"""Seconds that an answer of the store is believed."""
_MOST = 20_000


@dataclass(frozen=True, slots=True)
class _Seen:
    at: float
    version: SourceVersion | None
    """None when there was no object."""


class SourceVersions:
    """The versions of sources, remembered for a second.

    `drop` is called when this process has overwritten a source: whoever asks after that
    gets its new version. Another process's overwriting shows after the second.
    """

    def __init__(
        self, store: ObjectStore, group: TaskGroup, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._store = store
        self._clock = clock
        self._seen: dict[ObjectKey, _Seen] = {}
        self._looks = Flights[SourceVersion | None](group)
        self._drops = 0

    def known(self, key: ObjectKey) -> SourceVersion | None:
        """Return a source's version without asking; None when nobody asked just now."""
        seen = self._seen.get(key)
        return seen.version if seen is not None and self._is_fresh(seen) else None

    async def look(self, key: ObjectKey) -> SourceVersion:
        """Return a source's version. Raises `ObjectNotFoundError`, and what the store raises."""
        seen = self._seen.get(key)
        if seen is not None and self._is_fresh(seen):
            version = seen.version
        else:
            version = await self._looks.run(key, partial(self._head, key))
        if version is None:
            raise ObjectNotFoundError("there is no such source", key=key)
        return version

    def drop(self, key: ObjectKey) -> None:
        """Forget what is known of a source, and what is being found out."""
        self._drops += 1
        self._seen.pop(key, None)
        self._looks.forget(key)

    async def _head(
        self, key: ObjectKey, flight: Flight[SourceVersion | None]
    ) -> SourceVersion | None:
        del flight
        at, drops = self._clock(), self._drops
        try:
            meta = await self._store.head(key)
            version = SourceVersion(meta.etag, meta.size)
        except ObjectNotFoundError:
            version = None
        # An answer from before an overwriting must not be believed after it.
        if drops == self._drops:
            self._remember(key, _Seen(at, version))
        return version

    def _remember(self, key: ObjectKey, seen: _Seen) -> None:
        self._seen.pop(key, None)
        self._seen[key] = seen
        while len(self._seen) > _MOST:
            del self._seen[next(iter(self._seen))]

    def _is_fresh(self, seen: _Seen) -> bool:
        return self._clock() - seen.at <= MAX_AGE
