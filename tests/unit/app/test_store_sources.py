"""What the page may speak to besides us: the buckets that it is given URLs of, and no other."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from keyshelf.app.stores import store_sources
from keyshelf.settings import load

KEYS = {"SOURCE_S3_ACCESS_KEY": "a", "SOURCE_S3_SECRET_KEY": "b"}


@pytest.mark.parametrize(
    ("given", "sources"),
    [
        ({}, []),
        (
            {"SOURCE_BUCKET": "s3://media", "SOURCE_S3_REGION": "eu-north-1", **KEYS},
            ["https://media.s3.eu-north-1.amazonaws.com/"],
        ),
        (
            {"SOURCE_BUCKET": "s3://media.example.org", **KEYS},
            ["https://s3.us-east-1.amazonaws.com/media.example.org/"],
        ),
        (
            {"SOURCE_BUCKET": "media", "SOURCE_S3_ENDPOINT": "http://10.0.0.1:9000", **KEYS},
            ["http://10.0.0.1:9000/media/"],
        ),
        (
            {
                "SOURCE_BUCKET": "media",
                "SOURCE_S3_ENDPOINT": "http://10.0.0.1:9000",
                "SOURCE_S3_PUBLIC_ENDPOINT": "https://s3.example.org",
                "SOURCE_S3_PATH_STYLE": "false",
                **KEYS,
            },
            ["https://media.s3.example.org/"],
        ),
        (
            {
                "SOURCE_BUCKET": "gs://media",
                "MEDIA_BUCKET": "az://box",
                "MEDIA_AZURE_ACCOUNT": "me",
            },
            ["https://me.blob.core.windows.net/box/", "https://storage.googleapis.com/media/"],
        ),
    ],
)
def test_each_is_one_bucket(given: Mapping[str, str], sources: list[str], tmp_path: Path) -> None:
    here = {"KEYSHELF_DATA": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}

    assert store_sources(load({**here, **given})) == sources
