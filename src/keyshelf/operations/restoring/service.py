"""Looking which objects must be restored, asking for them, and waiting until they are there."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from keyshelf.concurrency import for_each, map_each
from keyshelf.layout.keys import ObjectKey
from keyshelf.operations.classes import ClassFacts, Cloud, named
from keyshelf.operations.restoring.values import ColdObject
from keyshelf.store.base import ObjectStore
from keyshelf.store.errors import ObjectNotFoundError
from keyshelf.store.restoring import ColdStore, RestoreTier

_AT_ONCE = 16
_WAITED_AT_ONCE = 64
_MOST_ASKED = 2000
"""Objects that are asked about one by one; more are found faster, and cheaper, by listing."""

OnProgress = Callable[[int, int], Awaitable[None]]
"""Told how many objects are done, and of how many."""
Sleep = Callable[[], Awaitable[None]]
"""Waits until it is worth asking again."""


@dataclass(slots=True)
class ColdObjects:
    """Which objects below a prefix must be restored before they are read.

    The first are asked about one by one. Who asks for many has the prefix listed once: the
    keys of all that lie in such classes are held from then on.
    """

    store: ObjectStore
    cold: ColdStore
    cloud: Cloud
    prefix: str
    most_asked: int = _MOST_ASKED
    restored: dict[ObjectKey, int] = field(default_factory=dict[ObjectKey, int])
    """The sizes of those that were asked about and can be read, as they were restored."""
    _asked: int = 0
    _listed: dict[ObjectKey, ClassFacts] | None = None
    _known: dict[ObjectKey, ColdObject | None] = field(
        default_factory=dict[ObjectKey, ColdObject | None]
    )

    async def of(self, keys: Sequence[ObjectKey]) -> Mapping[ObjectKey, ColdObject]:
        """Return those of some objects that cannot be read; what is not there is not told."""
        unknown = [key for key in dict.fromkeys(keys) if key not in self._known]
        if self._listed is None and self._asked + len(unknown) > self.most_asked:
            self._listed = await self._list()
        if self._listed is not None:
            listed = self._listed
            unknown = [key for key in unknown if key in listed]
        self._asked += len(unknown)
        found = await map_each(unknown, self._look, at_once=_AT_ONCE)
        self._known.update(zip(unknown, found, strict=True))
        pairs = [(key, self._known.get(key)) for key in keys]
        return {key: each for key, each in pairs if each is not None}

    async def _list(self) -> dict[ObjectKey, ClassFacts]:
        cold: dict[ObjectKey, ClassFacts] = {}
        async for page in self.store.list(self.prefix):
            for each in page.objects:
                of = named(self.cloud, each.storage_class)
                if of is not None and of.needs_restore:
                    cold[each.key] = of
        return cold

    async def _look(self, key: ObjectKey) -> ColdObject | None:
        try:
            found = await self.cold.availability(key)
        except ObjectNotFoundError:
            return None
        of = named(self.cloud, found.storage_class)
        if of is None or not of.needs_restore:
            return None
        if found.is_restored:
            self.restored[key] = found.size
            return None
        return ColdObject(key, found.size, of, is_asked=found.is_being_restored)


async def request(
    cold: ColdStore,
    objects: Sequence[ColdObject],
    *,
    tier: RestoreTier,
    days: int,
    on_progress: OnProgress,
) -> int:
    """Ask for objects that nobody has asked for; returns how many.

    What goes meanwhile is passed over. Stopped anywhere, the same again goes on.
    """
    wanted = [each for each in objects if not each.is_asked]
    done = 0

    async def ask(each: ColdObject) -> None:
        nonlocal done
        with suppress(ObjectNotFoundError):
            await cold.request(each.key, tier=tier, days=days)
        done += 1
        await on_progress(done, len(wanted))

    await for_each(wanted, ask, at_once=_AT_ONCE)
    return len(wanted)


async def wait(
    cold: ColdStore, objects: Sequence[ColdObject], *, sleep: Sleep, on_progress: OnProgress
) -> None:
    """Return when objects can be read, or are gone.

    Each is asked about until it is there, and none of those behind it before: a wait of
    hours costs few requests more than there are objects.
    """
    done = 0
    while done < len(objects):
        some = objects[done : done + _WAITED_AT_ONCE]
        ready = await map_each(some, lambda each: _is_ready(cold, each.key), at_once=_AT_ONCE)
        done += ready.index(False) if False in ready else len(ready)
        await on_progress(done, len(objects))
        if False in ready:
            await sleep()


async def _is_ready(cold: ColdStore, key: ObjectKey) -> bool:
    try:
        return not (await cold.availability(key)).is_being_restored
    except ObjectNotFoundError:
        return True
