"""The rules of S3: the specification's, in the form that takes effect, as botocore knows them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import botocore.session
import pytest
from botocore.parsers import create_parser
from botocore.serialize import create_serializer
from botocore.validate import ParamValidator

from keyshelf.operations.classes import Cloud, StorageClass
from keyshelf.operations.rules import s3
from keyshelf.operations.rules.comparing import changes, s3_parts
from keyshelf.operations.rules.values import (
    ImpossibleTiersError,
    IncompleteReplicationError,
    LogTarget,
    ReplicationTarget,
    Tiers,
    Wanted,
)
from keyshelf.store.control import RuleKind

DAYS = {StorageClass.WARM: 30, StorageClass.COLD: 90, StorageClass.ARCHIVE: 365}
ROLE, KEY = "arn:aws:iam::123456789012:role/copies", "arn:aws:kms:eu-west-1:123456789012:key/abc"
WANTED = Wanted(
    role="repository",
    cloud=Cloud.S3,
    bucket="my-versions",
    tiered_prefix="v1/chunks/",
    replicated_prefixes={
        s3.CHUNKS: "v1/chunks/",
        s3.MANIFESTS: "v1/manifests/",
        s3.PROXIES: "v1/proxies/",
        s3.METADATA: "v1/metadata/",
    },
    tiers=Tiers(DAYS),
    deleted_days=30,
    kms_key=KEY,
    replication=ReplicationTarget("dits-storage-eu-west-1", role=ROLE, kms_key=KEY),
    logs=LogTarget("logs", "repository/"),
)
PUTS = {
    RuleKind.VERSIONING: ("PutBucketVersioning", "VersioningConfiguration"),
    RuleKind.ENCRYPTION: ("PutBucketEncryption", "ServerSideEncryptionConfiguration"),
    RuleKind.LIFECYCLE: ("PutBucketLifecycleConfiguration", "LifecycleConfiguration"),
    RuleKind.REPLICATION: ("PutBucketReplication", "ReplicationConfiguration"),
    RuleKind.LOGGING: ("PutBucketLogging", "BucketLoggingStatus"),
}


def rules(wanted: Wanted) -> Mapping[str, Any]:
    document: Any = s3.lifecycle(wanted)
    return {rule["ID"]: rule for rule in document["Rules"]}


@pytest.mark.parametrize("kind", RuleKind)
@pytest.mark.parametrize("tiers", [Tiers(DAYS), Tiers(DAYS, keep_readable=False)], ids=["kept", ""])
def test_s3_knows_every_field(kind: RuleKind, tiers: Tiers) -> None:
    operation, argument = PUTS[kind]
    service = botocore.session.get_session().get_service_model("s3")
    shape = service.operation_model(operation).input_shape
    document = s3.prepared(replace(WANTED, tiers=tiers), kind).document
    assert shape is not None

    report = ParamValidator().validate({"Bucket": "b", argument: document}, shape)

    assert document is not None
    assert not report.has_errors(), report.generate_report()


@pytest.mark.parametrize("kind", RuleKind)
def test_what_goes_over_the_wire_comes_back_the_same(kind: RuleKind) -> None:
    put, argument = PUTS[kind]
    service = botocore.session.get_session().get_service_model("s3")
    document = s3.prepared(WANTED, kind).document
    writing = service.operation_model(put)
    request = create_serializer("rest-xml").serialize_to_request(
        {"Bucket": "b", argument: document}, writing
    )
    reading = service.operation_model(put.replace("Put", "Get")).output_shape
    assert reading is not None

    answer: Any = {"headers": {}, "status_code": 200, "body": request["body"]}
    parsed: Any = create_parser("rest-xml").parse(answer, reading)

    parsed.pop("ResponseMetadata")
    kept = s3_parts(kind, parsed.get(argument, parsed))
    assert changes(s3_parts(kind, document), kept) == []


def test_the_four_rules_of_the_specification_have_their_ids_days_and_classes() -> None:
    found = rules(replace(WANTED, tiers=Tiers(DAYS, keep_readable=False)))

    assert {name: rule["Transitions"] for name, rule in found.items() if "Transitions" in rule} == {
        "TransitionToWarm": [{"Days": 30, "StorageClass": "STANDARD_IA"}],
        "TransitionToCold": [{"Days": 90, "StorageClass": "GLACIER"}],
        "TransitionToArchive": [{"Days": 365, "StorageClass": "DEEP_ARCHIVE"}],
    }
    assert found["CleanupDeletedChunks"]["Filter"] == {
        "Tag": {"Key": "dits:status", "Value": "deleted"}
    }
    assert found["CleanupDeletedChunks"]["Expiration"] == {"Days": 30}


def test_objects_under_128_kb_move_too_because_the_rule_names_a_size() -> None:
    found = rules(replace(WANTED, tiers=Tiers(DAYS, keep_readable=False)))

    for name in ("TransitionToWarm", "TransitionToCold", "TransitionToArchive"):
        assert found[name]["Filter"]["And"] == {"Prefix": "v1/chunks/", "ObjectSizeGreaterThan": 1}


def test_a_smallest_size_leaves_what_is_smaller() -> None:
    found = rules(replace(WANTED, tiers=Tiers(DAYS, min_bytes=128 * 1024)))

    assert found["TransitionToWarm"]["Filter"]["And"]["ObjectSizeGreaterThan"] == 128 * 1024 - 1


def test_what_is_not_tagged_for_it_stays_readable() -> None:
    found = rules(WANTED)

    assert "Tags" not in found["TransitionToWarm"]["Filter"]["And"]
    assert found["TransitionToCold"]["Filter"]["And"]["Tags"] == [
        {"Key": "dits:tier", "Value": "cold"}
    ]
    assert found["TransitionToArchive"]["Filter"]["And"]["Tags"] == [
        {"Key": "dits:tier", "Value": "archive"}
    ]


def test_old_versions_and_unfinished_uploads_go() -> None:
    found = rules(WANTED)

    assert found["ExpireNoncurrentVersions"]["NoncurrentVersionExpiration"] == {
        "NoncurrentDays": 30
    }
    assert found["ExpireNoncurrentVersions"]["Expiration"] == {"ExpiredObjectDeleteMarker": True}
    assert found["AbortIncompleteUploads"]["AbortIncompleteMultipartUpload"] == {
        "DaysAfterInitiation": 7
    }


def test_a_rule_of_no_days_is_left_out() -> None:
    none = replace(WANTED, tiers=Tiers(), deleted_days=0, noncurrent_days=0, abort_days=0)

    assert rules(none) == {}


@pytest.mark.parametrize(
    ("days", "cannot"),
    [
        ({"warm": 29}, "30th day"),
        ({"warm": 30, "cold": 59}, "from 60 on"),
        ({"cold": 90, "archive": 179}, "from 180 on"),
        ({"warm": 30, "archive": 31}, "from 60 on"),
    ],
    ids=["warm", "cold", "archive", "skipping"],
)
def test_days_that_s3_refuses_are_refused_early(days: Mapping[str, int], cannot: str) -> None:
    tiers = Tiers({StorageClass(name): each for name, each in days.items()})

    with pytest.raises(ImpossibleTiersError, match=cannot):
        replace(WANTED, tiers=tiers)


def test_replication_has_the_rules_of_the_specification_and_what_they_lack() -> None:
    document: Any = s3.replication(WANTED)

    assert document["Role"] == ROLE
    assert [(each["ID"], each["Priority"], each["Filter"]) for each in document["Rules"]] == [
        ("ReplicateChunks", 1, {"Prefix": "v1/chunks/"}),
        ("ReplicateManifests", 2, {"Prefix": "v1/manifests/"}),
        ("ReplicateProxies", 3, {"Prefix": "v1/proxies/"}),
        ("ReplicateMetadata", 4, {"Prefix": "v1/metadata/"}),
    ]
    for each in document["Rules"]:
        assert each["DeleteMarkerReplication"] == {"Status": "Enabled"}
        assert each["SourceSelectionCriteria"] == {"SseKmsEncryptedObjects": {"Status": "Enabled"}}
        assert each["Destination"] == {
            "Bucket": "arn:aws:s3:::dits-storage-eu-west-1",
            "StorageClass": "STANDARD",
            "EncryptionConfiguration": {"ReplicaKmsKeyID": KEY},
        }


def test_replication_that_would_copy_nothing_is_refused() -> None:
    without_role = ReplicationTarget("replica", kms_key=KEY)
    without_key = ReplicationTarget("replica", role=ROLE)

    with pytest.raises(IncompleteReplicationError, match="REPOSITORY_REPLICATION_ROLE"):
        replace(WANTED, replication=without_role)
    with pytest.raises(IncompleteReplicationError, match="REPOSITORY_REPLICATION_KMS_KEY"):
        replace(WANTED, replication=without_key)


def test_encryption_and_versioning_are_those_of_the_specification() -> None:
    assert s3.prepared(WANTED, RuleKind.VERSIONING).document == {
        "Status": "Enabled",
        "MFADelete": "Disabled",
    }
    assert s3.prepared(WANTED, RuleKind.ENCRYPTION).document == {
        "Rules": [
            {
                "ApplyServerSideEncryptionByDefault": {
                    "SSEAlgorithm": "aws:kms",
                    "KMSMasterKeyID": KEY,
                },
                "BucketKeyEnabled": True,
            }
        ]
    }
