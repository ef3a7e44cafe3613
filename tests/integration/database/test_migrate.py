"""The schema's steps: each once, in order, by one process at a time."""

import subprocess
import sys
from pathlib import Path

import pytest

from keyshelf.database.migrate import (
    EditedMigrationError,
    FailedMigrationError,
    MisnamedMigrationError,
    UnknownMigrationError,
    load,
    migrate,
)
from keyshelf.database.pool import Database

pytestmark = [pytest.mark.anyio, pytest.mark.services]

MIGRATE = """
import anyio, sys
from keyshelf.database.migrate import migrate
from keyshelf.database.pool import Database, DatabaseOptions

async def main():
    async with await Database.open(DatabaseOptions(url=sys.argv[1])) as database:
        sys.stdin.read(1)
        print(len(await migrate(database)))

anyio.run(main)
"""


@pytest.fixture
async def empty(database: Database) -> Database:
    async with database.transaction() as tx:
        await tx.execute("DROP SCHEMA public CASCADE")
        await tx.execute("CREATE SCHEMA public")
    return database


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "0001_one.sql").write_text("CREATE TABLE one (a int); CREATE TABLE two (a int);\n")
    (tmp_path / "0002_two.sql").write_text("INSERT INTO one VALUES (1);\n")
    return tmp_path


async def count(database: Database) -> int:
    async with database.read() as tx:
        return await tx.value("SELECT count(*) FROM one")


async def test_applies_each_once_in_order(empty: Database, folder: Path) -> None:
    first = await migrate(empty, folder=folder)
    second = await migrate(empty, folder=folder)

    assert [step.number for step in first] == [1, 2]
    assert list(second) == []
    assert await count(empty) == 1


async def test_keyshelf_s_own_are_numbered_without_gaps() -> None:
    numbers = [step.number for step in load()]

    assert numbers == list(range(1, len(numbers) + 1))


async def test_processes_that_migrate_at_once_apply_each_once(
    empty: Database, database_url: str
) -> None:
    command = [sys.executable, "-c", MIGRATE, database_url]
    children = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) for _ in range(3)
    ]

    answers = [child.stdin and child.stdin.write(b"!") for child in children]
    outputs = [child.communicate()[0] for child in children]

    assert all(answers)
    assert sum(int(output) for output in outputs) == len(load())


async def test_refuses_an_edited_migration(empty: Database, folder: Path) -> None:
    await migrate(empty, folder=folder)
    (folder / "0002_two.sql").write_text("INSERT INTO one VALUES (2);\n")

    with pytest.raises(EditedMigrationError, match="0002_two"):
        await migrate(empty, folder=folder)


async def test_line_ends_are_no_edit(empty: Database, folder: Path) -> None:
    await migrate(empty, folder=folder)
    (folder / "0002_two.sql").write_bytes(b"INSERT INTO one VALUES (1);\r\n")

    assert list(await migrate(empty, folder=folder)) == []


async def test_refuses_a_database_that_is_ahead(empty: Database, folder: Path) -> None:
    await migrate(empty, folder=folder)
    (folder / "0002_two.sql").unlink()

    with pytest.raises(UnknownMigrationError, match="0002"):
        await migrate(empty, folder=folder)


async def test_a_failing_migration_changes_nothing_and_can_be_mended(
    empty: Database, folder: Path
) -> None:
    (folder / "0003_three.sql").write_text("INSERT INTO one VALUES (3); SELECT nonsense;")
    with pytest.raises(FailedMigrationError, match="0003_three"):
        await migrate(empty, folder=folder)
    assert await count(empty) == 1

    (folder / "0003_three.sql").write_text("INSERT INTO one VALUES (3);")
    await migrate(empty, folder=folder)

    assert await count(empty) == 2


@pytest.mark.parametrize("name", ["0001_again.sql", "3_three.sql", "0003-three.sql"])
def test_refuses_a_bad_name(folder: Path, name: str) -> None:
    (folder / name).write_text("SELECT 1")

    with pytest.raises(MisnamedMigrationError):
        load(folder)
