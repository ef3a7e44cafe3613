"""Settings of replicas: each that is named has its own, and none is taken for another's."""

from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from keyshelf.app.stores import (
    open_role,
    read_prices,
    regions_options,
    replica_options,
    store_sources,
)
from keyshelf.settings import InvalidSettingError, Settings, load
from keyshelf.store.base import Capabilities
from keyshelf.store.primary import primary_of
from keyshelf.store.regions.values import Strategy
from keyshelf.telemetry import Metrics

SECRET = b"0123456789abcdef"
EU = {"REPOSITORY_REPLICAS": "eu, us-west", "REPOSITORY_REPLICA_EU_BUCKET": "s3://eu-copy"}
BOTH = {
    **EU,
    "REPOSITORY_BUCKET": "s3://versions",
    "REPOSITORY_REPLICA_EU_S3_REGION": "eu-west-1",
    "REPOSITORY_REPLICA_US_WEST_BUCKET": "gs://us-copy",
    "REPOSITORY_REPLICA_US_WEST_GCS_ACCESS_KEY": "id",
    "REPOSITORY_REPLICA_US_WEST_GCS_SECRET_KEY": "secret",
}


def settings_with(tmp_path: Path, given: Mapping[str, str]) -> Settings:
    nowhere = {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    return load({"KEYSHELF_DATA": str(tmp_path), **nowhere, **given})


def test_each_replica_is_reached_by_its_own_settings(tmp_path: Path) -> None:
    settings = settings_with(tmp_path, BOTH)

    found = replica_options(settings)

    assert list(found) == ["eu", "us-west"]
    assert (found["eu"].bucket, found["eu"].region) == ("s3://eu-copy", "eu-west-1")
    assert (found["us-west"].bucket, found["us-west"].access_key) == ("gs://us-copy", "id")
    assert "https://eu-copy.s3.eu-west-1.amazonaws.com/" in store_sources(settings)


def test_a_file_names_replicas_as_the_environment_does(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('repository_replicas = "eu"\nrepository_replica_eu_bucket = "eu-copy"\n')

    settings = settings_with(tmp_path, {"KEYSHELF_CONFIG": str(file)})

    assert replica_options(settings)["eu"].bucket == "eu-copy"
    shown = {each.name: each for each in settings.shown()}
    assert shown["REPOSITORY_REPLICA_EU_BUCKET"].origin == str(file)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"REPOSITORY_REPLICA_EU_BUCKET": "b"}, "named by REPOSITORY_REPLICAS"),
        ({**EU, "REPOSITORY_REPLICA_EU_BUKET": "b"}, "did you mean REPOSITORY_REPLICA_EU_BUCKET"),
        ({"REPOSITORY_REPLICAS": "EU"}, "called like eu-west-1"),
        ({"REPOSITORY_REPLICAS": "eu,eu"}, "named once"),
        ({"REPOSITORY_REPLICAS": "primary"}, "the bucket itself"),
        ({**EU, "REPOSITORY_REPLICA_EU_READ_PRICE": "-1"}, "must be a price"),
        ({"REPOSITORY_READ_STRATEGY": "cheapest"}, "must be one of"),
    ],
    ids=["not-named", "misspelt", "capitals", "twice", "primary", "price", "strategy"],
)
def test_what_cannot_be_is_refused(given: Mapping[str, str], said: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidSettingError, match=said):
        settings_with(tmp_path, given)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (EU, "REPOSITORY_REPLICA_US_WEST_BUCKET must be set"),
        ({**BOTH, "REPOSITORY_REPLICA_EU_AZURE_KEY": "k"}, "AZURE_KEY is set and does nothing"),
    ],
    ids=["no-bucket", "another-cloud"],
)
def test_a_replica_that_cannot_be_reached_is_refused(
    given: Mapping[str, str], said: str, tmp_path: Path
) -> None:
    with pytest.raises(InvalidSettingError, match=said):
        replica_options(settings_with(tmp_path, given))


def test_a_tenants_replica_is_the_tenants_bucket_in_its_region(tmp_path: Path) -> None:
    settings = settings_with(
        tmp_path,
        {
            "REPOSITORY_TENANT": "acme",
            "REPOSITORY_REPLICAS": "eu",
            "REPOSITORY_REPLICA_EU_S3_REGION": "eu-west-1",
        },
    )

    assert replica_options(settings)["eu"].bucket == "s3://dits-eu-west-1-acme"


def test_the_cheapest_needs_every_price(tmp_path: Path) -> None:
    asked = {**BOTH, "REPOSITORY_READ_STRATEGY": "lowest-cost", "REPOSITORY_READ_PRICE": "0.09"}
    prices = {
        "REPOSITORY_REPLICA_EU_READ_PRICE": "0.02",
        "REPOSITORY_REPLICA_US_WEST_READ_PRICE": "0",
    }

    with pytest.raises(InvalidSettingError, match="us-west has no READ_PRICE"):
        regions_options(settings_with(tmp_path, asked))  # only Google knows where that one is
    settings = settings_with(tmp_path, {**asked, **prices})
    assert regions_options(settings).strategy is Strategy.LOWEST_COST
    assert read_prices(settings) == {"primary": 0.09, "eu": 0.02, "us-west": 0}


def test_what_reading_costs_is_in_the_price_book(tmp_path: Path) -> None:
    settings = settings_with(
        tmp_path,
        {
            "REPOSITORY_BUCKET": "s3://versions",
            "REPOSITORY_S3_REGION": "us-east-1",
            "REPOSITORY_REPLICAS": "here,eu",
            "REPOSITORY_REPLICA_HERE_BUCKET": "s3://copy",
            "REPOSITORY_REPLICA_HERE_S3_ENDPOINT": "http://127.0.0.1:9000",
            "REPOSITORY_REPLICA_EU_BUCKET": "s3://eu-copy",
            "REPOSITORY_REPLICA_EU_S3_REGION": "eu-west-1",
            "REPOSITORY_REPLICA_EU_READ_PRICE": "0.01",
            "REPOSITORY_READ_STRATEGY": "lowest-cost",
        },
    )

    assert regions_options(settings).strategy is Strategy.LOWEST_COST
    # Amazon: 0.09 a GB to the internet, and 16,384 requests at 0.0004 a thousand.
    prices = {"primary": pytest.approx(0.0965536), "here": 0, "eu": 0.01}
    assert read_prices(settings) == prices


@pytest.mark.anyio
async def test_the_repository_store_is_opened_with_its_replicas(tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    settings = settings_with(
        tmp_path,
        {"REPOSITORY_REPLICAS": "eu", "REPOSITORY_REPLICA_EU_BUCKET": copy.as_uri()},
    )
    metrics = Metrics()

    async with AsyncExitStack() as opened:
        store = await open_role(settings, "repository", SECRET, metrics, opened)
        source = await open_role(settings, "source", SECRET, Metrics(), opened)

        assert primary_of(store) is not store
        assert primary_of(source) is source
        assert isinstance(store.capabilities, Capabilities)
    labels = {"store": "repository", "region": "eu"}
    assert metrics.registry.get_sample_value("keyshelf_region_well", labels) == 1
