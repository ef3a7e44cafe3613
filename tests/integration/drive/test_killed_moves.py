"""A folder of ten thousand files moves while its worker is killed again and again."""

import random
import subprocess
import sys
from collections.abc import AsyncGenerator
from pathlib import Path
from uuid import UUID

import anyio
import pytest

from keyshelf.database.pool import Database
from keyshelf.drive.changes import moves
from keyshelf.drive.changes.moves import Move
from keyshelf.store.disk import DiskStore
from keyshelf.store.disk_options import DiskOptions
from tests.integration.drive.conftest import Drive, open_drive

pytestmark = [pytest.mark.anyio, pytest.mark.long]

FILES = 10_000
KILLS = 4


@pytest.fixture
def bucket(tmp_path: Path) -> Path:
    return tmp_path / "store"


@pytest.fixture
async def drive(database: Database, bucket: Path) -> AsyncGenerator[Drive]:
    async with open_drive(database, DiskStore(bucket, DiskOptions(durable=False))) as opened:
        yield opened


async def fill(drive: Drive, folder: UUID, bucket: Path) -> None:
    """Put files into a folder by the shortest way: their bytes are their numbers."""
    for number in range(FILES):
        (bucket / f"anna/my-files/old/{number}").write_text(str(number))
    async with drive.parts.database.transaction() as tx:
        await tx.execute(
            """
            INSERT INTO files (s3_key, filename, owner_id, parent_id, size, sort_name, search_name)
            SELECT 'anna/my-files/old/' || n, n::text, 'anna', %(folder)s, length(n::text), '', ''
            FROM generate_series(0, %(last)s) n
            """,
            {"folder": folder, "last": FILES - 1},
        )


async def assert_none_lost(drive: Drive, bucket: Path) -> None:
    """Every file's object is at the key that its row says, with its own bytes."""
    async with drive.parts.database.read() as tx:
        rows = await tx.all("SELECT s3_key, filename FROM files WHERE NOT is_folder")

    assert len(rows) == FILES
    wrong = [row for row in rows if not holds(bucket / row["s3_key"], row["filename"])]
    assert wrong == []


def holds(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text() == text


def start_child(database_url: str, bucket: Path) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "tests.integration.drive.settling_child"]
    arguments = [database_url, str(bucket), "anna"]
    return subprocess.Popen([*command, *arguments], stdout=subprocess.PIPE)


def wait_until_working(child: "subprocess.Popen[bytes]") -> None:
    assert child.stdout is not None
    assert child.stdout.readline() == b"working\n"


async def test_no_file_is_lost_however_often_the_worker_is_killed(
    drive: Drive, database_url: str, bucket: Path
) -> None:
    folder = await drive.folder("old")
    await fill(drive, folder.id, bucket)
    await moves.move(drive.parts, drive.viewer, folder.id, Move("new"))
    chance = random.Random(1)

    for _ in range(KILLS):
        with start_child(database_url, bucket) as child:
            wait_until_working(child)
            await anyio.sleep(chance.uniform(0.05, 0.6))
            child.kill()
        await assert_none_lost(drive, bucket)
    with start_child(database_url, bucket) as child:
        assert child.wait(timeout=240) == 0

    await assert_none_lost(drive, bucket)
    keys = {key for key in await drive.keys() if not key.endswith("/")}
    assert keys == {f"anna/my-files/new/{number}" for number in range(FILES)}
