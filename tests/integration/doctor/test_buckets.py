"""What `keyshelf doctor` says of the rules of buckets, on MinIO."""

from collections.abc import Mapping
from pathlib import Path
from uuid import uuid4

import pytest

from keyshelf import settings
from keyshelf.app import bucket_rules
from keyshelf.app.checks.buckets import check_buckets
from keyshelf.app.checks.values import Check
from keyshelf.operations.rules import applying
from keyshelf.store.control import RuleKind
from keyshelf.store.opening import StoreOptions
from tests.servers.s3 import KMS_KEY, S3Server

pytestmark = [pytest.mark.anyio, pytest.mark.services]


@pytest.fixture
def environment(tmp_path: Path, minio_server: S3Server) -> dict[str, str]:
    """A repository store on MinIO, of which that is wanted which MinIO knows."""
    return {
        "XDG_CONFIG_HOME": str(tmp_path),
        "KEYSHELF_DATA": str(tmp_path / "data"),
        **on(minio_server.new_bucket()),
        "REPOSITORY_KMS_KEY": KMS_KEY,
        "REPOSITORY_ABORT_DAYS": "0",
        "REPOSITORY_TIER_WARM_DAYS": "0",
        "REPOSITORY_TIER_COLD_DAYS": "0",
        "REPOSITORY_TIER_ARCHIVE_DAYS": "0",
    }


def on(bucket: StoreOptions) -> dict[str, str]:
    return {
        "REPOSITORY_BUCKET": bucket.bucket,
        "REPOSITORY_S3_ENDPOINT": bucket.endpoint or "",
        "REPOSITORY_S3_ACCESS_KEY": bucket.access_key or "",
        "REPOSITORY_S3_SECRET_KEY": bucket.secret_key or "",
    }


async def checks(environment: Mapping[str, str]) -> dict[str, Check]:
    given = settings.load(environment)
    return {each.name: each async for each in check_buckets(given, probe_id=uuid4())}


async def test_each_kind_that_differs_is_told_with_its_fix(environment: dict[str, str]) -> None:
    found = await checks(environment)

    lifecycle = found["repository store, lifecycle"]
    assert lifecycle.status == "warning"
    assert "CleanupDeletedChunks is missing" in lifecycle.detail
    assert lifecycle.fix == "`keyshelf lifecycle apply --store repository`"
    assert found.keys() >= {"repository store, versioning", "repository store, encryption"}


async def test_rules_as_wanted_are_told_and_a_write_is_seen_encrypted(
    environment: dict[str, str],
) -> None:
    bucket = bucket_rules.bucket(settings.load(environment), "repository")
    for kind in (RuleKind.VERSIONING, RuleKind.ENCRYPTION, RuleKind.LIFECYCLE):
        await bucket_rules.apply(bucket, await applying.compare(bucket, kind))

    found = await checks(environment)

    assert {each.status for each in found.values()} == {"ok"}
    assert found["repository store, rules"].detail == "as wanted: versioning, encryption, lifecycle"
    assert KMS_KEY in found["repository store, encrypted writes"].detail


async def test_a_server_without_rules_is_no_fault(
    environment: dict[str, str], versitygw_server: S3Server
) -> None:
    found = await checks({**environment, **on(versitygw_server.new_bucket())})

    assert found["repository store, other rules"].status == "ok"
    assert "lifecycle" in found["repository store, other rules"].detail


async def test_keys_that_may_not_look_are_told_once(environment: dict[str, str]) -> None:
    found = await checks({**environment, "REPOSITORY_S3_SECRET_KEY": "another-secret"})

    assert list(found) == ["repository store, unread rules"]
    unread = found["repository store, unread rules"]
    assert "s3:GetBucketVersioning" in unread.detail
    assert unread.fix == "mend REPOSITORY_S3_ACCESS_KEY and REPOSITORY_S3_SECRET_KEY"


async def test_a_server_that_is_away_is_told_by_another_check(environment: dict[str, str]) -> None:
    assert await checks({**environment, "REPOSITORY_S3_ENDPOINT": "http://127.0.0.1:1"}) == {}


async def test_settings_that_cannot_be_are_told(environment: dict[str, str]) -> None:
    found = await checks({**environment, "REPOSITORY_TIER_WARM_DAYS": "7"})

    assert "30th day" in found["repository store, rules"].detail
