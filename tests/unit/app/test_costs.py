"""By which table of the price book each store is billed, as the settings tell it."""

from pathlib import Path

import pytest

from keyshelf import settings
from keyshelf.app import costs
from keyshelf.operations.prices.values import PricesNotFoundError

GOOGLE = {
    "REPOSITORY_BUCKET": "gs://b",
    "REPOSITORY_GCS_ACCESS_KEY": "a",
    "REPOSITORY_GCS_SECRET_KEY": "s",
}
S3 = {"REPOSITORY_BUCKET": "s3://b", "REPOSITORY_S3_REGION": "eu-west-1"}


def table_of(store: str, folder: Path, **given: str) -> str:
    loaded = settings.load({"HOME": str(folder), "KEYSHELF_DATA": str(folder), **given})
    return costs.tables(loaded, costs.price_book(loaded))[store].name


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({}, "own.hardware"),
        (S3, "s3.eu-west-1"),
        ({**S3, "REPOSITORY_S3_ENDPOINT": "https://s3.eu-west-1.amazonaws.com"}, "s3.eu-west-1"),
        ({**S3, "REPOSITORY_S3_ENDPOINT": "http://seaweed:8333"}, "own.hardware"),
        ({**S3, "KEYSHELF_REPOSITORY_PRICES": "gcs.us-central1"}, "gcs.us-central1"),
        ({**GOOGLE, "KEYSHELF_REPOSITORY_PRICES": "gcs.europe-west1"}, "gcs.europe-west1"),
    ],
    ids=["folder", "amazon", "amazons-endpoint", "own-server", "said", "google"],
)
def test_a_store_is_billed_where_it_is(given: dict[str, str], name: str, tmp_path: Path) -> None:
    assert table_of("repository", tmp_path, **given) == name


def test_a_replica_is_billed_in_its_region(tmp_path: Path) -> None:
    replica = {
        "REPOSITORY_REPLICAS": "eu",
        "REPOSITORY_REPLICA_EU_BUCKET": "s3://copy",
        "REPOSITORY_REPLICA_EU_S3_REGION": "eu-central-1",
    }
    copied_to = {
        "REPOSITORY_REPLICATION_BUCKET": "copy",
        "REPOSITORY_REPLICATION_REGION": "us-east-1",
    }

    assert table_of("repository replica eu", tmp_path, **S3, **replica) == "s3.eu-central-1"
    assert table_of("repository replica", tmp_path, **S3, **copied_to) == "s3.us-east-1"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (GOOGLE, "KEYSHELF_REPOSITORY_PRICES=gcs.REGION"),
        ({**S3, "REPOSITORY_S3_REGION": "mars-1"}, "no table 's3.mars-1'"),
    ],
    ids=["google", "unknown"],
)
def test_a_region_without_prices_is_no_guess(
    given: dict[str, str], said: str, tmp_path: Path
) -> None:
    with pytest.raises(PricesNotFoundError, match=said):
        table_of("repository", tmp_path, **given)
