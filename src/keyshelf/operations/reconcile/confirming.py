"""A second look at where store and database seem to disagree: much changes while one reads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from keyshelf.concurrency import for_each
from keyshelf.layout.keys import ObjectKey
from keyshelf.operations.reconcile import listing
from keyshelf.operations.reconcile.merging import Differences
from keyshelf.operations.reconcile.values import Finding, Kind, Ledger
from keyshelf.store.base import ObjectMeta
from keyshelf.store.errors import ObjectNotFoundError
from keyshelf.store.expected import Expected

_ASKED_ONE_BY_ONE = 50
"""More keys than these are found sooner by listing once more what lies between them."""
_AT_ONCE = 32


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What a second look found."""

    findings: Sequence[Finding]
    """By key."""
    young: int
    """Objects that differ too, and may be on their way."""


async def confirm(ledger: Ledger, found: Differences, *, before: datetime) -> Confirmed:
    """Return those differences that are still there.

    Objects that were written after `before` are only counted, as on their way: bytes come
    before rows. Rows go before bytes: so rows are asked before the objects that seem to be too
    many, and after the objects that seem to be too few.
    """
    doubtful = [*found.unexpected, *found.different]
    rows = await _look(ledger, [each.key for each in doubtful])
    suspects = [each for each in doubtful if _differs(each, rows.get(each.key))]
    old = [each.key for each in suspects if each.modified_at < before]
    absent = [each.key for each in found.absent]
    objects = await present(ledger, sorted([*old, *absent]))
    findings = [
        _finding(there, rows.get(key))
        for key in old
        if (there := objects.get(key)) is not None
        and there.modified_at < before
        and _differs(there, rows.get(key))
    ]
    gone = [key for key in absent if key not in objects]
    still = await _look(ledger, gone)
    findings += [
        Finding(Kind.MISSING, key, expected=row.size)
        for key in gone
        if (row := still.get(key)) is not None and row.is_required
    ]
    young = len(suspects) - len(old)
    return Confirmed(sorted(findings, key=lambda each: each.key), young)


def is_text(key: str) -> bool:
    """Say whether a database can hold a key."""
    try:
        key.encode()
    except UnicodeEncodeError:
        return False
    return "\x00" not in key


async def _look(ledger: Ledger, keys: Sequence[ObjectKey]) -> Mapping[ObjectKey, Expected]:
    known = [key for key in keys if is_text(key)]
    return await ledger.look(known) if known else {}


def _differs(there: ObjectMeta, row: Expected | None) -> bool:
    return row is None or (row.size is not None and row.size != there.size)


def _finding(there: ObjectMeta, row: Expected | None) -> Finding:
    if row is None:
        return Finding(Kind.ORPHAN, there.key, size=there.size)
    return Finding(Kind.WRONG_SIZE, there.key, size=there.size, expected=row.size)


async def present(ledger: Ledger, keys: Sequence[ObjectKey]) -> dict[ObjectKey, ObjectMeta]:
    """Return those of some keys, in order, that the store has an object of."""
    if len(keys) > _ASKED_ONE_BY_ONE and listing.seeks(ledger.store):
        return await _relisted(ledger, keys)
    found: dict[ObjectKey, ObjectMeta] = {}

    async def ask(key: ObjectKey) -> None:
        try:
            found[key] = await ledger.store.head(key)
        except ObjectNotFoundError:
            return

    await for_each(keys, ask, at_once=_AT_ONCE)
    return found


async def _relisted(ledger: Ledger, keys: Sequence[ObjectKey]) -> dict[ObjectKey, ObjectMeta]:
    wanted = set(keys)
    found: dict[ObjectKey, ObjectMeta] = {}
    # A listing begins behind a key: the first is asked for by itself.
    try:
        found[keys[0]] = await ledger.store.head(keys[0])
    except ObjectNotFoundError:
        pass
    async for objects in listing.between(ledger.store, keys[0], keys[-1]):
        found |= {each.key: each for each in objects if each.key in wanted}
    return found
