"""Batches of a disk store: durable in the right order, and right whatever is in their way."""

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from keyshelf.layout.keys import ObjectKey
from keyshelf.store import disk_batches
from keyshelf.store.base import NewObject, PutResult
from keyshelf.store.disk import DiskStore
from keyshelf.store.disk_options import DiskOptions
from keyshelf.store.errors import StoreForbiddenError, StoreFullError
from tests.contract.contract_base import listed, listed_keys, read
from tests.contract.contract_batches import CREATE, created

pytestmark = pytest.mark.anyio

KEYS = tuple(ObjectKey(f"v1/chunks/{number % 3}/{number}") for number in range(12))


def temporary(folder: Path) -> Sequence[Path]:
    return list((folder / ".keyshelf-disk" / "temporary").iterdir())


def seen(folder: Path) -> int:
    return sum((folder / key).exists() for key in KEYS)


async def test_bytes_are_durable_before_names_and_names_at_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Patched: what a power failure leaves cannot be seen while the power is on.
    moments: list[tuple[int, int]] = []

    def sync_all(folder: int) -> None:
        assert os.fstat(folder).st_dev == tmp_path.stat().st_dev
        moments.append((len(temporary(tmp_path)), seen(tmp_path)))

    monkeypatch.setattr(disk_batches, "sync_all", sync_all)
    store = DiskStore(tmp_path)

    await store.put_many(created(*KEYS))

    assert moments == [(len(KEYS), 0), (0, len(KEYS))]


async def test_a_few_objects_are_written_without_waiting_for_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def sync_all(folder: int) -> None:
        raise AssertionError(folder)

    monkeypatch.setattr(disk_batches, "sync_all", sync_all)  # as above
    store = DiskStore(tmp_path)

    assert await store.put_many(created("a", "b")) == [PutResult.WRITTEN] * 2
    assert await store.put_many(created("a", "c")) == [PutResult.EXISTED, PutResult.WRITTEN]


async def test_what_is_told_to_exist_is_durable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hasty = DiskStore(tmp_path, DiskOptions(durable=False))
    await hasty.put_many(created(KEYS[0]))
    synced: set[int] = set()
    # Patched: what a power failure leaves cannot be seen while the power is on.
    monkeypatch.setattr(os, "fsync", lambda file: synced.add(os.fstat(file).st_ino))  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType] (of a patch)

    assert await DiskStore(tmp_path).put_many(created(KEYS[0])) == [PutResult.EXISTED]

    assert (tmp_path / KEYS[0]).parent.stat().st_ino in synced


async def test_a_batch_goes_round_what_is_in_its_way(tmp_path: Path) -> None:
    store = DiskStore(tmp_path)
    await store.put(ObjectKey("file"), b"old")
    await store.put(ObjectKey("folder/inner"), b"old")
    await store.put(ObjectKey("aside"), b"old")
    await store.put(ObjectKey("aside/inner"), b"old")
    await store.put(ObjectKey("left/inner"), b"old")
    await store.put(ObjectKey("left"), b"old")
    await store.delete(ObjectKey("left/inner"))
    wanted = ("file/below/it", "folder", "aside", "aside/other", "left", "plain", "other")

    results = await store.put_many(created(*wanted))

    existed = {"aside", "left"}
    assert [key for key, put in zip(wanted, results, strict=True) if put is PutResult.EXISTED] == [
        key for key in wanted if key in existed
    ]
    bodies = await store.get_many([ObjectKey(key) for key in (*wanted, "file")])
    assert bodies == [b"old" if key in existed else b"new" for key in wanted] + [b"old"]
    assert len(set(await listed_keys(store))) == 10
    assert temporary(tmp_path) == []


async def test_a_link_on_the_way_is_refused_and_nothing_is_left_over(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    store = DiskStore(tmp_path / "store")
    (tmp_path / "store" / "linked").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(StoreForbiddenError):
        await store.put_many(created(*KEYS, "linked/a"))

    assert list((tmp_path / "elsewhere").iterdir()) == []
    assert temporary(tmp_path / "store") == []
    assert await store.get_many([ObjectKey("linked/a")]) == [None]


async def test_a_batch_leaves_room_on_the_disk(tmp_path: Path) -> None:
    store = DiskStore(tmp_path, DiskOptions(keep_free_bytes=2**60))

    with pytest.raises(StoreFullError):
        await store.put_many(created(*KEYS))

    assert await listed_keys(store) == []
    assert temporary(tmp_path) == []


async def test_what_a_batch_wrote_is_an_object_like_any_other(tmp_path: Path) -> None:
    store = DiskStore(tmp_path)
    body = os.urandom(1000)
    await store.put_many([NewObject(key, body, CREATE) for key in KEYS])

    metas = {meta.key: meta for meta in await listed(store)}

    assert len({meta.etag for meta in metas.values()}) == len(KEYS)
    assert (await store.head(KEYS[0])).etag == metas[KEYS[0]].etag
    async with await store.get(KEYS[0], if_match=metas[KEYS[0]].etag) as reader:
        assert await reader.read() == body
    await store.copy(KEYS[0], ObjectKey("copy"))
    await store.delete(KEYS[0])
    assert await store.put_many(created(*KEYS)) == [PutResult.WRITTEN] + [PutResult.EXISTED] * 11
    assert await read(store, ObjectKey("copy")) == body
