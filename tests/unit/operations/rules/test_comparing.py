"""What differs between rules, what of others stays, and what is warned of."""

from dataclasses import replace
from typing import Any

import pytest

from keyshelf.operations.classes import Cloud, StorageClass
from keyshelf.operations.rules import s3
from keyshelf.operations.rules.applying import Comparison, compared
from keyshelf.operations.rules.comparing import ChangeKind, FieldChange, changes, s3_parts
from keyshelf.operations.rules.values import ReplicationTarget, Tiers, Wanted
from keyshelf.operations.rules.warnings import warnings
from keyshelf.store.control import Document, RuleKind

LIFECYCLE, REPLICATION = RuleKind.LIFECYCLE, RuleKind.REPLICATION
WANTED = Wanted(
    role="repository",
    cloud=Cloud.S3,
    bucket="my-versions",
    tiered_prefix="v1/chunks/",
    replicated_prefixes={s3.CHUNKS: "v1/chunks/", s3.MANIFESTS: "v1/manifests/"},
    tiers=Tiers({StorageClass.WARM: 30, StorageClass.COLD: 90}),
    deleted_days=30,
    replication=ReplicationTarget("replica", role="arn:aws:iam::1:role/copies"),
)
THEIRS: Document = {
    "ID": "ArchiveLogs",
    "Status": "Enabled",
    "Prefix": "logs/",
    "Transitions": [{"Days": 1, "StorageClass": "GLACIER"}],
}


def summary(found: Comparison) -> list[tuple[str, ChangeKind]]:
    return [(each.rule, each.change) for each in found.changes]


def test_a_bucket_without_rules_lacks_all_of_them() -> None:
    found = compared(WANTED, LIFECYCLE, None)

    assert summary(found) == [
        (name, ChangeKind.ADDED)
        for name in (
            "TransitionToWarm",
            "TransitionToCold",
            "CleanupDeletedChunks",
            "ExpireNoncurrentVersions",
            "AbortIncompleteUploads",
        )
    ]


def test_what_was_written_is_no_difference() -> None:
    for kind in RuleKind:
        target = compared(WANTED, kind, None).target

        assert compared(WANTED, kind, target).changes == []


def test_a_field_that_differs_is_told_with_both_values() -> None:
    before = compared(replace(WANTED, deleted_days=60), LIFECYCLE, None).target

    found = compared(WANTED, LIFECYCLE, before)

    assert [(each.rule, list(each.fields)) for each in found.changes] == [
        ("CleanupDeletedChunks", [FieldChange("Expiration.Days", 60, 30)])
    ]


def test_rules_of_others_stay_and_are_told() -> None:
    found = compared(WANTED, LIFECYCLE, {"Rules": [THEIRS]})
    target: Any = found.target

    assert target["Rules"][0] == THEIRS
    assert found.kept == ["ArchiveLogs"]
    assert "ArchiveLogs" not in [each.rule for each in found.changes]


def test_what_a_bucket_says_of_small_objects_stays() -> None:
    said = {"TransitionDefaultMinimumObjectSize": "varies_by_storage_class"}

    found = compared(WANTED, LIFECYCLE, {"Rules": [THEIRS], **said})

    assert found.target is not None
    assert said.items() <= found.target.items()
    assert "" not in [each.rule for each in found.changes]


def test_a_rule_of_ours_that_is_not_wanted_goes() -> None:
    before = compared(WANTED, LIFECYCLE, None).target

    found = compared(replace(WANTED, tiers=Tiers()), LIFECYCLE, before)

    assert summary(found) == [
        ("TransitionToWarm", ChangeKind.REMOVED),
        ("TransitionToCold", ChangeKind.REMOVED),
    ]


def test_replication_that_is_not_asked_for_leaves_only_that_of_others() -> None:
    theirs: Document = {"ID": "Mine", "Priority": 1, "Status": "Enabled"}
    both = compared(WANTED, REPLICATION, {"Role": "r", "Rules": [theirs]}).target

    found = compared(replace(WANTED, replication=None), REPLICATION, both)
    target: Any = found.target

    assert target["Rules"] == [theirs]
    assert [name for name, _ in summary(found)] == ["ReplicateChunks", "ReplicateManifests"]


def test_priorities_make_room_for_those_of_others() -> None:
    theirs: Document = {"ID": "Mine", "Priority": 1, "Status": "Enabled"}

    target: Any = compared(WANTED, REPLICATION, {"Role": "r", "Rules": [theirs]}).target

    assert [each["Priority"] for each in target["Rules"]] == [1, 2, 3]


def test_what_an_operator_says_in_a_copying_rule_stays() -> None:
    written: Any = compared(WANTED, REPLICATION, None).target
    quick = {"Status": "Enabled", "Time": {"Minutes": 15}}
    written["Rules"][0]["Destination"]["ReplicationTime"] = quick

    found = compared(WANTED, REPLICATION, written)
    target: Any = found.target

    assert found.changes == []
    assert target["Rules"][0]["Destination"]["ReplicationTime"] == quick


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"Prefix": "a/"}, {"Filter": {"Prefix": "a/"}}),
        ({"Filter": {"And": {"Prefix": "a/"}}}, {"Filter": {"Prefix": "a/"}}),
        ({"Filter": {}}, {"Filter": {"Prefix": ""}}),
        (
            {"Filter": {"And": {"Tags": [{"Key": "b", "Value": "2"}, {"Key": "a", "Value": "1"}]}}},
            {"Filter": {"And": {"Tags": [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]}}},
        ),
        (
            {"Filter": {"Tag": {"Key": "a", "Value": "1"}}},
            {"Filter": {"And": {"Tags": [{"Key": "a", "Value": "1"}]}}},
        ),
    ],
    ids=["old", "alone", "all", "order", "tag"],
)
def test_filters_that_mean_the_same_are_the_same(one: Document, other: Document) -> None:
    def rules(chosen: Document) -> Document:
        return {"Rules": [{"ID": "x", "Status": "Enabled", **chosen}]}

    assert changes(s3_parts(LIFECYCLE, rules(one)), s3_parts(LIFECYCLE, rules(other))) == []


def test_mfa_delete_is_never_taken_away() -> None:
    found = compared(WANTED, RuleKind.VERSIONING, {"Status": "Suspended", "MFADelete": "Enabled"})

    assert found.target == {"Status": "Enabled", "MFADelete": "Enabled"}
    assert "MFA delete" in found.warnings[0]


def test_what_nobody_asks_for_is_left_alone() -> None:
    theirs: Document = {"LoggingEnabled": {"TargetBucket": "logs", "TargetPrefix": ""}}

    found = compared(WANTED, RuleKind.LOGGING, theirs)

    assert (found.target, found.changes, found.is_asked_for) == (theirs, [], False)


def test_what_live_refs_need_in_a_class_that_must_be_restored_is_warned_of() -> None:
    moved = replace(WANTED, tiers=replace(WANTED.tiers, keep_readable=False))

    assert "GLACIER as well, from day 90" in warnings(moved, LIFECYCLE, None)[0]
    assert "only what is tagged dits:tier=cold" in warnings(WANTED, LIFECYCLE, None)[0]


def test_chunks_that_would_cost_more_are_warned_of() -> None:
    large = replace(WANTED, tiers=replace(WANTED.tiers, min_bytes=128 * 1024))

    assert any("billed as 128 KiB in STANDARD_IA" in each for each in told(WANTED))
    assert not any("billed as" in each for each in told(large))
    assert not any("billed as" in each for each in told(replace(WANTED, is_amazon=False)))


def test_copies_that_must_be_restored_are_warned_of() -> None:
    assert WANTED.replication is not None
    cold = replace(WANTED.replication, storage_class=StorageClass.COLD)

    found = warnings(replace(WANTED, replication=cold), REPLICATION, None)

    assert "copies lie in GLACIER" in found[1]


def test_a_deletion_without_versions_is_warned_of() -> None:
    assert any("REPOSITORY_VERSIONING" in each for each in told(replace(WANTED, versioning=False)))
    assert not any("REPOSITORY_VERSIONING" in each for each in told(WANTED))


@pytest.mark.parametrize(
    ("rule", "is_told"),
    [
        ({"Filter": {"Prefix": ""}, "Expiration": {"Days": 10}}, True),
        ({"Filter": {"Prefix": "v1/chunks/aa"}, "Expiration": {"Days": 10}}, True),
        ({"Filter": {"Prefix": "logs/"}, "Expiration": {"Days": 10}}, False),
        ({"Filter": {"Tag": {"Key": "a", "Value": "b"}}, "Expiration": {"Days": 10}}, False),
        ({"Prefix": "", "Transitions": [{"Days": 1, "StorageClass": "GLACIER"}]}, True),
        ({"Prefix": "", "Transitions": [{"Days": 1, "StorageClass": "GLACIER_IR"}]}, False),
    ],
    ids=["all", "chunks", "elsewhere", "tagged", "glacier", "instant"],
)
def test_a_rule_of_others_that_harms_is_warned_of(rule: Document, is_told: bool) -> None:
    current: Document = {"Rules": [{"ID": "Theirs", "Status": "Enabled", **rule}]}

    assert any("Theirs" in each for each in warnings(WANTED, LIFECYCLE, current)) is is_told


def told(wanted: Wanted) -> list[str]:
    return list(warnings(wanted, LIFECYCLE, None))
