"""Commit: cutting and hashing, known data read in full beside hf_xet, and small changes.

Run `python -m benchmarks.repository_commit [--mib 1024] [--files 1000000] [--peer no]`.
Everything lies in memory (`/dev/shm` where there is one), repository included. hf_xet is
brought by `uv`, which needs the package index; without it its lines are left out.
"""

import argparse
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import anyio

from keyshelf.layout.repository import RepositoryId
from keyshelf.repositories.cache import FolderCache
from keyshelf.repositories.chunking import Cutting, blocks_of
from keyshelf.repositories.commit.service import commit
from keyshelf.repositories.commit.values import Commit, CommitOptions
from keyshelf.repositories.formats import ids
from keyshelf.repositories.formats.manifest import Author
from keyshelf.repositories.memory_carrier import MemoryCarrier
from keyshelf.repositories.values import RefKind, RefName, Repository, RepositoryName

PEER = "hf_xet==1.8.0"
ROUNDS = 4
PARANOID = CommitOptions(paranoid=True)
GIB = 2**30


def later() -> datetime:
    """A clock by which the files were made long ago: fresh ones would be read again."""
    return datetime.now(UTC) + timedelta(hours=1)


class Committing:
    """A folder, and a repository in memory that it is committed to."""

    def __init__(self, folder: Path) -> None:
        now = datetime.now(UTC)
        self.folder = folder
        self.carrier = MemoryCarrier(
            Repository(RepositoryId(UUID(int=1)), RepositoryName("benchmark"), now)
        )
        self.cache = FolderCache.open(folder.parent / f"{folder.name}.cache")

    def commit(self, options: CommitOptions | None = None) -> Commit:
        """Commit the folder as it is."""
        return anyio.run(self._commit, options)

    async def _commit(self, options: CommitOptions | None) -> Commit:
        return await commit(
            self.carrier,
            os.fsencode(self.folder),
            branch=RefName(RefKind.BRANCH, "main"),
            message="benchmark",
            author=Author("benchmark"),
            at=datetime.now(UTC),
            cache=self.cache,
            options=options,
            clock=later,
        )


@dataclass(frozen=True)
class Took:
    """What something took."""

    seconds: float
    cpu_seconds: float


def timed(run: Callable[[], object]) -> Took:
    """Run something and say what it took."""
    cpu, began = time.process_time(), time.perf_counter()
    run()
    return Took(time.perf_counter() - began, time.process_time() - cpu)


def write_project(folder: Path, mib: int) -> None:
    """Write eight files, four fifths of which no one can compress."""
    folder.mkdir()
    source = random.Random(1)
    for number in range(8):
        with (folder / f"take {number}.mov").open("wb") as file:
            for _ in range(mib // 80):
                file.write(source.randbytes(8 * 1024 * 1024))
                line = b"%016d the same line with another number\n" % source.getrandbits(50)
                file.write(line * (2 * 1024 * 1024 // len(line)))


def cut_and_hash(folder: Path) -> None:
    """Cut and identify all chunks of a folder, on one core."""
    for path in folder.iterdir():
        with path.open("rb", buffering=0) as file:
            for block in blocks_of(file, Cutting(), path.stat().st_size):
                for chunk in block.chunks():
                    ids.chunk_id(chunk, None)


def show(what: str, took: Took, size: int, note: str = "") -> None:
    """Print one line."""
    rate, cpu = size / took.seconds / 1e9, took.cpu_seconds / (size / GIB)
    print(
        f"{what:44} {took.seconds:7.2f} s {rate:6.2f} GB/s {cpu:6.2f} CPU s/GiB  {note}", flush=True
    )


@contextmanager
def peer(folder: Path, store: Path) -> Generator[Callable[[str], Took] | None]:
    """Give what uploads a folder with hf_xet, hashing files `whole` or in `parts` only.

    None where it cannot be had.
    """
    own = Path(__file__).parents[1] / ".tools/uv/bin/uv"
    uv = str(own) if own.exists() else shutil.which("uv")
    if uv is None:
        yield None
        return
    files = sorted(str(path) for path in folder.iterdir())
    script = str(Path(__file__).with_name("hf_xet_peer.py"))
    environment = {**os.environ, "HF_HOME": str(store / "home")}
    process = subprocess.Popen(
        [
            *(uv, "run", "-q", "--no-project", "--python", sys.executable, "--with", PEER),
            *("python", script, str(store), *files),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )

    def upload(how: str) -> Took:
        assert process.stdin
        assert process.stdout
        process.stdin.write(f"{how}\n")
        process.stdin.flush()
        seconds, cpu = process.stdout.readline().split()
        return Took(float(seconds), float(cpu))

    try:
        yield upload
    finally:
        process.terminate()
        process.wait()


def known_data(folder: Path, *, mib: int, with_peer: bool) -> None:
    """Read known data in full, in turns with hf_xet; the best of each counts."""
    project = folder / "project"
    write_project(project, mib)
    size = sum(path.stat().st_size for path in project.iterdir())
    cpu = min(timed(lambda: cut_and_hash(project)).cpu_seconds for _ in range(ROUNDS))
    show("cut and hash, one core", Took(cpu, cpu), size, "in processor time, aim 1.5 GB/s")
    committing = Committing(project)
    show("first commit, all new", timed(committing.commit), size)
    store = folder / "xet"
    store.mkdir()
    took: dict[str, list[Took]] = {"ours": [], "whole": [], "parts": []}
    with peer(project, store) if with_peer else nullcontext() as upload:
        if upload:
            show("hf_xet, all new", upload("whole"), size)
        for _ in range(ROUNDS):
            took["ours"].append(timed(lambda: committing.commit(PARANOID)))
            if upload:
                took["whole"].append(upload("whole"))
                took["parts"].append(upload("parts"))
    ours = min(took["ours"], key=_seconds)
    show("commit --paranoid, all known", ours, size)
    for how, what in (("whole", "with SHA-256 of files"), ("parts", "chunks only")):
        if took[how]:
            theirs = min(took[how], key=_seconds)
            ratio = f"ours {theirs.seconds / ours.seconds:.2f} times, aim 1.0"
            show(f"hf_xet, all known, {what}", theirs, size, ratio)
    show("commit, nothing changed", timed(committing.commit), size)
    shutil.rmtree(project)
    shutil.rmtree(store)


def sparse_file(folder: Path, *, gib: int) -> None:
    """Change one byte in the middle of a large file that is mostly holes."""
    project = folder / "sparse"
    project.mkdir()
    size = gib * GIB
    with (project / "disk.img").open("wb") as file:
        file.truncate(size)
        for at in range(0, size, GIB):
            file.seek(at)
            file.write(random.Random(at).randbytes(4 * 1024 * 1024))
    committing = Committing(project)
    show(f"first commit of a sparse file of {gib} GiB", timed(committing.commit), size)
    with (project / "disk.img").open("r+b") as file:
        file.seek(size // 2 + 1_000_000)
        file.write(b"!")
    made: list[Commit] = []
    took = timed(lambda: made.append(committing.commit()))
    sent = made[0].sent.stored_bytes / 1024
    show("commit of one changed byte in it", took, size, f"{sent:.0f} KiB sent, aim 1024")
    shutil.rmtree(project)


def many_files(folder: Path, *, count: int) -> None:
    """Change one of very many files, a hundred in a folder."""
    project = folder / "many"
    for number in range(count // 100):
        below = project / f"scene {number // 100:03}/shot {number % 100:02}"
        below.mkdir(parents=True)
        for file in range(100):
            # A tenth of them have something in them: memory is short.
            (below / f"take {file:03}.txt").write_text("" if file % 10 else f"{number} {file}")
    committing = Committing(project)
    first = timed(committing.commit)
    print(f"first commit of {count:,} files {first.seconds:21.2f} s {count / first.seconds:,.0f}/s")
    for what in ("nothing changed", "one file changed", "nothing changed"):
        if what.startswith("one"):
            (project / "scene 000/shot 00/take 050.txt").write_text("changed")
        made: list[Commit] = []
        took = timed(lambda made=made: made.append(committing.commit()))
        sent = made[0].sent.stored_bytes / 1024
        print(
            f"{what + f' in {count:,} files':44} {took.seconds:7.2f} s {sent:6.0f} KiB sent"
            f" {made[0].files_read} read, aim 2 s and 256 KiB",
            flush=True,
        )
    shutil.rmtree(project)


def _seconds(took: Took) -> float:
    return took.seconds


def main() -> None:
    """Measure everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mib", type=int, default=1024)
    parser.add_argument("--gib", type=int, default=10, help="of the sparse file")
    parser.add_argument("--files", type=int, default=1_000_000)
    parser.add_argument("--peer", choices=("yes", "no"), default="yes")
    chosen = parser.parse_args()
    memory = "/dev/shm" if Path("/dev/shm").is_dir() else None
    with tempfile.TemporaryDirectory(prefix="keyshelf-benchmark-", dir=memory) as name:
        known_data(Path(name), mib=chosen.mib, with_peer=chosen.peer == "yes")
        sparse_file(Path(name), gib=chosen.gib)
        many_files(Path(name), count=chosen.files)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory {peak:,.0f} MiB, with the repositories in it")


if __name__ == "__main__":
    main()
