"""Advice is given where the figures call for it, and for nothing else."""

from dataclasses import replace

import pytest

from keyshelf.operations.advice.advising import advice
from keyshelf.operations.advice.values import Place, Usage

GIB, TIB = 2**30, 2**40
PLACE = Place("source", is_amazon=True, keeps_versions=True, has_log=True, is_tiered=False)
ORDINARY = Usage("source", stored_bytes=2 * TIB, objects=100_000, people=5, days=30)


def about(usage: Usage, place: Place = PLACE) -> list[str]:
    return [each.about for each in advice(usage, place)]


def test_an_ordinary_store_is_left_alone() -> None:
    assert about(ORDINARY) == []


def test_a_store_without_versions_is_told_what_it_risks() -> None:
    found = list(advice(ORDINARY, replace(PLACE, keeps_versions=False)))

    assert [each.about for each in found] == ["versions"]
    assert "100,000 objects" in found[0].reason
    assert "SOURCE_VERSIONING=true" in found[0].fix


@pytest.mark.parametrize(("people", "expected"), [(1, []), (2, ["access log"])])
def test_a_log_is_for_more_than_one_person(people: int, expected: list[str]) -> None:
    assert about(replace(ORDINARY, people=people), replace(PLACE, has_log=False)) == expected


@pytest.mark.parametrize(
    ("read_bytes", "days", "expected"),
    [
        (9 * TIB, 30, ["CDN"]),
        (9 * TIB, 60, []),
        (9 * TIB, 3, []),
        (7 * TIB, 30, []),
    ],
    ids=["often", "slowly", "unknown", "less"],
)
def test_a_cdn_is_for_what_is_read_again_and_again(
    read_bytes: int, days: int, expected: list[str]
) -> None:
    assert about(replace(ORDINARY, read_bytes=read_bytes, days=days)) == expected


def test_intelligent_tiering_is_for_large_objects_of_which_some_are_read() -> None:
    partly = replace(ORDINARY, read_bytes=200 * GIB)

    assert about(partly) == ["Intelligent-Tiering"]
    assert about(replace(partly, small_bytes=2 * TIB - GIB)) == []
    assert about(partly, replace(PLACE, is_tiered=True)) == []
    assert about(partly, replace(PLACE, is_amazon=False)) == []


def test_one_zone_is_for_what_can_be_made_again() -> None:
    busy = Usage("media", stored_bytes=GIB, objects=1000, days=30, reads=20_000_000)

    assert about(busy, replace(PLACE, store="media")) == ["Express One Zone"]
    assert about(replace(busy, store="source")) == []


def test_a_reason_has_its_figures() -> None:
    (found,) = advice(replace(ORDINARY, read_bytes=9 * TIB), PLACE)

    assert found.reason.startswith("9.9 TB a month are read of 2.2 TB that are stored")
