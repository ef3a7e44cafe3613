"""A disk store where there is little room, much data, or company."""

import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import anyio
import pytest

from keyshelf.layout.keys import ObjectKey
from keyshelf.store.base import CompletedPart, PutOptions
from keyshelf.store.disk import DiskStore
from keyshelf.store.disk_options import DiskOptions
from keyshelf.store.errors import StoreFullError, UploadNotFoundError
from tests.contract.contract_base import listed_keys, read

pytestmark = pytest.mark.anyio

KEY = ObjectKey("videos/film.mov")
MIB = 2**20


async def zeros(size: int) -> AsyncIterator[bytes]:
    piece = bytes(8 * MIB)
    for start in range(0, size, len(piece)):
        yield piece[: min(len(piece), size - start)]


async def noise(size: int) -> AsyncIterator[bytes]:
    piece = os.urandom(MIB)
    for start in range(0, size, MIB):
        yield piece[: min(MIB, size - start)]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(tmp_path)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("a small disk can be mounted by root only")
    yield tmp_path
    subprocess.run(["umount", "-l", str(tmp_path)], check=True)


async def test_a_full_disk_leaves_what_was_there(small_disk: Path) -> None:
    store = DiskStore(small_disk)
    await store.put(KEY, b"old")
    upload = await store.create_upload(ObjectKey("other"))

    with pytest.raises(StoreFullError):
        await store.put(KEY, noise(8 * MIB))
    with pytest.raises(StoreFullError):
        await store.put(ObjectKey("a/b/c"), noise(8 * MIB))
    with pytest.raises(StoreFullError):
        await store.upload_part(ObjectKey("other"), upload, 1, noise(8 * MIB))

    assert await read(store, KEY) == b"old"
    assert await listed_keys(store) == [KEY]
    assert list((small_disk / ".keyshelf-disk" / "temporary").iterdir()) == []
    assert not (small_disk / "a").exists()
    await store.put(KEY, noise(2 * MIB))
    assert (await store.head(KEY)).size == 2 * MIB


async def test_a_file_past_the_limit_of_the_process_is_refused(tmp_path: Path) -> None:
    program = f"""
import anyio, resource
from pathlib import Path
from keyshelf.layout.keys import ObjectKey
from keyshelf.store.errors import ObjectTooLargeError
from keyshelf.store.disk import DiskStore

async def main():
    store = DiskStore(Path({str(tmp_path)!r}))
    await store.put(ObjectKey("a"), b"old")
    resource.setrlimit(resource.RLIMIT_FSIZE, (2**20, 2**20))
    try:
        await store.put(ObjectKey("a"), b"x" * 2**21)
    except ObjectTooLargeError:
        print("refused")

anyio.run(main)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, timeout=60, capture_output=True
    )

    assert done.stdout == b"refused\n"
    assert (tmp_path / "a").read_bytes() == b"old"
    assert list((tmp_path / ".keyshelf-disk" / "temporary").iterdir()) == []


RACER = """
import sys, anyio
from pathlib import Path
from keyshelf.layout.keys import ObjectKey
from keyshelf.store.base import Condition, PutOptions
from keyshelf.store.errors import ObjectExistsError
from keyshelf.store.disk import DiskStore
from keyshelf.store.disk_options import DiskOptions

async def main(me):
    store = DiskStore(Path(sys.argv[1]), DiskOptions(durable=False))
    wins = 0
    for number in range(100):
        try:
            await store.put(
                ObjectKey(f"race/{number}"), me.encode(), PutOptions(condition=Condition.CREATE)
            )
            wins += 1
        except ObjectExistsError:
            pass
        for key in ("x", "x/y", "x/y/z"):
            await store.put(ObjectKey(key), key.encode())
        await store.delete(ObjectKey(("x", "x/y", "x/y/z")[number % 3]))
    for key in ("x", "x/y", "x/y/z"):
        await store.put(ObjectKey(key), key.encode())
    print(wins)

anyio.run(main, sys.argv[2])
"""


async def test_processes_on_one_folder_do_not_hurt_each_other(tmp_path: Path) -> None:
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", RACER, str(tmp_path), name], stdout=subprocess.PIPE, text=True
        )
        for name in "abc"
    ]
    wins = [int(racer.communicate(timeout=100)[0]) for racer in racers]

    store = DiskStore(tmp_path)
    winners = [await read(store, ObjectKey(f"race/{number}")) for number in range(100)]
    assert wins == [winners.count(name.encode()) for name in "abc"]
    assert sum(wins) == 100
    for key in ("x", "x/y", "x/y/z"):
        assert await read(store, ObjectKey(key)) == key.encode()
    assert await listed_keys(store, "x") == ["x", "x/y", "x/y/z"]


def stored_bytes(folder: Path) -> int:
    return sum(path.stat().st_blocks * 512 for path in folder.rglob("*") if path.is_file())


async def test_completing_moves_the_parts_that_lie_in_place(tmp_path: Path) -> None:
    store = DiskStore(tmp_path, DiskOptions(min_part_bytes=MIB, durable=False))
    upload = await store.create_upload(KEY)
    bodies = [bytes([number]) * MIB for number in range(1, 5)]
    parts = [
        await store.upload_part(KEY, upload, number, body)
        for number, body in enumerate(bodies, start=1)
    ]
    folder = tmp_path / ".keyshelf-disk" / "uploads" / upload
    data = (folder / "data").stat()
    assert [path.name for path in folder.iterdir() if path.name.startswith("own-")] == []

    await store.complete_upload(KEY, upload, [CompletedPart(p.number, p.etag) for p in parts])

    assert (tmp_path / KEY).stat().st_ino == data.st_ino
    assert await read(store, KEY) == b"".join(bodies)


async def test_a_part_written_over_an_abandoned_one_leaves_none_of_it(tmp_path: Path) -> None:
    store = DiskStore(tmp_path, DiskOptions(min_part_bytes=MIB, durable=False))
    upload = await store.create_upload(KEY)

    async def abandoned() -> AsyncIterator[bytes]:
        yield b"\xff" * (MIB // 2)
        raise ConnectionResetError

    first = await store.upload_part(KEY, upload, 1, b"1" * 2 * MIB)
    with pytest.raises(ConnectionResetError):
        await store.upload_part(KEY, upload, 2, abandoned())
    second = await store.upload_part(KEY, upload, 2, zeros(2 * MIB))
    third = await store.upload_part(KEY, upload, 3, b"3")
    await store.complete_upload(
        KEY, upload, [CompletedPart(p.number, p.etag) for p in (first, second, third)]
    )

    assert await read(store, KEY) == b"1" * 2 * MIB + bytes(2 * MIB) + b"3"


async def test_a_part_larger_than_the_first_finds_room(tmp_path: Path) -> None:
    store = DiskStore(tmp_path, DiskOptions(min_part_bytes=MIB, durable=False))
    upload = await store.create_upload(KEY)
    bodies = [b"1" * MIB, os.urandom(3 * MIB + 17), b"3" * MIB]
    parts = [
        await store.upload_part(KEY, upload, number, body)
        for number, body in enumerate(bodies, start=1)
    ]

    await store.complete_upload(KEY, upload, [CompletedPart(p.number, p.etag) for p in parts])

    assert await read(store, KEY) == b"".join(bodies)


async def test_a_straggler_cannot_write_into_what_has_become_an_object(tmp_path: Path) -> None:
    store = DiskStore(tmp_path, DiskOptions(min_part_bytes=MIB, durable=False))
    upload = await store.create_upload(KEY)
    first = await store.upload_part(KEY, upload, 1, b"1" * MIB)
    started, go_on = anyio.Event(), anyio.Event()
    refused = anyio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield b"x" * MIB
        started.set()
        await go_on.wait()
        yield b"x"

    async def straggle() -> None:
        with pytest.raises(UploadNotFoundError):
            await store.upload_part(KEY, upload, 2, slow())
        refused.set()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(straggle)
        await started.wait()
        second = await store.upload_part(KEY, upload, 2, b"2" * MIB)
        done = [CompletedPart(1, first.etag), CompletedPart(2, second.etag)]
        await store.complete_upload(KEY, upload, done)
        go_on.set()

    assert refused.is_set()
    assert await read(store, KEY) == b"1" * MIB + b"2" * MIB


async def test_a_sparse_object_stays_sparse_when_copied(tmp_path: Path) -> None:
    store = DiskStore(tmp_path)
    await store.put(KEY, zeros(512 * MIB), PutOptions())

    await store.copy(KEY, ObjectKey("copy"))

    assert (await store.head(ObjectKey("copy"))).size == 512 * MIB
    assert stored_bytes(tmp_path) < MIB


async def test_uploads_leave_room_for_the_database_beside_them(tmp_path: Path) -> None:
    free = shutil.disk_usage(tmp_path).free
    store = DiskStore(tmp_path, DiskOptions(durable=False, keep_free_bytes=free + 2**40))

    with pytest.raises(StoreFullError):
        await store.put(ObjectKey("a"), b"x")

    await store.delete(ObjectKey("a"))


async def test_copying_leaves_room_for_the_database_too(tmp_path: Path) -> None:
    roomy = DiskStore(tmp_path, DiskOptions(durable=False))
    free = shutil.disk_usage(tmp_path).free
    full = DiskStore(tmp_path, DiskOptions(durable=False, keep_free_bytes=free + 2**40))
    await roomy.put(KEY, b"object")
    upload = await roomy.create_upload(KEY)
    # What comes before part 1 has no place in the object's file yet.
    second = await roomy.upload_part(KEY, upload, 2, b"second")
    first = await roomy.upload_part(KEY, upload, 1, b"1" * 5 * MIB)
    done = [CompletedPart(1, first.etag), CompletedPart(2, second.etag)]

    with pytest.raises(StoreFullError):
        await full.copy(KEY, ObjectKey("copy"))
    with pytest.raises(StoreFullError):
        await full.complete_upload(KEY, upload, done)

    assert await listed_keys(roomy) == [KEY]
    assert await read(roomy, KEY) == b"object"
    await roomy.complete_upload(KEY, upload, done)
    assert await read(roomy, KEY) == b"1" * 5 * MIB + b"second"
