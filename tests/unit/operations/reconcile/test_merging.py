"""Windows of two streams say what their sets say, however both are cut into pages."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import TypeVar

import anyio
from hypothesis import given
from hypothesis import strategies as st

from keyshelf.layout.keys import ObjectKey
from keyshelf.operations.reconcile.merging import Differences, compare, windows
from keyshelf.store.base import ObjectMeta
from keyshelf.store.expected import Expected

NOW = datetime(2026, 1, 1, tzinfo=UTC)
KEYS = st.text(st.sampled_from("ab/é😀"), min_size=1, max_size=4)
T = TypeVar("T")
SIDES = st.dictionaries(KEYS, st.sampled_from([1, 2]), max_size=20)


async def in_pages(items: Sequence[T], size: int) -> AsyncIterator[Sequence[T]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
        yield []


async def differences(
    listed: Sequence[ObjectMeta], expected: Sequence[Expected], cuts: tuple[int, int]
) -> Differences:
    found, last = Differences(), ""
    async for window in windows(in_pages(listed, cuts[0]), in_pages(expected, cuts[1])):
        assert all(last < each.key <= window.upto for each in window.listed)
        assert all(last < each.key <= window.upto for each in window.expected)
        found.add(compare(window))
        last = window.upto
    return found


@given(SIDES, SIDES, st.tuples(st.integers(1, 5), st.integers(1, 5)))
def test_differences_are_those_of_the_whole(
    bucket: dict[str, int], rows: dict[str, int], cuts: tuple[int, int]
) -> None:
    listed = [ObjectMeta(ObjectKey(key), bucket[key], "e", NOW) for key in sorted(bucket)]
    expected = [Expected(ObjectKey(key), rows[key]) for key in sorted(rows)]

    found = anyio.run(differences, listed, expected, cuts)

    assert {each.key for each in found.unexpected} == bucket.keys() - rows.keys()
    assert {each.key for each in found.absent} == rows.keys() - bucket.keys()
    wrong = {key for key in bucket.keys() & rows.keys() if bucket[key] != rows[key]}
    assert {each.key for each in found.different} == wrong


def test_an_unknown_size_is_never_wrong() -> None:
    listed = [ObjectMeta(ObjectKey("a"), 5, "e", NOW)]

    found = anyio.run(differences, listed, [Expected(ObjectKey("a"), None)], (1, 1))

    assert len(found) == 0
