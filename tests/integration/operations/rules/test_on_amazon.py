"""Rules compared and applied on S3 as moto plays it."""

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import boto3
import pytest
from moto import mock_aws

from keyshelf.layout.keys import ObjectKey
from keyshelf.operations.classes import Cloud, StorageClass
from keyshelf.operations.rules import applying, s3
from keyshelf.operations.rules.applying import (
    Bucket,
    EncryptionNotKeptError,
    NotVersionedError,
    RulesChangedError,
    RulesNotKeptError,
)
from keyshelf.operations.rules.values import LogTarget, ReplicationTarget, Tiers, Wanted
from keyshelf.store.control import BucketControl, Document, RuleKind, RulesRefusedError
from keyshelf.store.errors import BucketNotFoundError, StoreForbiddenError
from keyshelf.store.opening import StoreOptions, open_control

pytestmark = pytest.mark.anyio

PROBE = ObjectKey(".keyshelf/doctor/probe")
KEY = "arn:aws:kms:us-east-1:123456789012:key/0a1b"
WANTED = Wanted(
    role="repository",
    cloud=Cloud.S3,
    bucket="versions",
    tiered_prefix="v1/chunks/",
    replicated_prefixes={s3.CHUNKS: "v1/chunks/", s3.MANIFESTS: "v1/manifests/"},
    deleted_days=30,
    kms_key=KEY,
    replication=ReplicationTarget(
        "replica", role="arn:aws:iam::123456789012:role/copies", kms_key=KEY
    ),
    logs=LogTarget("access-logs", "repository/"),
)
THEIRS: Mapping[str, Any] = {
    "ID": "Theirs",
    "Status": "Enabled",
    "Filter": {"Prefix": "logs/"},
    "Expiration": {"Days": 5},
}


LETS_S3_LOG: Mapping[str, Any] = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "logging.s3.amazonaws.com"},
            "Action": "s3:PutObject",
            "Resource": "arn:aws:s3:::access-logs/*",
        }
    ],
}


def control(name: str) -> BucketControl:
    found = open_control(StoreOptions(f"s3://{name}", access_key="AKID", secret_key="secret"))
    assert found is not None
    return found


@pytest.fixture
async def bucket() -> AsyncIterator[Bucket]:
    with mock_aws():
        client = amazon()
        for name in ("versions", "replica", "access-logs"):
            client.create_bucket(Bucket=name)
        client.put_bucket_policy(Bucket="access-logs", Policy=json.dumps(LETS_S3_LOG))
        yield Bucket(WANTED, control("versions"), control("replica"))


@cache
def amazon() -> Any:
    return boto3.client("s3", region_name="us-east-1")  # type: ignore[reportUnknownMemberType]  # other services have no stubs


async def applied(bucket: Bucket, kind: RuleKind) -> applying.Comparison:
    seen = await applying.compare(bucket, kind)
    return await applying.apply(bucket, seen, probe=PROBE, waits=(0,))


# moto keeps neither prefixes nor keys in a replication: that is tried on MinIO.
@pytest.mark.parametrize("kind", [each for each in RuleKind if each is not RuleKind.REPLICATION])
async def test_rules_are_applied_read_back_and_then_the_same(
    bucket: Bucket, kind: RuleKind
) -> None:
    after = await applied(bucket, kind)

    assert after.changes == []
    assert (await applied(bucket, kind)).current == after.current


async def test_rules_of_others_are_there_afterwards(bucket: Bucket) -> None:
    amazon().put_bucket_lifecycle_configuration(
        Bucket="versions", LifecycleConfiguration={"Rules": [THEIRS]}
    )

    await applied(bucket, RuleKind.LIFECYCLE)

    rules = amazon().get_bucket_lifecycle_configuration(Bucket="versions")["Rules"]
    assert rules[0]["ID"] == "Theirs"
    assert len(rules) == 4


async def test_a_server_that_forgets_a_part_of_it_is_told(bucket: Bucket) -> None:
    # moto keeps no sizes of objects in a filter, as S3 does.
    tiers = Tiers({StorageClass.WARM: 30})

    with pytest.raises(RulesNotKeptError, match="TransitionToWarm"):
        await applied(replace(bucket, wanted=replace(WANTED, tiers=tiers)), RuleKind.LIFECYCLE)


async def test_who_was_faster_is_not_overwritten(bucket: Bucket) -> None:
    seen = await applying.compare(bucket, RuleKind.LIFECYCLE)
    amazon().put_bucket_lifecycle_configuration(
        Bucket="versions", LifecycleConfiguration={"Rules": [THEIRS]}
    )

    with pytest.raises(RulesChangedError):
        await applying.apply(bucket, seen, probe=PROBE, waits=(0,))


async def test_replication_waits_for_versions_on_both_sides(bucket: Bucket) -> None:
    with pytest.raises(NotVersionedError, match="the bucket"):
        await applied(bucket, RuleKind.REPLICATION)

    await applied(bucket, RuleKind.VERSIONING)

    with pytest.raises(NotVersionedError, match="its replica"):
        await applied(bucket, RuleKind.REPLICATION)


class Strangers:
    """A bucket of another account, whose rules are not shown to us."""

    async def read(self, kind: RuleKind) -> Document | None:
        raise StoreForbiddenError("not yours")

    async def write(self, kind: RuleKind, document: Document | None) -> None: ...

    async def written_encryption(self, key: ObjectKey) -> Document:
        return {}


async def test_a_replica_of_another_account_is_left_to_the_server(bucket: Bucket) -> None:
    await applied(bucket, RuleKind.VERSIONING)

    with pytest.raises(RulesNotKeptError):  # so it was written, and moto keeps half of it
        await applied(replace(bucket, replica=Strangers()), RuleKind.REPLICATION)


async def test_a_write_shows_how_it_was_encrypted_and_leaves_nothing(bucket: Bucket) -> None:
    await applied(bucket, RuleKind.VERSIONING)
    await applied(bucket, RuleKind.ENCRYPTION)

    versions = amazon().list_object_versions(Bucket="versions")
    assert versions.keys().isdisjoint({"Versions", "DeleteMarkers"})
    other = Bucket(replace(WANTED, kms_key="another-key"), bucket.control)
    with pytest.raises(EncryptionNotKeptError, match="another-key"):
        await applying.check_encryption(other, PROBE)


async def test_a_refusal_is_told_in_the_servers_words(bucket: Bucket) -> None:
    missing = replace(WANTED, logs=LogTarget("no-such-bucket", ""))

    with pytest.raises(RulesRefusedError, match="InvalidTargetBucketForLogging"):
        await applied(replace(bucket, wanted=missing), RuleKind.LOGGING)


async def test_a_bucket_that_is_not_there_is_told(bucket: Bucket) -> None:
    with pytest.raises(BucketNotFoundError):
        await control("no-such-bucket").read(RuleKind.LIFECYCLE)


async def test_rules_can_be_taken_away(bucket: Bucket) -> None:
    versions = control("versions")
    for kind in (RuleKind.LIFECYCLE, RuleKind.VERSIONING, RuleKind.LOGGING):
        await applied(bucket, kind)
        await versions.write(kind, None)

    assert await versions.read(RuleKind.LIFECYCLE) is None
    assert await versions.read(RuleKind.LOGGING) is None
    assert await versions.read(RuleKind.VERSIONING) == {"Status": "Suspended"}


class Forgetful:
    """A server that says yes, and keeps nothing."""

    async def read(self, kind: RuleKind) -> Document | None:
        return None

    async def write(self, kind: RuleKind, document: Document | None) -> None: ...

    async def written_encryption(self, key: ObjectKey) -> Document:
        return {}


async def test_a_server_that_keeps_nothing_of_it_is_told() -> None:
    with pytest.raises(RulesNotKeptError, match="CleanupDeletedChunks"):
        await applied(Bucket(WANTED, Forgetful()), RuleKind.LIFECYCLE)


async def test_a_server_that_encrypts_nothing_is_told() -> None:
    with pytest.raises(EncryptionNotKeptError, match="with nothing"):
        await applying.check_encryption(Bucket(WANTED, Forgetful()), PROBE)
