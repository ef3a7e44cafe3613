"""Whose the rules of a bucket of Google are, and what becomes of them."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyshelf.operations.classes import Cloud, StorageClass
from keyshelf.operations.rules import gcs
from keyshelf.operations.rules.applying import Comparison, compared
from keyshelf.operations.rules.gcs_merging import foreign, rules_of
from keyshelf.operations.rules.values import Tiers, Wanted
from keyshelf.store.control import Document, RuleKind

WANTED = Wanted(
    role="repository",
    cloud=Cloud.GCS,
    bucket="versions",
    tiered_prefix="v1/chunks/",
    replicated_prefixes={"ReplicateChunks": "v1/chunks/"},
    tiers=Tiers({StorageClass.WARM: 30, StorageClass.COLD: 90}),
)
FILES = replace(WANTED, role="source", tiered_prefix="", replicated_prefixes={}, tiers=Tiers())
NAMED = gcs.named_rules(WANTED)


def moved(to: str, days: int, *prefixes: str) -> Document:
    where: Document = {"matchesPrefix": list(prefixes)} if prefixes else {}
    return {
        "action": {"type": "SetStorageClass", "storageClass": to},
        "condition": {"age": days, **where},
    }


def deleted(**condition: str | int | bool | list[str]) -> Document:
    return {"action": {"type": "Delete"}, "condition": condition}


def lifecycle(*rules: Document) -> Document | None:
    return {"lifecycle": {"rule": list(rules)}} if rules else None


def seen(wanted: Wanted, *rules: Document) -> Comparison:
    return compared(wanted, RuleKind.LIFECYCLE, lifecycle(*rules))


def changes(found: Comparison) -> dict[str, str]:
    return {each.rule: each.change.value for each in found.changes}


def test_a_rule_that_differs_by_its_days_alone_is_changed() -> None:
    found = seen(WANTED, *(each for each in NAMED.values()), moved("NEARLINE", 60, "a/"))
    older = seen(replace(WANTED, abort_days=9), *NAMED.values())

    assert (changes(found), len(found.kept)) == ({}, 1)
    assert changes(older) == {"AbortIncompleteUploads": "changed"}
    assert [(each.field, each.before, each.after) for each in older.changes[0].fields] == [
        ("condition.age", 7, 9)
    ]
    assert "REPOSITORY_ABORT_DAYS" in older.warnings[-1]


def test_of_several_such_rules_none_is_touched() -> None:
    theirs = [moved("NEARLINE", 10, "v1/chunks/"), moved("NEARLINE", 20, "v1/chunks/")]

    found = seen(WANTED, *theirs)

    assert changes(found)["TransitionToWarm"] == "added"
    assert list(rules_of(found.target))[:2] == theirs
    assert len(found.kept) == 2
    assert any("nothing tells whose it is" in each for each in found.warnings)


def test_a_class_that_nothing_is_to_go_to_any_more_is_left_by_chunks() -> None:
    found = seen(replace(WANTED, tiers=Tiers()), *NAMED.values())

    assert changes(found) == {"TransitionToWarm": "removed", "TransitionToCold": "removed"}


def test_a_rule_about_a_whole_bucket_that_nothing_asks_for_stays_and_is_told() -> None:
    whole = [moved("NEARLINE", 30), deleted(isLive=False, daysSinceNoncurrentTime=5)]

    found = seen(replace(FILES, noncurrent_days=0), *whole)

    assert list(rules_of(found.target))[:2] == whole
    assert changes(found) == {"AbortIncompleteUploads": "added"}
    assert [each for each in found.warnings if "nothing tells whose it is" in each] != []


@pytest.mark.parametrize(
    ("rule", "is_told"),
    [
        (deleted(age=9), True),
        (deleted(age=9, matchesPrefix=["logs/", "v1/chunks/aa"]), True),
        (deleted(age=9, matchesPrefix=["logs/"]), False),
        (deleted(age=9, matchesSuffix=[".log"]), False),
        (deleted(isLive=False, age=9), False),
        (deleted(numNewerVersions=3), False),
        (deleted(daysSinceCustomTime=3), False),
        (moved("ARCHIVE", 1, "v1/"), False),
    ],
    ids=["all", "chunks", "elsewhere", "suffix", "old", "newer", "custom", "moved"],
)
def test_a_rule_of_others_that_harms_is_warned_of(rule: Document, is_told: bool) -> None:
    told = seen(WANTED, rule).warnings

    assert any("deletes objects of Keyshelf" in each for each in told) is is_told


ages = (7, 30, 31, 90)
anybody = st.sampled_from(
    [
        *(
            moved(to, age, *where)
            for to in ("NEARLINE", "ARCHIVE")
            for age in ages
            for where in ((), ("v1/chunks/",), ("a/", "b/"))
        ),
        *(deleted(age=age, isLive=live) for age in ages for live in (True, False)),
        *(deleted(isLive=False, daysSinceNoncurrentTime=age) for age in ages),
    ]
)
unknown = st.sampled_from([{"xml": "<Rule>1</Rule>"}, {"xml": "<Rule>2</Rule>"}])


@given(
    st.lists(st.one_of(anybody, unknown, st.sampled_from(list(NAMED.values()))), max_size=6),
    st.sampled_from([WANTED, FILES, replace(WANTED, tiers=Tiers(), abort_days=0)]),
)
def test_applying_once_is_enough_and_loses_no_rule_of_others(
    rules: Sequence[Document], wanted: Wanted
) -> None:
    found = seen(wanted, *rules)
    target = found.target

    again = compared(wanted, RuleKind.LIFECYCLE, target)
    after = list(rules_of(target))

    assert (changes(again), sorted(again.kept)) == ({}, sorted(found.kept))
    assert all(each in after for each in gcs.named_rules(wanted).values())
    for rule in foreign(wanted, lifecycle(*rules)).values():
        after.remove(rule)
    assert after == list(gcs.named_rules(wanted).values())
