"""Versions whose chunks lie in a class that must be restored before they are read."""

import os
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from keyshelf.database.pool import Database
from keyshelf.layout.repository import ChunkId, chunk_key
from keyshelf.operations.classes import Cloud, StorageClass, facts
from keyshelf.operations.prices import reading
from keyshelf.operations.restoring.service import ColdObjects
from keyshelf.operations.restoring.values import NoSuchTierError
from keyshelf.repositories.cache import FolderCache
from keyshelf.repositories.catalog.values import RepositoryRecord
from keyshelf.repositories.check.service import check
from keyshelf.repositories.checkout.service import checkout
from keyshelf.repositories.checkout.values import CheckedOut, CheckoutOptions
from keyshelf.repositories.formats.entries import FileEntry, FolderEntry
from keyshelf.repositories.history.content import content
from keyshelf.repositories.history.folders import PathNotFoundError, find_file
from keyshelf.repositories.reading import Reader
from keyshelf.repositories.walking import chunks_of
from keyshelf.store.base import PutOptions
from keyshelf.store.errors import NeedsRestoreError
from keyshelf.store.opening import StoreOptions, open_restores, open_store
from keyshelf.store.restoring import RestoreTier
from keyshelf.workflows import restore_chunks
from keyshelf.workflows.restore_chunks import RestoreOptions, RestoreParts, VersionPlan
from tests.integration.repositories.shelf import Shelf, commit_tree, open_shelf, tree_of

pytestmark = pytest.mark.anyio
TREE = {"cold/a.txt": b"0123456789abcdefgh", "cold/b.txt": b"another!", "warm.txt": b"at hand!"}
COLD = facts(Cloud.S3, StorageClass.COLD).name
PRICES = reading.shipped().table("s3.us-east-1")


@dataclass
class Shop:
    """A repository in a bucket of S3, of which chunks can be moved to a class."""

    shelf: Shelf
    parts: RestoreParts
    record: RepositoryRecord
    root: FolderEntry
    told: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])

    @property
    def reader(self) -> Reader:
        return Reader(self.shelf.carrier(self.record))

    async def file(self, path: str) -> FileEntry:
        return await find_file(self.reader, self.root, path.encode())

    async def chunks(self, path: str) -> list[ChunkId]:
        entry = await self.file(path)
        assert entry.content is not None
        refs = chunks_of(self.reader.node, entry.content, entry.size, entry.depth)
        return [ChunkId(ref.id.hex()) async for ref in refs]

    async def freeze(self, chunks: Sequence[ChunkId], name: str = COLD) -> None:
        store = self.shelf.parts.store
        for chunk in chunks:
            async with await store.get(chunk_key(chunk)) as reader:
                body = await reader.read()
            options = PutOptions(attributes=reader.meta.attributes, storage_class=name)  # type: ignore[arg-type]
            await store.put(chunk_key(chunk), body, options)

    async def plan(self, *paths: str) -> VersionPlan:
        wanted = [path.encode() for path in paths]
        return await restore_chunks.plan(self.parts, self.reader, self.root, wanted)

    async def restore(self, planned: VersionPlan, tier: RestoreTier = RestoreTier.BULK) -> int:
        options = RestoreOptions(tier)
        asked = await restore_chunks.request(self.parts, planned, options, on_progress=self._show)
        await restore_chunks.wait(self.parts, planned, options, on_progress=self._show)
        return asked

    async def checkout(self, folder: Path, options: CheckoutOptions | None = None) -> CheckedOut:
        return await checkout(
            self.reader,
            self.root,
            os.fsencode(folder),
            cache=FolderCache.in_memory(),
            options=options or CheckoutOptions(),
        )

    async def _show(self, done: int, total: int) -> None:
        self.told.append((done, total))


@pytest.fixture
async def shop(database: Database, request: pytest.FixtureRequest) -> AsyncGenerator[Shop]:
    options: StoreOptions = request.getfixturevalue("strict_s3_server").new_bucket()
    store, cold = await open_store(options), open_restores(options)
    assert cold is not None
    shelf = open_shelf(database, store)
    record = await shelf.repository("film")
    commit = await commit_tree(shelf.carrier(record), TREE)
    root = (await Reader(shelf.carrier(record)).manifest(commit)).root
    parts = RestoreParts(store, cold, Cloud.S3, PRICES, pause=lambda _tier: timedelta(0))
    yield Shop(shelf, parts, record, root)
    await cold.aclose()
    await store.aclose()


async def test_what_can_be_read_needs_nothing(shop: Shop) -> None:
    planned = await shop.plan()

    assert (planned.plan.objects, planned.paths, planned.is_partial) == (0, [], False)
    assert planned.looked_at == 8


async def test_a_plan_names_chunks_files_time_and_cost(shop: Shop) -> None:
    frozen = (await shop.chunks("cold/a.txt"))[1:]
    await shop.freeze(frozen)

    planned = await shop.plan()

    assert [each.key for each in planned.objects] == [chunk_key(each) for each in sorted(frozen)]
    assert planned.paths == [b"cold/a.txt"]
    assert [each.tier for each in planned.plan.choices] == list(RestoreTier)
    assert all(each.cost for each in planned.plan.choices)


async def test_paths_narrow_a_plan_and_must_be_there(shop: Shop) -> None:
    await shop.freeze([*await shop.chunks("cold/b.txt"), *await shop.chunks("warm.txt")])

    planned = await shop.plan("cold")

    assert planned.paths == [b"cold/b.txt"]
    with pytest.raises(PathNotFoundError):
        await shop.plan("nowhere")


async def test_reads_say_what_is_needed_and_go_on_when_it_is_there(
    shop: Shop, tmp_path: Path
) -> None:
    (chunk,) = await shop.chunks("warm.txt")
    await shop.freeze([chunk])

    entry = await shop.file("warm.txt")
    with pytest.raises(NeedsRestoreError) as read:
        [piece async for piece in content(shop.reader, entry, path=b"warm.txt")]
    with pytest.raises(NeedsRestoreError):
        await shop.checkout(tmp_path / "out")
    partly = await shop.checkout(tmp_path / "out", CheckoutOptions(keep_going=True))
    asked = await shop.restore(await shop.plan())
    done = await shop.checkout(tmp_path / "out")

    told = {"path": "warm.txt", "size": 8, "chunk": chunk, "storage_class": COLD}
    assert read.value.extras == told
    assert [type(each.error) for each in partly.unwritten] == [NeedsRestoreError]
    assert (asked, done.written, done.right) == (1, 1, 2)
    assert (tmp_path / "out/warm.txt").read_bytes() == TREE["warm.txt"]
    assert (await shop.plan()).objects == []


async def test_what_a_cold_folder_leads_to_is_known_when_it_is_there(shop: Shop) -> None:
    (chunk,) = await shop.chunks("cold/b.txt")
    await shop.freeze([chunk, ChunkId(shop.root.node.hex())])

    first = await shop.plan()
    await shop.restore(first)
    second = await shop.plan()

    assert (first.is_partial, first.paths) == (True, [b"/"])
    assert (second.is_partial, second.paths) == (False, [b"cold/b.txt"])


async def test_asking_twice_is_once_and_what_is_on_its_way_is_told(shop: Shop) -> None:
    (chunk,) = await shop.chunks("cold/b.txt")
    await shop.freeze([chunk])
    planned = await shop.plan()
    again = replace(planned, objects=list(planned.objects))

    options = RestoreOptions(RestoreTier.STANDARD)
    for each in (planned, again):
        await restore_chunks.request(shop.parts, each, options, on_progress=_silent)
    on_its_way = await shop.plan()

    assert (on_its_way.plan.objects, on_its_way.plan.asked) == (1, 1)
    assert [each.cost for each in on_its_way.plan.choices] == [0, 0, 0]
    assert await restore_chunks.request(shop.parts, on_its_way, options, on_progress=_silent) == 0


async def test_nothing_is_asked_for_in_a_way_that_its_class_has_not(shop: Shop) -> None:
    (chunk,) = await shop.chunks("cold/b.txt")
    await shop.freeze([chunk], "DEEP_ARCHIVE")
    planned = await shop.plan()

    with pytest.raises(NoSuchTierError, match=r"from DEEP_ARCHIVE: choose standard or bulk"):
        await shop.restore(planned, RestoreTier.EXPEDITED)
    assert (await shop.plan()).plan.asked == 0


async def test_many_are_found_by_listing_as_few_are_by_asking(shop: Shop) -> None:
    frozen = [*await shop.chunks("cold/a.txt"), *await shop.chunks("warm.txt")]
    await shop.freeze(frozen)
    assert shop.parts.cold is not None
    keys = [chunk_key(each) for path in TREE for each in await shop.chunks(path)]

    found = [
        await ColdObjects(shop.parts.store, shop.parts.cold, Cloud.S3, "v1/chunks/", most).of(keys)
        for most in (0, 100)
    ]

    assert found[0] == found[1]
    assert set(found[0]) == {chunk_key(each) for each in frozen}


async def test_a_check_counts_what_it_could_not_look_at_and_calls_nothing_damaged(
    shop: Shop,
) -> None:
    await shop.freeze(await shop.chunks("cold/a.txt"))

    report = await check(shop.shelf.carrier(shop.record), read_data=True)

    assert (report.is_clean, report.need_restore) == (True, 3)


async def test_a_commit_writes_again_what_it_cannot_look_at(shop: Shop) -> None:
    (chunk,) = await shop.chunks("warm.txt")
    await shop.freeze([chunk])
    await shop.shelf.empty()

    other = shop.shelf.carrier(await shop.shelf.repository("other"))
    commit = await commit_tree(other, {"same.txt": TREE["warm.txt"]})

    assert await tree_of(other, commit) == {"same.txt": TREE["warm.txt"]}


async def _silent(_done: int, _total: int) -> None:
    return None
