"""How old what is stored is, as far as the days that were written down tell."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from keyshelf.operations.classes import StorageClass
from keyshelf.operations.stats.values import Ages, Kind, Stored

_COLDER = (StorageClass.ARCHIVE, StorageClass.COLD, StorageClass.WARM)


@dataclass(frozen=True, slots=True)
class History:
    """How many bytes of chunks there were on each day, by day; the last is the present."""

    days: Sequence[tuple[date, int]]

    @property
    def reaches_back(self) -> int:
        """How many days before the present the first day is."""
        return (self.days[-1][0] - self.days[0][0]).days if self.days else 0

    def share_older(self, days: int) -> float:
        """Return at most which share of the present bytes is older than so many days.

        What is older was there all the time since, so it is no more than the least there
        was. Nothing is known of before the first day: nothing counts as older than that.
        """
        if not self.days or days > self.reaches_back:
            return 0.0
        today, now = self.days[-1]
        since = today - timedelta(days=days)
        # A day that was missed is told by the one before it.
        before = [(day, count) for day, count in self.days if day <= since][-1:]
        after = [count for day, count in self.days if day > since]
        return min([before[0][1], *after]) / now if now else 0.0


def classed(stored: Sequence[Stored], history: History, ages: Ages) -> Sequence[Stored]:
    """Return chunks in the classes that lifecycle rules have moved them into by their age.

    An estimate, and told as one: the bucket itself is not asked.
    """
    if not ages:
        return stored
    parts: list[Stored] = []
    for each in stored:
        parts += _by_age(each, history, ages) if each.kind is Kind.CHUNK else [each]
    return parts


def _by_age(stored: Stored, history: History, ages: Ages) -> Sequence[Stored]:
    parts: list[Stored] = []
    left, taken = stored.amount, 0.0
    for storage_class in _COLDER:
        if storage_class not in ages:
            continue
        older = history.share_older(ages[storage_class])
        part, left = left.split((older - taken) / (1 - taken) if taken < 1 else 0.0)
        taken = max(taken, older)
        parts.append(replace(stored, storage_class=storage_class, amount=part, is_estimate=True))
    parts.append(replace(stored, amount=left, is_estimate=True))
    return [each for each in parts if each.amount.objects]
