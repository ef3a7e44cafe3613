"""Checkout beside restic's restore of the same files, both from and to a tmpfs, in turns.

python -m benchmarks.repository_checkout [--gib 2] [--rounds 3] [--folder /dev/shm]

Four fifths of the bytes do not compress. The aim is at least restic's rate, with memory
that does not grow with the files. Both verify every byte, and neither waits for a disk.
"""

import argparse
import json
import multiprocessing
import os
import random
import resource
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import TypeVar
from uuid import UUID

import anyio

from keyshelf.layout.repository import ChunkId, RepositoryId, chunk_key, commit_hash
from keyshelf.repositories.cache import FolderCache
from keyshelf.repositories.checkout.service import checkout
from keyshelf.repositories.checkout.values import CheckoutOptions
from keyshelf.repositories.commit.service import commit
from keyshelf.repositories.formats.manifest import Author
from keyshelf.repositories.memory_carrier import MemoryCarrier
from keyshelf.repositories.reading import Reader
from keyshelf.repositories.values import (
    ChunkMissingError,
    RefKind,
    RefName,
    Repository,
    SealedChunk,
    repository_name,
)
from keyshelf.store.base import NewObject
from keyshelf.store.disk import DiskStore
from keyshelf.store.disk_options import DiskOptions

RESTIC_VERSION = "v0.18.1"
MAIN = RefName(RefKind.BRANCH, "main")
LARGE_BYTES, SMALL_BYTES = 128 * 2**20, 64 * 2**10
Run = TypeVar("Run")
_TOOLS = Path(__file__).parents[1] / ".tools" / "go" / "bin"
_MODULE = "github.com/restic/restic"


@dataclass(frozen=True)
class Measured:
    """What one run took: wall time, processor time of its process, and its peak memory."""

    seconds: float
    cpu_seconds: float
    peak_mib: float


class StoreCarrier(MemoryCarrier):
    """Keeps chunks in a disk store, as the carrier on the machine of the stores does."""

    def __init__(self, repository: Repository, folder: Path) -> None:
        super().__init__(repository)
        folder.mkdir(exist_ok=True)
        self.store = DiskStore(folder, DiskOptions(durable=False))

    async def send(self, chunks: Sequence[SealedChunk]) -> None:
        self.chunks.update((chunk.id, b"") for chunk in chunks)
        await self.store.put_many([NewObject(chunk_key(each.id), each.frame) for each in chunks])

    async def get_chunks(self, ids: Sequence[ChunkId]) -> Sequence[bytes]:
        found = await self.store.get_many([chunk_key(each) for each in ids])
        for chunk, frame in zip(ids, found, strict=True):
            if frame is None:
                raise ChunkMissingError("there is no such chunk", chunk=chunk)
        return [frame for frame in found if frame is not None]


def carrier_of(folder: Path) -> StoreCarrier:
    """Return the carrier that is measured."""
    repository = Repository(
        RepositoryId(UUID(int=1)), repository_name("benchmark"), datetime(2026, 1, 1, tzinfo=UTC)
    )
    return StoreCarrier(repository, folder)


def fill(folder: Path, size: int) -> None:
    """Write files as a media project has them: most bytes in large ones, most files small."""
    dice = random.Random(1)
    number = written = 0
    while written < size:
        is_large = number % 32 == 0
        path = folder / f"shots {number % 40:02}" / f"take {number:05}.mov"
        path.parent.mkdir(parents=True, exist_ok=True)
        length = min(LARGE_BYTES if is_large else dice.randrange(SMALL_BYTES), size - written)
        with path.open("wb") as file:
            for start in range(0, length, 2**20):
                piece = min(2**20, length - start)
                file.write(_words(dice, piece) if dice.random() < 0.2 else dice.randbytes(piece))
        os.utime(path, ns=(10**18 + number, 10**18 + number))
        written += length
        number += 1


def build_restic() -> Path | None:
    """Return the program, built once per checkout; None where Go is not installed."""
    program = _TOOLS / "restic"
    go = shutil.which("go") or shutil.which("go", path="/usr/local/go/bin")
    if program.exists() or go is None:
        return program if program.exists() else None
    _TOOLS.mkdir(parents=True, exist_ok=True)
    asked = [go, "mod", "download", "-json", f"{_MODULE}@{RESTIC_VERSION}"]
    where = json.loads(subprocess.run(asked, check=True, capture_output=True, timeout=600).stdout)
    command = [go, "build", "-buildvcs=false", "-o", str(program), "./cmd/restic"]
    subprocess.run(command, cwd=where["Dir"], check=True, timeout=900)
    return program


async def _commit(source: Path, repository: Path) -> None:
    carrier = carrier_of(repository)
    made = await commit(
        carrier,
        os.fsencode(source),
        branch=MAIN,
        message="benchmark",
        author=Author("benchmark"),
        at=datetime(2026, 1, 1, tzinfo=UTC),
        cache=FolderCache.in_memory(),
    )
    (repository / "manifest").write_bytes(carrier.manifests[made.hash])
    (repository / "commit").write_text(made.hash)


async def _checkout(repository: Path, folder: Path) -> None:
    carrier = carrier_of(repository)
    made = commit_hash((repository / "commit").read_text())
    carrier.manifests[made] = (repository / "manifest").read_bytes()
    reader = Reader(carrier)
    root = (await reader.manifest(made)).root
    await checkout(
        reader,
        root,
        os.fsencode(folder),
        cache=FolderCache.open(folder.with_suffix(".cache")),
        options=CheckoutOptions(),
    )


def _run_checkout(repository: Path, folder: Path) -> Measured:
    began, before = time.perf_counter(), _cpu(resource.RUSAGE_SELF)
    anyio.run(_checkout, repository, folder)
    return _measured(began, before, resource.RUSAGE_SELF)


def _run_restic(program: Path, repository: Path, folder: Path, source: Path) -> Measured:
    began, before = time.perf_counter(), _cpu(resource.RUSAGE_CHILDREN)
    _restic(program, repository, "restore", f"latest:{source}", "--target", str(folder))
    return _measured(began, before, resource.RUSAGE_CHILDREN)


def _restic(program: Path, repository: Path, *words: str) -> None:
    told = {**os.environ, "RESTIC_PASSWORD": "benchmark", "RESTIC_REPOSITORY": str(repository)}
    command = [program, "--no-cache", "--quiet", *words]
    subprocess.run(command, env=told, check=True, timeout=600, stdout=subprocess.DEVNULL)


def _measured(began: float, cpu_before: float, who: int) -> Measured:
    used = resource.getrusage(who)
    return Measured(time.perf_counter() - began, _cpu(who) - cpu_before, used.ru_maxrss / 1024)


def _cpu(who: int) -> float:
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime


def _words(dice: random.Random, size: int) -> bytes:
    words = b" ".join(b"%x" % dice.getrandbits(20) for _ in range(256))
    return (words * (size // len(words) + 1))[:size]


def _compare(folder: Path, size: int, rounds: int) -> None:
    source, program = folder / "source", build_restic()
    fill(source, size)
    _alone(anyio.run, _commit, source, folder / "keyshelf")
    if program is None:
        print("Go is NOT INSTALLED: checkout is measured alone")
    else:
        _restic(program, folder / "restic", "init")
        _restic(program, folder / "restic", "backup", str(source))
    runs: dict[str, list[Measured]] = {}
    restored = folder / "restored"
    for _ in range(rounds):
        run = _alone(_run_checkout, folder / "keyshelf", restored)
        runs.setdefault("keyshelf", []).append(run)
        _compare_and_remove(folder)
        if program is not None:
            run = _alone(_run_restic, program, folder / "restic", restored, source)
            runs.setdefault("restic", []).append(run)
            _compare_and_remove(folder)
    _show(runs, size)


def _alone(act: Callable[..., Run], *words: object) -> Run:
    """Run in a process of its own, so that its memory is its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(act, words)


def _compare_and_remove(folder: Path) -> None:
    compared = ["diff", "-rq", str(folder / "source"), str(folder / "restored")]
    subprocess.run(compared, check=True, timeout=600)
    shutil.rmtree(folder / "restored")
    for left in folder.glob("restored.cache*"):
        left.unlink()


def _show(runs: dict[str, list[Measured]], size: int) -> None:
    gib = size / 2**30
    print("program     time      rate     to restic   cpu per GiB   peak memory")
    for who, some in runs.items():
        seconds = median(run.seconds for run in some)
        ratios = [
            theirs.seconds / ours.seconds
            for ours, theirs in zip(some, runs.get("restic", []), strict=False)
        ]
        print(
            f"{who:9} {seconds:6.2f} s {size / seconds / 2**20:6.0f} MiB/s"
            f" {median(ratios) if ratios else float('nan'):9.2f}"
            f" {median(run.cpu_seconds for run in some) / gib:11.2f} s"
            f" {max(run.peak_mib for run in some):11.0f} MiB",
            flush=True,
        )


def main() -> None:
    """Measure, in a folder that is removed again."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gib", type=float, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path, default=Path("/dev/shm"))
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=asked.folder) as made:
        _compare(Path(made), int(asked.gib * 2**30), asked.rounds)


if __name__ == "__main__":
    main()
