"""Bringing source objects to local files."""

from collections.abc import AsyncGenerator
from pathlib import Path

import anyio
import pytest
from blake3 import blake3

from keyshelf.errors import InvalidInputError
from keyshelf.layout.keys import ObjectKey
from keyshelf.media.sources import SourceOptions, Sources, SourceTooLargeError
from keyshelf.media.tools.failures import NoScratchSpaceError
from keyshelf.media.tools.scratch import Scratch, open_scratch
from keyshelf.store.base import ByteRange, ObjectReader
from keyshelf.store.errors import ObjectChangedError, ObjectNotFoundError
from keyshelf.store.memory import MemoryStore

pytestmark = pytest.mark.anyio

KEY = ObjectKey("anna/my-files/holiday; rm -rf.mp4")
FILM = bytes(range(256)) * 5000


class CountingStore(MemoryStore):
    """Counts how often an object was read."""

    def __init__(self) -> None:
        super().__init__()
        self.reads = 0

    async def get(
        self, key: ObjectKey, *, byte_range: ByteRange | None = None, if_match: str | None = None
    ) -> ObjectReader:
        self.reads += 1
        return await super().get(key, byte_range=byte_range, if_match=if_match)


@pytest.fixture
async def store() -> CountingStore:
    store = CountingStore()
    await store.put(KEY, FILM)
    return store


@pytest.fixture
async def scratch(tmp_path: Path) -> AsyncGenerator[Scratch]:
    async with open_scratch(tmp_path) as scratch:
        yield scratch


async def test_a_source_is_a_file_with_its_hash(store: CountingStore, scratch: Scratch) -> None:
    sources = Sources(store, scratch)

    async with sources.local(KEY) as source:
        assert source.path.read_bytes() == FILM
        assert source.path.name == "source"
        assert (source.size, source.content_hash) == (len(FILM), blake3(FILM).hexdigest())
        assert source.version == (await store.head(KEY)).etag

    assert list(scratch.path.iterdir()) == []


async def test_jobs_of_one_version_share_one_file(store: CountingStore, scratch: Scratch) -> None:
    sources = Sources(store, scratch)
    paths: list[Path] = []
    everybody = anyio.Event()

    async def work() -> None:
        async with sources.local(KEY) as source:
            paths.append(source.path)
            if len(paths) == 3:
                everybody.set()
            await everybody.wait()
            assert source.path.exists()

    async with anyio.create_task_group() as group:
        for _ in range(3):
            group.start_soon(work)

    assert (len(set(paths)), store.reads) == (1, 1)
    assert list(scratch.path.iterdir()) == []


async def test_a_replaced_source_is_brought_anew_beside_the_old(
    store: CountingStore, scratch: Scratch
) -> None:
    sources = Sources(store, scratch)

    async with sources.local(KEY) as old:
        await store.put(KEY, b"another film")
        async with sources.local(KEY) as new:
            assert new.path.read_bytes() == b"another film"
            assert old.path.read_bytes() == FILM

    assert list(scratch.path.iterdir()) == []


async def test_only_the_version_that_was_asked_for_is_given(
    store: CountingStore, scratch: Scratch
) -> None:
    sources = Sources(store, scratch)
    version = (await store.head(KEY)).etag

    async with sources.local(KEY, version=version) as source:
        assert source.version == version
    await store.put(KEY, b"another film")

    with pytest.raises(ObjectChangedError):
        async with sources.local(KEY, version=version):
            pass


async def test_a_source_that_is_not_there_is_said_to_be_missing(
    store: CountingStore, scratch: Scratch
) -> None:
    with pytest.raises(ObjectNotFoundError):
        async with Sources(store, scratch).local(ObjectKey("anna/none")):
            pass


async def test_a_source_that_is_too_large_is_not_read(
    store: CountingStore, scratch: Scratch
) -> None:
    sources = Sources(store, scratch, SourceOptions(max_bytes=1000))

    with pytest.raises(SourceTooLargeError):
        async with sources.local(KEY):
            pass

    assert store.reads == 0


async def test_a_disk_without_room_is_not_filled(store: CountingStore, scratch: Scratch) -> None:
    sources = Sources(store, scratch, SourceOptions(keep_free_bytes=2**60))

    with pytest.raises(NoScratchSpaceError):
        async with sources.local(KEY):
            pass

    assert store.reads == 0
    assert list(scratch.path.iterdir()) == []


async def test_a_download_that_fails_leaves_nothing_and_the_next_works(
    store: CountingStore, scratch: Scratch, monkeypatch: pytest.MonkeyPatch
) -> None:
    sources = Sources(store, scratch)

    async def failing(*_: object, **__: object) -> ObjectReader:
        raise ObjectChangedError("replaced while it was opened")

    # The store's own double has no fault for a GET that comes just too late.
    with monkeypatch.context() as patched:
        patched.setattr(store, "get", failing)
        with pytest.raises(ObjectChangedError):
            async with sources.local(KEY):
                pass
    assert list(scratch.path.iterdir()) == []

    async with sources.local(KEY) as source:
        assert source.path.read_bytes() == FILM


def test_options_are_checked() -> None:
    with pytest.raises(InvalidInputError):
        SourceOptions(max_bytes=0)
