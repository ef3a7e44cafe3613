"""Which store opens for which options."""

from dataclasses import replace
from pathlib import Path

import pytest

from keyshelf.errors import InvalidInputError
from keyshelf.layout.keys import ObjectKey
from keyshelf.store.opening import StoreOptions, open_store

DEAD = "http://127.0.0.1:9"
MEDIA = StoreOptions("media", endpoint=DEAD, access_key="AKIDEXAMPLE", secret_key="c2VjcmV0")


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("bucket", "kind"),
    [("media", "s3"), ("s3://media", "s3"), ("gs://media", "gcs"), ("az://media", "azure")],
)
async def test_the_scheme_names_the_kind(bucket: str, kind: str) -> None:
    store = await open_store(replace(MEDIA, bucket=bucket))

    assert store.capabilities.kind == kind
    await store.aclose()


@pytest.mark.anyio
async def test_local_stores_open_too(tmp_path: Path) -> None:
    disk = await open_store(StoreOptions((tmp_path / "with space").as_uri()))
    memory = await open_store(StoreOptions("memory://"))

    assert (disk.capabilities.kind, memory.capabilities.kind) == ("disk", "memory")
    await disk.aclose()
    await memory.aclose()


@pytest.mark.anyio
@pytest.mark.parametrize(
    "bucket", ["", "s3://", "s3://media/prefix", "a/b", "ftp://media", "gs://media/x", "file://h/x"]
)
async def test_what_cannot_be_right_is_refused(bucket: str) -> None:
    with pytest.raises(InvalidInputError):
        await open_store(replace(MEDIA, bucket=bucket))


@pytest.mark.anyio
@pytest.mark.parametrize("bucket", ["gs://media", "az://media"])
async def test_other_clouds_want_keys(bucket: str) -> None:
    with pytest.raises(InvalidInputError):
        await open_store(StoreOptions(bucket, endpoint=DEAD))


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("options", "start"),
    [
        (MEDIA, f"{DEAD}/media/a?"),
        (replace(MEDIA, path_style=False), "http://media.127.0.0.1:9/a?"),
        (
            replace(MEDIA, public_endpoint="https://files.example.com"),
            "https://files.example.com/media/a?",
        ),
    ],
)
async def test_signed_urls_are_where_browsers_reach_the_store(
    options: StoreOptions, start: str
) -> None:
    store = await open_store(options)

    request = await store.presign("GET", ObjectKey("a"))

    assert request.url.startswith(start)
    await store.aclose()
