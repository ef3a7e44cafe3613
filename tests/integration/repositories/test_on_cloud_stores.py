"""The same repository on real servers of S3, on Azurite, and on a stand-in for GCS."""

import os
from collections.abc import AsyncGenerator
from datetime import timedelta
from pathlib import Path

import pytest

from keyshelf.clock import system_clock
from keyshelf.database.pool import Database
from keyshelf.layout.repository import ChunkId, chunk_key
from keyshelf.repositories.cache import FolderCache
from keyshelf.repositories.check.service import check
from keyshelf.repositories.checkout.service import checkout
from keyshelf.repositories.commit.service import commit
from keyshelf.repositories.commit.values import Commit
from keyshelf.repositories.direct.carrier import DirectCarrier
from keyshelf.repositories.formats.manifest import Author
from keyshelf.repositories.gc.service import collect
from keyshelf.repositories.reading import Reader
from keyshelf.store.opening import StoreOptions, open_store
from tests.integration.repositories.shelf import MAIN, Shelf, open_shelf

pytestmark = pytest.mark.anyio
SERVERS = [
    "versitygw_server",
    pytest.param("rclone_server", marks=pytest.mark.long),
    pytest.param("gcs_server", marks=pytest.mark.long),
    pytest.param("azure_server", marks=pytest.mark.long),
]


@pytest.fixture(params=SERVERS)
async def on_cloud(request: pytest.FixtureRequest, database: Database) -> AsyncGenerator[Shelf]:
    options: StoreOptions = request.getfixturevalue(request.param).new_bucket()
    store = await open_store(options)
    yield open_shelf(database, store)
    await store.aclose()


async def commit_folder(carrier: DirectCarrier, folder: Path, message: str) -> Commit:
    return await commit(
        carrier,
        os.fsencode(folder),
        branch=MAIN,
        message=message,
        author=Author("Anna"),
        at=system_clock(),
        cache=FolderCache.in_memory(),
    )


async def test_versions_come_back_and_garbage_goes(on_cloud: Shelf, tmp_path: Path) -> None:
    record = await on_cloud.repository("film")
    carrier = on_cloud.carrier(record)
    folder = tmp_path / "film"
    folder.mkdir()
    (folder / "a.mov").write_bytes(os.urandom(1_000_000))
    first = await commit_folder(carrier, folder, "first")
    (folder / "b.mov").write_bytes(os.urandom(300_000))
    second = await commit_folder(carrier, folder, "second")

    await checkout(
        Reader(carrier),
        second.manifest.root,
        os.fsencode(tmp_path / "out"),
        cache=FolderCache.in_memory(),
    )
    await carrier.move_ref(MAIN, expected=second.hash, to=first.hash)
    collected = await collect(on_cloud.parts, record, None, grace=timedelta(0))
    report = await check(carrier, read_data=True)

    for name in ("a.mov", "b.mov"):
        assert (tmp_path / "out" / name).read_bytes() == (folder / name).read_bytes()
    assert collected.bytes_freed > 300_000
    assert report.is_clean


async def test_chunks_carry_metadata_and_tags_where_the_store_keeps_them(
    on_cloud: Shelf, tmp_path: Path
) -> None:
    record = await on_cloud.repository("film")
    carrier = on_cloud.carrier(record)
    made = await commit_folder(carrier, tmp_path, "an empty folder")
    key = chunk_key(ChunkId(made.manifest.root.node.hex()))

    capabilities = on_cloud.parts.store.capabilities
    attributes = (await on_cloud.parts.store.head(key)).attributes

    if capabilities.metadata:
        assert attributes
        assert attributes.metadata["dits-type"] == "chunk"
        assert attributes.metadata["dits-encrypted"] == "false"
    if capabilities.tags:
        tags = await on_cloud.parts.store.get_tags(key)
        assert tags["dits:repo"] == str(record.id)
        assert set(tags) == {"dits:type", "dits:repo", "dits:status", "dits:tier"}
