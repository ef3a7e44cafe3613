"""How much memory a large file takes on its way into a repository and out of it.

python -m benchmarks.repository_memory [--gib 8] [--folder FOLDER]

One file of bytes that do not compress, all of them new: a disk store and an embedded
database, each way in a process of its own. The folder needs twice the file's size.
"""

import argparse
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import anyio
from blake3 import blake3

from benchmarks import repository_runs
from benchmarks.measuring import Took, alone
from benchmarks.repository_project import GIB
from benchmarks.repository_runs import Place
from benchmarks.repository_speed import limit, say
from keyshelf.database.embedded import EmbeddedPostgres

MOST_MIB = 512
_PIECE_BYTES = 8 * 2**20


def write_noise(path: Path, size: int) -> bytes:
    """Write a file a piece at a time, and return the digest of its content."""
    digest = blake3()
    with path.open("wb") as file:
        for start in range(0, size, _PIECE_BYTES):
            piece = os.urandom(min(_PIECE_BYTES, size - start))
            digest.update(piece)
            file.write(piece)
    return digest.digest()


def digest_of(path: Path) -> bytes:
    """Read a file a piece at a time."""
    digest = blake3()
    with path.open("rb") as file:
        while piece := file.read(_PIECE_BYTES):
            digest.update(piece)
    return digest.digest()


def both_ways(folder: Path, size: int) -> Iterator[tuple[str, Took]]:
    """Commit a large file, and check it out again where it is not; every byte is compared."""
    place = Place(folder / "postgres", folder / "store")
    project, restored = folder / "project", folder / "restored"
    project.mkdir()
    say("writing the file")
    written = write_noise(project / "take.mov", size)
    say("commit")
    yield "commit", alone(_commit, place, project)
    shutil.rmtree(project)
    say("checkout")
    yield "checkout", alone(repository_runs.check_out, place, restored)
    if digest_of(restored / "take.mov") != written:
        raise SystemExit("what was checked out is not what was committed")


def _commit(place: Place, folder: Path) -> Took:
    return repository_runs.commit(place, folder, paranoid=False).took


def main() -> None:
    """Measure both ways in a folder that is removed again, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gib", type=float, default=8)
    parser.add_argument("--folder", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="keyshelf-benchmark-", dir=asked.folder) as made:
        server = anyio.run(EmbeddedPostgres.start, Path(made) / "postgres")
        try:
            for what, took in both_ways(Path(made), int(asked.gib * GIB)):
                rate = asked.gib * 1024 / took.seconds
                told = limit(took.peak_mib, MOST_MIB, "MiB at most in memory")
                print(f"{what} of {asked.gib:g} GiB, {rate:6.0f} MiB/s: {told}", flush=True)
        finally:
            anyio.run(server.stop)


if __name__ == "__main__":
    main()
