"""What the benchmarks of repositories run in processes of their own."""

import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import anyio

from benchmarks import direct_repository
from benchmarks.direct_repository import PARANOID, commit_folder
from benchmarks.measuring import Took, taking
from benchmarks.repository_project import write_many, write_sparse
from keyshelf.repositories.cache import FolderCache
from keyshelf.repositories.chunking import Buffers, Cutting, blocks_of
from keyshelf.repositories.commit.values import Commit, CommitOptions
from keyshelf.repositories.direct.carrier import DirectCarrier
from keyshelf.repositories.formats import ids

Result = TypeVar("Result")
_TIMES = 3


@dataclass(frozen=True, slots=True)
class Place:
    """Where a repository is: its database server and its store."""

    postgres: Path
    store: Path

    def cache(self, folder: Path) -> FolderCache:
        """Open what is remembered of a folder."""
        return FolderCache.open(self.store.parent / f"{self.store.name} {folder.name}.cache")


@dataclass(frozen=True, slots=True)
class Committed:
    """A commit that was measured."""

    took: Took
    stored_bytes: int
    """Bytes that it added to the store."""
    files_read: int


def commit(place: Place, folder: Path, *, paranoid: bool) -> Committed:
    """Commit a folder."""

    async def act(carrier: DirectCarrier) -> Committed:
        return await _commit(carrier, place, folder, PARANOID if paranoid else None)

    return anyio.run(_in, place, act)


def check_out(place: Place, folder: Path) -> Took:
    """Check out what was committed last into a folder."""

    async def act(carrier: DirectCarrier) -> Took:
        with taking(server=place.postgres) as took:
            await direct_repository.check_out(carrier, folder, place.cache(folder))
        return took

    return anyio.run(_in, place, act)


def cut_and_hash(folder: Path) -> Took:
    """Cut and identify all chunks of a folder, on one core."""
    paths = [path for path in folder.rglob("*") if path.is_file()]
    buffers = Buffers()
    with taking() as took:
        for path in paths:
            with path.open("rb", buffering=0) as file:
                for block in blocks_of(file, Cutting(), path.stat().st_size, buffers):
                    for chunk in block.chunks():
                        ids.chunk_id(chunk, None)
    return took


def change_a_byte(place: Place, size: int) -> list[Committed]:
    """Commit a sparse file, and again with one byte changed."""

    async def act(carrier: DirectCarrier) -> list[Committed]:
        folder = place.store.parent / "sparse"
        path = write_sparse(folder, size)
        first = await _commit(carrier, place, folder)
        with path.open("r+b") as file:
            file.seek(size // 2 + 1_000_000)
            file.write(b"!")
        second = await _commit(carrier, place, folder)
        shutil.rmtree(folder)
        return [first, second]

    return anyio.run(_in, place, act)


def change_a_file(place: Place, count: int) -> list[list[Committed]]:
    """Commit very many files; some times with one changed; some times with none."""

    async def act(carrier: DirectCarrier) -> list[list[Committed]]:
        folder = place.store.parent / "many"
        path = write_many(folder, count)
        first, changed, same = (
            await _commit(carrier, place, folder),
            list[Committed](),
            list[Committed](),
        )
        for number in range(_TIMES):
            path.write_text(f"changed {number}")
            changed.append(await _commit(carrier, place, folder))
            same.append(await _commit(carrier, place, folder))
        shutil.rmtree(folder)
        return [[first], changed, same]

    return anyio.run(_in, place, act)


async def _commit(
    carrier: DirectCarrier, place: Place, folder: Path, options: CommitOptions | None = None
) -> Committed:
    made: Commit
    with taking(server=place.postgres) as took:
        made = await commit_folder(carrier, folder, place.cache(folder), options)
    return Committed(took, made.sent.stored_bytes, made.files_read)


async def _in(place: Place, act: Callable[[DirectCarrier], Awaitable[Result]]) -> Result:
    async with direct_repository.opened(place.postgres, place.store) as carrier:
        return await act(carrier)
