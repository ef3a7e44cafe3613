"""The rules of Google and Azure, against what these publish."""

from dataclasses import replace
from typing import Any

import jsonschema_rs
import pytest

from keyshelf.operations.classes import Cloud, StorageClass
from keyshelf.operations.rules import applying, azure, gcs
from keyshelf.operations.rules.values import LogTarget, ReplicationTarget, Tiers, Wanted
from keyshelf.store.control import RuleKind
from tests.unit.operations.rules import schemas

TIERS = Tiers({StorageClass.WARM: 30, StorageClass.COLD: 90, StorageClass.ARCHIVE: 365})
WANTED = Wanted(
    role="repository",
    cloud=Cloud.GCS,
    bucket="my-versions",
    account="myaccount",
    tiered_prefix="v1/chunks/",
    replicated_prefixes={"ReplicateChunks": "v1/chunks/"},
    tiers=TIERS,
    deleted_days=30,
    kms_key="https://vault.example/keys/mine",
    replication=ReplicationTarget("otheraccount/replica"),
    logs=LogTarget("logs", "repository/"),
)
ON_AZURE = replace(WANTED, cloud=Cloud.AZURE)


@pytest.mark.parametrize("keep_readable", [True, False])
def test_documents_are_as_the_clouds_publish_them(keep_readable: bool) -> None:
    tiers = replace(TIERS, keep_readable=keep_readable)

    jsonschema_rs.validate(schemas.GCS_LIFECYCLE, gcs.lifecycle(replace(WANTED, tiers=tiers)))
    jsonschema_rs.validate(schemas.AZURE_LIFECYCLE, azure.lifecycle(replace(ON_AZURE, tiers=tiers)))
    jsonschema_rs.validate(schemas.AZURE_REPLICATION, azure.replication(ON_AZURE))


def test_google_moves_everything_as_all_its_classes_are_read_at_once() -> None:
    document: Any = gcs.lifecycle(WANTED)

    moves = [
        (each["action"]["storageClass"], each["condition"]["age"])
        for each in document["lifecycle"]["rule"]
        if each["action"]["type"] == "SetStorageClass"
    ]
    assert moves == [("NEARLINE", 30), ("COLDLINE", 90), ("ARCHIVE", 365)]


def test_azure_keeps_out_of_the_archive_what_must_stay_readable() -> None:
    kept: Any = azure.lifecycle(ON_AZURE)
    moved: Any = azure.lifecycle(replace(ON_AZURE, tiers=replace(TIERS, keep_readable=False)))

    assert [each["name"] for each in kept["rules"]] == [
        "TransitionToWarm",
        "TransitionToCold",
        "ExpireNoncurrentVersions",
    ]
    assert "TransitionToArchive" in [each["name"] for each in moved["rules"]]
    assert kept["rules"][0]["definition"]["filters"]["prefixMatch"] == ["my-versions/v1/chunks/"]


@pytest.mark.parametrize("kind", RuleKind)
@pytest.mark.parametrize("wanted", [WANTED, ON_AZURE], ids=["gcs", "azure"])
def test_each_kind_names_the_command_that_applies_it(wanted: Wanted, kind: RuleKind) -> None:
    found = applying.prepared(wanted, kind)

    assert found.document is not None
    assert found.command.startswith("gcloud " if wanted.cloud is Cloud.GCS else "az ")
    assert "my-versions" in found.command or "account" in found.command


def test_what_is_not_asked_for_has_no_document() -> None:
    bare = Wanted(role="source", cloud=Cloud.AZURE, bucket="files", account="a", versioning=False)

    for cloud in (Cloud.AZURE, Cloud.GCS, Cloud.S3):
        found = [applying.prepared(replace(bare, cloud=cloud), kind) for kind in RuleKind]
        asked = [each.kind for each in found if each.document is not None]
        assert asked == [RuleKind.LIFECYCLE]
        assert all(each.command for each in found)
