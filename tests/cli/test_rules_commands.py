"""`keyshelf bucket` and the commands of each kind of rules, on S3 as moto plays it."""

import json
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from tests.cli.conftest import Keyshelf, Ran
from tests.servers.gcs_rules import serving

Rules = Callable[..., Ran]


@pytest.fixture
def rules(keyshelf: Keyshelf, tmp_path: Path) -> Iterator[Rules]:
    """Run a command where the repository store is a bucket, and the others are folders."""
    with mock_aws():
        amazon().create_bucket(Bucket="my-versions")

        def run(*arguments: str, **changed: str) -> Ran:
            return keyshelf(
                *arguments,
                **{
                    "KEYSHELF_URL": "",
                    "KEYSHELF_DATA": str(tmp_path / "data"),
                    "REPOSITORY_BUCKET": "s3://my-versions",
                    "REPOSITORY_S3_ACCESS_KEY": "AKID",
                    "REPOSITORY_S3_SECRET_KEY": "secret",
                    # moto keeps no sizes of objects in a filter, as S3 does.
                    "REPOSITORY_TIER_WARM_DAYS": "0",
                    "REPOSITORY_TIER_COLD_DAYS": "0",
                    "REPOSITORY_TIER_ARCHIVE_DAYS": "0",
                    **changed,
                },
            )

        yield run


@cache
def amazon() -> Any:
    return boto3.client("s3", region_name="us-east-1")  # type: ignore[reportUnknownMemberType]  # other services have no stubs


def test_show_prints_the_document_alone_and_how_it_is_applied(rules: Rules) -> None:
    shown = rules("lifecycle", "show", REPOSITORY_TIER_WARM_DAYS="30")

    assert shown.code == 0
    assert shown.json["Rules"][0]["ID"] == "TransitionToWarm"
    assert "aws s3api put-bucket-lifecycle-configuration --bucket my-versions" in shown.err
    assert "warning: a chunk of 64 KiB is billed as 128 KiB" in shown.err


def test_a_difference_is_shown_applied_and_gone(rules: Rules) -> None:
    before = rules("lifecycle", "diff")
    applied = rules("lifecycle", "apply", "--yes")
    after = rules("lifecycle", "diff")

    assert before.code == 1
    assert "+ CleanupDeletedChunks: what is tagged as deleted goes" in before.lines
    assert "    Expiration.Days: 30" in before.lines
    assert (applied.code, applied.lines[-1]) == (0, "applied and read back")
    assert (after.code, after.lines) == (0, ["as wanted"])
    assert rules("lifecycle", "apply").lines == ["nothing to change"]


def test_nothing_is_applied_unless_somebody_says_so(rules: Rules) -> None:
    asked = rules("versioning", "apply")

    assert asked.code == 2
    assert "--yes" in asked.err
    assert "Status" not in amazon().get_bucket_versioning(Bucket="my-versions")


def test_the_plan_tells_all_stores_and_what_mends_them(rules: Rules) -> None:
    rules("versioning", "apply", "--yes")

    plan = rules("bucket", "plan")
    document = rules("bucket", "plan", "--json").json

    assert plan.code == 1
    assert "  a folder of this machine: it has no rules" in plan.lines
    assert "  versioning    as wanted" in plan.lines
    assert "  lifecycle     differs: 3 missing" in plan.lines
    assert plan.lines[-1] == "  keyshelf lifecycle apply --store repository"
    assert [each["role"] for each in document["items"]] == ["source", "media", "repository"]

    rules("lifecycle", "apply", "--yes")

    assert rules("bucket", "plan").lines[-1] == "nothing differs from what is wanted"


def test_a_plan_that_cannot_be_read_is_not_taken_for_a_sound_one(rules: Rules) -> None:
    plan = rules("bucket", "plan", REPOSITORY_BUCKET="s3://no-such-bucket")

    assert plan.code == 6
    assert "cannot be told: the bucket is not there" in plan.out
    assert plan.lines[-3].startswith("could not be read, as told above: versioning, encryption")
    assert plan.lines[-3].endswith(" of repository")
    assert plan.lines[-2] == ("  create the bucket s3://no-such-bucket, or mend REPOSITORY_BUCKET")
    assert plan.lines[-1] == "nothing else differs from what is wanted"


def test_a_plan_names_what_it_could_not_read_beside_what_differs(rules: Rules) -> None:
    media = {"MEDIA_BUCKET": "s3://gone", "MEDIA_S3_ACCESS_KEY": "a", "MEDIA_S3_SECRET_KEY": "s"}

    plan = rules("bucket", "plan", **media)

    assert plan.code == 1
    assert "  create the bucket s3://gone, or mend MEDIA_BUCKET" in plan.lines
    assert plan.lines[-1].startswith("  keyshelf ")


def test_what_is_not_asked_for_says_what_asks_for_it(rules: Rules) -> None:
    assert "REPOSITORY_KMS_KEY asks for it" in rules("encryption", "show").err


def test_a_store_without_rules_and_days_that_cannot_be_are_refused(rules: Rules) -> None:
    folder = rules("lifecycle", "diff", "--store", "source")
    early = rules("lifecycle", "show", REPOSITORY_TIER_WARM_DAYS="7")

    assert (folder.code, "SOURCE_BUCKET" in folder.err) == (2, True)
    assert (early.code, "30th day" in early.err) == (2, True)


def test_rules_of_google_are_planned_applied_and_then_as_wanted(rules: Rules) -> None:
    with serving() as (server, _):
        server.new_bucket("my-versions")
        google = {
            "REPOSITORY_BUCKET": "gs://my-versions",
            "REPOSITORY_S3_ACCESS_KEY": "",
            "REPOSITORY_S3_SECRET_KEY": "",
            "REPOSITORY_GCS_ENDPOINT": server.endpoint,
            "REPOSITORY_GCS_ACCESS_KEY": server.access_key,
            "REPOSITORY_GCS_SECRET_KEY": server.secret_key,
        }
        shown = rules("lifecycle", "show", **google)
        before = rules("bucket", "plan", **google)
        for kind in ("versioning", "lifecycle"):
            assert rules(kind, "apply", "--yes", **google).lines[-1] == "applied and read back"
        after = rules("bucket", "plan", **google)

    assert json.loads(shown.out)["lifecycle"]["rule"]
    assert "beside the rules of others: keyshelf lifecycle apply" in shown.err
    assert "gcloud storage buckets update gs://my-versions --lifecycle-file" in shown.err
    assert before.code == 1
    assert (
        "    + ExpireNoncurrentVersions: versions that were replaced or deleted go" in before.lines
    )
    assert "  keyshelf lifecycle apply --store repository" in before.lines
    assert (after.code, after.lines[-1]) == (0, "nothing differs from what is wanted")


def test_copies_between_buckets_of_google_are_shown_with_the_command(rules: Rules) -> None:
    google = {
        "REPOSITORY_BUCKET": "gs://my-versions",
        "REPOSITORY_S3_ACCESS_KEY": "",
        "REPOSITORY_S3_SECRET_KEY": "",
        "REPOSITORY_GCS_ACCESS_KEY": "GOOG",
        "REPOSITORY_GCS_SECRET_KEY": "secret",
        "REPOSITORY_REPLICATION_BUCKET": "copy",
    }
    shown = rules("replication", "show", **google)
    applied = rules("replication", "apply", "--yes", **google)

    command = "gcloud transfer jobs create gs://my-versions gs://copy --replication"
    assert command in shown.err
    assert "keyshelf replication apply" not in shown.err
    assert (applied.code, command in applied.err) == (2, True)


def test_rules_of_azure_are_shown_and_not_reached(rules: Rules) -> None:
    azure = {
        "REPOSITORY_BUCKET": "az://my-versions",
        "REPOSITORY_S3_ACCESS_KEY": "",
        "REPOSITORY_S3_SECRET_KEY": "",
        "REPOSITORY_AZURE_ACCOUNT": "account",
        "REPOSITORY_AZURE_KEY": "c2VjcmV0",
    }
    shown = rules("lifecycle", "show", **azure)
    applied = rules("lifecycle", "apply", "--yes", **azure)

    assert json.loads(shown.out)["rules"]
    assert "to apply it: az storage account management-policy" in shown.err
    assert (applied.code, "az storage account management-policy" in applied.err) == (2, True)


def test_rules_are_for_where_the_stores_are(keyshelf: Keyshelf) -> None:
    refused = keyshelf("bucket", "plan")

    assert (refused.code, "KEYSHELF_URL" in refused.err) == (2, True)


def test_the_bucket_of_a_replica_must_keep_versions_too(rules: Rules) -> None:
    amazon().create_bucket(Bucket="my-versions-eu")
    replica = {
        "REPOSITORY_REPLICAS": "eu",
        "REPOSITORY_REPLICA_EU_BUCKET": "s3://my-versions-eu",
        "REPOSITORY_REPLICA_EU_S3_ACCESS_KEY": "AKID",
        "REPOSITORY_REPLICA_EU_S3_SECRET_KEY": "secret",
    }

    planned = rules("bucket", "plan", **replica)
    applied = rules("versioning", "apply", "--store", "repository-eu", "--yes", **replica)
    after = rules("bucket", "plan", "--json", **replica)

    assert "repository-eu  s3://my-versions-eu" in planned.lines
    assert "  keyshelf versioning apply --store repository-eu" in planned.lines
    assert applied.code == 0, applied.err
    assert amazon().get_bucket_versioning(Bucket="my-versions-eu")["Status"] == "Enabled"
    [copy] = [each for each in after.json["items"] if each["role"] == "repository-eu"]
    assert [each["comparison"]["changes"] for each in copy["kinds"]] == [[]]
    assert rules("lifecycle", "show", "--store", "repository-eu", **replica).code == 2
