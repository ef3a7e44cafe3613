"""Batches of small objects beside obstore's own store of files, interleaved.

python -m benchmarks.small_objects [--objects 8000] [--rounds 5] [--folder /dev/shm]

Both write the same objects of 64 KiB under the keys of chunks, and read them back.
obstore writes bytes only; Keyshelf writes metadata and tags with them, and what it has
written is durable. obstore is given the better of its two ways, in turns of its own.
"""

import argparse
import os
import shutil
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from statistics import median

import anyio
import obstore
from obstore.store import LocalStore

from keyshelf.layout.keys import ObjectKey
from keyshelf.store.base import Attributes, Condition, NewObject, PutOptions
from keyshelf.store.disk import DiskStore
from keyshelf.store.disk_options import DiskOptions

BYTES = 64 * 1024 + 40
BATCH = 1000
OPTIONS = PutOptions(
    attributes=Attributes(
        metadata={
            "keyshelf-format": "1",
            "keyshelf-size": "65536",
            "keyshelf-codec": "none",
            "keyshelf-chunk": "b" * 64,
        }
    ),
    tags={"kind": "chunk", "tenant": "default", "repository": "a" * 32, "class": "hot"},
    condition=Condition.CREATE,
)
Act = Callable[[Path], Awaitable[None]]


class Objects:
    """The same objects for everybody."""

    def __init__(self, count: int) -> None:
        bodies = [os.urandom(BYTES) for _ in range(64)]
        ids = [sha256(b"%d" % number).hexdigest() for number in range(count)]
        self.keys = [ObjectKey(f"v1/chunks/{each[:2]}/{each[2:4]}/{each}") for each in ids]
        self.bodies = [bodies[number % len(bodies)] for number in range(count)]

    async def put(self, folder: Path, options: DiskOptions) -> None:
        store = DiskStore(folder, options)
        for start in range(0, len(self.keys), BATCH):
            pairs = zip(
                self.keys[start : start + BATCH], self.bodies[start : start + BATCH], strict=True
            )
            await store.put_many([NewObject(key, body, OPTIONS) for key, body in pairs])
        await store.aclose()

    async def put_durable(self, folder: Path) -> None:
        await self.put(folder, DiskOptions())

    async def put_fast(self, folder: Path) -> None:
        await self.put(folder, DiskOptions(durable=False))

    async def get(self, folder: Path) -> None:
        store = DiskStore(folder)
        for start in range(0, len(self.keys), BATCH):
            found = await store.get_many(self.keys[start : start + BATCH])
            assert None not in found
        await store.aclose()

    async def obstore_put_threads(self, folder: Path) -> None:
        folder.mkdir()
        store = LocalStore(folder)

        def put(number: int) -> None:
            key, body = self.keys[number], self.bodies[number]
            obstore.put(store, key, body, mode="create", use_multipart=False)

        await anyio.to_thread.run_sync(_in_threads, put, len(self.keys))

    async def obstore_put_async(self, folder: Path) -> None:
        folder.mkdir()
        store = LocalStore(folder)

        async def put(number: int) -> None:
            key, body = self.keys[number], self.bodies[number]
            await obstore.put_async(store, key, body, mode="create", use_multipart=False)

        await _at_once(put, len(self.keys))

    async def obstore_get_threads(self, folder: Path) -> None:
        store = LocalStore(folder)
        # As many bodies are held as a batch of ours holds.
        held: list[obstore.Bytes] = []

        def get(number: int) -> None:
            held.append(obstore.get(store, self.keys[number]).bytes())
            if len(held) >= BATCH:
                held.clear()

        await anyio.to_thread.run_sync(_in_threads, get, len(self.keys))

    async def obstore_get_async(self, folder: Path) -> None:
        store = LocalStore(folder)
        held: list[obstore.Bytes] = []

        async def get(number: int) -> None:
            result = await obstore.get_async(store, self.keys[number])
            held.append(await result.bytes_async())
            if len(held) >= BATCH:
                held.clear()

        await _at_once(get, len(self.keys))


def _in_threads(act: Callable[[int], None], count: int, threads: int = 4) -> None:
    def some(first: int) -> None:
        for number in range(first, count, threads):
            act(number)

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(some, range(threads)))


async def _at_once(act: Callable[[int], Awaitable[None]], count: int, tasks: int = 16) -> None:
    async def some(first: int) -> None:
        for number in range(first, count, tasks):
            await act(number)

    async with anyio.create_task_group() as group:
        for first in range(tasks):
            group.start_soon(some, first)


async def _seconds(act: Act, folder: Path) -> tuple[float, float]:
    cpu, started = time.process_time(), time.perf_counter()
    await act(folder)
    return time.perf_counter() - started, time.process_time() - cpu


async def measure(acts: Sequence[tuple[str, Act]], rounds: int, top: Path, kept: Path) -> None:
    """Time each act in turn, again and again, each writer in a folder of its own."""
    times: dict[str, list[tuple[float, float]]] = {name: [] for name, _ in acts}
    for _ in range(rounds):
        for name, act in acts:
            folder = kept if "get" in name else top / "written"
            times[name].append(await _seconds(act, folder))
            shutil.rmtree(top / "written", ignore_errors=True)
    walls = {name: median(wall for wall, _ in found) for name, found in times.items()}
    best = min(wall for name, wall in walls.items() if name.startswith("obstore"))
    for name, found in times.items():
        cpu = median(cpu for _, cpu in found)
        print(f"{name:<32} {walls[name]:8.3f} s {cpu:8.3f} s CPU {best / walls[name]:7.2f}x")


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--objects", type=int, default=8000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--folder", type=Path, default=Path("/dev/shm"))
    asked = parser.parse_args()
    objects = Objects(asked.objects)
    puts: Sequence[tuple[str, Act]] = (
        ("obstore put, 4 threads", objects.obstore_put_threads),
        ("obstore put_async, 16 at once", objects.obstore_put_async),
        ("keyshelf put_many", objects.put_durable),
        ("keyshelf put_many, not durable", objects.put_fast),
    )
    gets: Sequence[tuple[str, Act]] = (
        ("obstore get, 4 threads", objects.obstore_get_threads),
        ("obstore get_async, 16 at once", objects.obstore_get_async),
        ("keyshelf get_many", objects.get),
    )
    with tempfile.TemporaryDirectory(dir=asked.folder) as made:
        top = Path(made)
        print(f"{asked.objects} objects of {BYTES} bytes; the last column is beside obstore's best")
        await measure(puts, asked.rounds, top, top)
        kept = top / "kept"
        await objects.put_fast(kept)
        await measure(gets, asked.rounds, top, kept)


if __name__ == "__main__":
    anyio.run(main)
