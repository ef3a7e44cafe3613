"""Sources as files: the object's own where that is on the same disk."""

from dataclasses import replace
from pathlib import Path

import pytest

from keyshelf.media.pictures.bringing import brought
from keyshelf.media.source_versions import SourceVersion
from keyshelf.media.sources import Sources
from keyshelf.store.disk import DiskStore
from keyshelf.store.errors import ObjectChangedError, ObjectNotFoundError
from tests.integration.media.pictures.conftest import SOURCE, Bench

pytestmark = [pytest.mark.anyio, pytest.mark.services]


async def test_a_source_on_this_disk_is_not_copied(bench: Bench) -> None:
    store = DiskStore(bench.scratch.path / "store")
    parts = replace(bench.parts(), source=store)
    meta = await store.put(SOURCE, b"old")
    version = SourceVersion(meta.etag, meta.size)

    async with brought(parts, SOURCE, version) as path:
        inode = path.stat().st_ino
        await store.put(SOURCE, b"new")
        seen = path.read_bytes()

    assert seen == b"old"
    assert inode != (bench.scratch.path / "store" / SOURCE).stat().st_ino
    assert not path.exists()
    with pytest.raises(ObjectChangedError):
        async with brought(parts, SOURCE, version):
            pass


async def test_a_source_elsewhere_is_copied(bench: Bench) -> None:
    meta = await bench.source.head(SOURCE)

    async with brought(bench.parts(), SOURCE, SourceVersion(meta.etag, meta.size)) as path:
        assert len(path.read_bytes()) == meta.size


async def test_a_disk_that_takes_no_more_names_is_copied_from(bench: Bench, tmp_path: Path) -> None:
    store = DiskStore(tmp_path / "store")
    parts = replace(
        bench.parts(),
        source=store,
        sources=Sources(store, bench.scratch),
        scratch=tmp_path / "nowhere",
    )
    meta = await store.put(SOURCE, b"bytes")

    async with brought(parts, SOURCE, SourceVersion(meta.etag, meta.size)) as path:
        assert path.read_bytes() == b"bytes"


async def test_a_source_that_is_gone_is_told(bench: Bench, tmp_path: Path) -> None:
    parts = replace(bench.parts(), source=DiskStore(tmp_path / "store"))

    with pytest.raises(ObjectNotFoundError):
        async with brought(parts, SOURCE, SourceVersion("etag", 1)):
            pass
