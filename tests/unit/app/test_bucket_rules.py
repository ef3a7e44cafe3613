"""What the settings want of each bucket."""

from itertools import chain
from pathlib import Path

import pytest

from keyshelf import settings
from keyshelf.app import bucket_rules
from keyshelf.app.bucket_rules import NoBucketRulesError
from keyshelf.operations.classes import Cloud, StorageClass
from keyshelf.operations.replicas import service
from keyshelf.operations.rules.values import Wanted
from keyshelf.settings import InvalidSettingError


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path


def wanted(home: Path, role: str, **environment: str) -> Wanted:
    upper = role.upper()
    base = {
        "XDG_CONFIG_HOME": str(home),
        "KEYSHELF_DATA": str(home),
        f"{upper}_BUCKET": "s3://bucket",
    }
    return bucket_rules.wanted_of(settings.load({**base, **environment}), role)


def test_only_chunks_of_repositories_go_to_cooler_classes_unless_set(home: Path) -> None:
    repository, source = wanted(home, "repository"), wanted(home, "source")

    assert repository.tiered_prefix == "v1/chunks/"
    assert list(repository.moved.values()) == [30, 90, 365]
    assert repository.tiers.keep_readable
    assert source.moved == {}
    assert wanted(home, "source", SOURCE_TIER_COLD_DAYS="90").moved == {StorageClass.COLD: 90}


def test_every_store_lets_go_of_old_versions_and_unfinished_uploads(home: Path) -> None:
    for role in ("source", "media", "repository"):
        found = wanted(home, role)

        assert (found.versioning, found.noncurrent_days, found.abort_days) == (True, 30, 7)
    assert wanted(home, "source").deleted_days == 0
    assert wanted(home, "repository").deleted_days == 30


def test_what_is_copied_by_a_rule_is_what_replicas_are_compared_by(home: Path) -> None:
    copied = set(wanted(home, "repository").replicated_prefixes.values())

    assert copied == {"v1/chunks/", *chain(*(each.prefixes for each in service.AFTER_CHUNKS))}


@pytest.mark.parametrize(
    ("bucket", "cloud"),
    [("s3://bucket", Cloud.S3), ("bucket", Cloud.S3), ("gs://bucket", Cloud.GCS)],
)
def test_the_scheme_of_a_bucket_says_whose_it_is(home: Path, bucket: str, cloud: Cloud) -> None:
    found = wanted(home, "source", SOURCE_BUCKET=bucket)

    assert (found.cloud, found.bucket) == (cloud, "bucket")


@pytest.mark.parametrize(
    ("endpoint", "is_amazon"),
    [
        ("", True),
        ("https://s3.cn-north-1.amazonaws.com.cn", True),
        ("https://minio.example.org", False),
        ("https://notamazonaws.com", False),
    ],
)
def test_amazon_is_told_from_others(home: Path, endpoint: str, is_amazon: bool) -> None:
    assert wanted(home, "source", SOURCE_S3_ENDPOINT=endpoint).is_amazon is is_amazon


def test_a_folder_has_no_rules(home: Path) -> None:
    with pytest.raises(NoBucketRulesError, match="SOURCE_BUCKET"):
        wanted(home, "source", SOURCE_BUCKET="file:///srv/files")


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"REPOSITORY_TIER_WARM_DAYS": "7"}, "30th day"),
        ({"REPOSITORY_REPLICATION_BUCKET": "copy"}, "REPOSITORY_REPLICATION_ROLE"),
        ({"REPOSITORY_TIER_WRAM_DAYS": "7"}, "REPOSITORY_TIER_WARM_DAYS"),
    ],
    ids=["days", "role", "misspelt"],
)
def test_settings_that_cannot_be_are_refused(
    home: Path, changed: dict[str, str], told: str
) -> None:
    with pytest.raises(InvalidSettingError, match=told):
        wanted(home, "repository", **changed)
