"""How fast the disk store is, beside plain files written and read by Python.

python -m benchmarks.disk_store [--objects 2000] [--listed 100000] [--folder FOLDER]
"""

import argparse
import os
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from functools import partial
from pathlib import Path

import anyio

from keyshelf.layout.keys import ObjectKey
from keyshelf.store.disk import DiskStore
from keyshelf.store.disk_options import DiskOptions

SMALL = os.urandom(4096)
LARGE_BYTES = 512 * 2**20
PIECE = os.urandom(2**20)


def row(what: str, count: float, unit: str, seconds: float) -> None:
    print(f"{what:<52} {count / seconds:>12,.0f} {unit}/s {seconds:>9.2f} s")


async def timed(what: str, count: float, unit: str, act: Callable[[], Awaitable[None]]) -> None:
    started = time.perf_counter()
    await act()
    row(what, count, unit, time.perf_counter() - started)


async def spread(objects: int, at_once: int, act: Callable[[int], Awaitable[object]]) -> None:
    async def some(start: int) -> None:
        for number in range(start, objects, at_once):
            await act(number)

    async with anyio.create_task_group() as tasks:
        for start in range(at_once):
            tasks.start_soon(some, start)


def key(number: int) -> ObjectKey:
    return ObjectKey(f"alice/my-files/folder-{number % 100:03}/photo {number:06}.jpg")


async def large_body() -> AsyncIterator[bytes]:
    for _ in range(LARGE_BYTES // len(PIECE)):
        yield PIECE


async def small_objects(folder: Path, objects: int, *, durable: bool) -> None:
    store = DiskStore(folder, DiskOptions(durable=durable))
    label = "durable" if durable else "not durable"

    async def get(number: int) -> None:
        async with await store.get(key(number)) as reader:
            await reader.read()

    async def put(number: int) -> None:
        await store.put(key(number), SMALL)

    for what, act in ((f"put 4 KiB, {label}", put), ("get 4 KiB", get)):
        for at_once in (1, 16):
            run = partial(spread, objects, at_once, act)
            await timed(f"{what}, {at_once} at once", objects, "objects", run)
    await store.aclose()


def plain_files(folder: Path, objects: int) -> None:
    started = time.perf_counter()
    for number in range(objects):
        path = folder / key(number)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.with_suffix(".new").open("wb") as file:
            file.write(SMALL)
            file.flush()
            os.fsync(file.fileno())
        path.with_suffix(".new").rename(path)
    row(
        "plain files: write 4 KiB, fsync, rename", objects, "objects", time.perf_counter() - started
    )


async def large_objects(folder: Path) -> None:
    store = DiskStore(folder)
    mib = LARGE_BYTES / 2**20

    async def put() -> None:
        await store.put(ObjectKey("large"), large_body())

    async def get() -> None:
        async with await store.get(ObjectKey("large")) as reader:
            async for _ in reader:
                pass

    async def copy() -> None:
        await store.copy(ObjectKey("large"), ObjectKey("copy"))

    await timed("put 512 MiB, durable", mib, "MiB", put)
    await timed("get 512 MiB", mib, "MiB", get)
    await timed("copy 512 MiB, durable", mib, "MiB", copy)
    await store.aclose()


async def listings(folder: Path, listed: int) -> None:
    store = DiskStore(folder, DiskOptions(durable=False))
    await list_shape(store, folder, "in 1,000 folders", listed, tree_name)
    await list_shape(store, folder, "in one folder", listed, flat_name)
    await store.aclose()


async def list_shape(
    store: DiskStore, folder: Path, shape: str, listed: int, name: Callable[[int], str]
) -> None:
    prefix = name(0).partition("/")[0] + "/"

    async def put(number: int) -> None:
        await store.put(ObjectKey(name(number)), b"")

    async def walk() -> None:
        found = [len(page.objects) async for page in store.list(prefix)]
        assert sum(found) == listed

    async def plain() -> None:
        assert len(sorted(str(path) for path in every_file(folder / prefix))) == listed

    await spread(listed, 16, put)
    await timed(f"list {listed:,} objects {shape}", listed, "objects", walk)
    await timed("  os.walk, stat and sort of the same", listed, "objects", plain)


def tree_name(number: int) -> str:
    return f"tree/{number % 1000:03}/{number:06}"


def flat_name(number: int) -> str:
    return f"flat/{number:06}"


def every_file(top: Path) -> Iterator[Path]:
    for above, _, names in os.walk(top):
        for name in names:
            path = Path(above, name)
            path.stat()
            yield path


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--objects", type=int, default=2000)
    parser.add_argument("--listed", type=int, default=100_000)
    parser.add_argument("--folder", type=Path, default=None)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=asked.folder) as made:
        folder = Path(made)
        plain_files(folder / "plain", asked.objects)
        await small_objects(folder / "durable", asked.objects, durable=True)
        await small_objects(folder / "fast", asked.objects, durable=False)
        await large_objects(folder / "large")
        await listings(folder / "listed", asked.listed)


if __name__ == "__main__":
    anyio.run(main)
