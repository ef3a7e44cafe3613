"""Settings of the stores: what does nothing is refused, what is empty is not set."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from keyshelf.app.stores import store_options
from keyshelf.settings import InvalidSettingError, Settings, load


def settings_with(tmp_path: Path, given: Mapping[str, str]) -> Settings:
    nowhere = {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    return load({"KEYSHELF_DATA": str(tmp_path), **nowhere, **given})


@pytest.mark.parametrize(
    "given",
    [
        {"SOURCE_S3_ENDPOINT": "http://127.0.0.1:9000"},
        {"SOURCE_BUCKET": "gs://media", "SOURCE_S3_SECRET_KEY": "secret"},
        {"SOURCE_BUCKET": "s3://media", "SOURCE_AZURE_ACCOUNT": "me"},
    ],
)
def test_a_setting_of_another_kind_of_store_is_refused(
    tmp_path: Path, given: Mapping[str, str]
) -> None:
    settings = settings_with(tmp_path, given)

    with pytest.raises(InvalidSettingError, match="does nothing: SOURCE_BUCKET is"):
        store_options(settings, "source", b"")


def test_a_setting_of_another_role_is_none_of_its_business(tmp_path: Path) -> None:
    settings = settings_with(tmp_path, {"MEDIA_S3_ENDPOINT": "http://127.0.0.1:9000"})

    assert store_options(settings, "source", b"").endpoint is None


def test_an_empty_value_is_none(tmp_path: Path) -> None:
    settings = settings_with(tmp_path, {"KEYSHELF_PORT": "", "SOURCE_S3_ENDPOINT": ""})

    assert settings.number("KEYSHELF_PORT") == 8080
    assert store_options(settings, "source", b"").endpoint is None


def test_a_signed_url_lives_seven_days_at_most(tmp_path: Path) -> None:
    with pytest.raises(InvalidSettingError, match="KEYSHELF_URL_SECONDS"):
        settings_with(tmp_path, {"KEYSHELF_URL_SECONDS": "604801"})


def test_a_tenant_has_a_bucket_of_its_own(tmp_path: Path) -> None:
    settings = settings_with(
        tmp_path, {"REPOSITORY_TENANT": "acme", "REPOSITORY_S3_REGION": "eu-central-1"}
    )

    assert store_options(settings, "repository", b"").bucket == "s3://dits-eu-central-1-acme"


@pytest.mark.parametrize("wrong", [{"REPOSITORY_TENANT": "Acme!"}, {"REPOSITORY_TENANT": "a" * 60}])
def test_a_tenant_whose_bucket_cannot_be_called_so_is_refused(
    wrong: dict[str, str], tmp_path: Path
) -> None:
    with pytest.raises(InvalidSettingError, match="REPOSITORY_TENANT"):
        store_options(settings_with(tmp_path, wrong), "repository", b"")


def test_a_tenant_and_a_bucket_are_one_too_many(tmp_path: Path) -> None:
    settings = settings_with(
        tmp_path, {"REPOSITORY_TENANT": "acme", "REPOSITORY_BUCKET": "s3://versions"}
    )

    with pytest.raises(InvalidSettingError, match="choose one"):
        store_options(settings, "repository", b"")
