"""The folders that the benchmarks of repositories commit."""

import os
import random
from pathlib import Path

LARGE_BYTES, SMALL_BYTES = 128 * 2**20, 64 * 2**10
GIB = 2**30


def write_project(folder: Path, size: int) -> None:
    """Write files as a media project has them: most bytes in large ones, most files small.

    Four fifths of the bytes do not compress.
    """
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


def write_sparse(folder: Path, size: int) -> Path:
    """Write a large file that is mostly holes: 4 MiB of every GiB are data."""
    folder.mkdir()
    path = folder / "disk.img"
    with path.open("wb") as file:
        file.truncate(size)
        for at in range(0, size, GIB):
            file.seek(at)
            file.write(random.Random(at).randbytes(4 * 2**20))
    return path


def write_many(folder: Path, count: int) -> Path:
    """Write very many files, a hundred in a folder, and return one of them."""
    for number in range(count // 100):
        below = folder / f"scene {number // 100:03}/shot {number % 100:02}"
        below.mkdir(parents=True)
        for file in range(100):
            # A tenth of them have something in them: memory is short.
            (below / f"take {file:03}.txt").write_text("" if file % 10 else f"{number} {file}")
    return folder / "scene 000/shot 00/take 050.txt"


def _words(dice: random.Random, size: int) -> bytes:
    words = b" ".join(b"%x" % dice.getrandbits(20) for _ in range(256))
    return (words * (size // len(words) + 1))[:size]
