"""What was stored over time: a series for each store, kind, class, tenant or repository."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from keyshelf.operations.stats.values import Snapshot, Stored


class Series(StrEnum):
    """What there is a series for each of."""

    STORE = "store"
    KIND = "kind"
    CLASS = "class"
    TENANT = "tenant"
    REPO = "repo"


@dataclass(frozen=True, slots=True)
class Point:
    """How much there was of something on a day."""

    day: date
    name: str
    objects: int
    bytes: int


def growth(history: Sequence[Snapshot], by: Series) -> Sequence[Point]:
    """Return how much there was on each day, by day and name."""
    return [point for snapshot in history for point in _points(snapshot, by)]


def _points(snapshot: Snapshot, by: Series) -> Iterator[Point]:
    counts: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    if by is Series.REPO:
        for each in snapshot.repositories:
            counts[f"{each.tenant}/{each.name}"] = (each.chunks, each.storage_bytes)
    else:
        for stored in snapshot.stored:
            name = _name(stored, by)
            objects, count = counts[name]
            counts[name] = (objects + stored.amount.objects, count + stored.amount.bytes)
    for name, (objects, count) in sorted(counts.items()):
        yield Point(snapshot.day, name, objects, count)


def _name(stored: Stored, by: Series) -> str:
    names = {
        Series.STORE: stored.store,
        Series.KIND: f"{stored.store} {stored.kind}",
        Series.CLASS: stored.storage_class.value,
        Series.TENANT: stored.tenant or "nobody's",
    }
    return names[by]
