"""The database goes to a store and comes back, whole or not at all."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from keyshelf.database.dumping import dumped, load
from keyshelf.database.failures import DatabaseProgramError
from keyshelf.database.pool import Database
from keyshelf.layout.backups import backup_key
from keyshelf.operations.backups import service
from keyshelf.operations.backups.service import (
    BackupNotFoundError,
    DamagedBackupError,
    DatabaseInUseError,
)
from keyshelf.store.memory import MemoryStore

pytestmark = pytest.mark.anyio

NAMES = [
    "it's (2)+a&b=c",
    "日本語 😀",
    "back\\slash",
    "tab\there",
    "SET transaction_timeout = 0;\n",
]


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(hours=1)
        return self.now


async def add_files(database: Database) -> None:
    async with database.transaction() as tx:
        for name in NAMES:
            await tx.execute(
                "INSERT INTO files (s3_key, filename, owner_id) VALUES (%(key)s, %(name)s, 'anna')",
                {"key": f"anna/my-files/{name}", "name": name},
            )


async def names_in(database: Database) -> list[str]:
    async with database.read() as tx:
        return [row["filename"] for row in await tx.all("SELECT filename FROM files")]


async def test_all_rows_come_back(database: Database) -> None:
    await add_files(database)
    store, clock = MemoryStore(), Clock()
    made = await service.create(store, partial(dumped, database.url), clock=clock)
    async with database.transaction() as tx:
        await tx.execute("DELETE FROM files")
    await service.require_empty(database)

    found = await service.find(store, "latest")
    await load(database.url, service.read(store, found), replace=True)

    assert found.name == made.name == "20260101T010000Z"
    assert sorted(await names_in(database)) == sorted(NAMES)


async def test_a_database_that_holds_something_is_not_replaced(database: Database) -> None:
    await service.require_empty(database)
    await add_files(database)

    with pytest.raises(DatabaseInUseError, match="--replace"):
        await service.require_empty(database)


async def test_tables_of_others_are_not_replaced(database: Database) -> None:
    async with database.transaction() as tx:
        await tx.execute("DROP SCHEMA public CASCADE")
        await tx.execute("CREATE SCHEMA public")
    await service.require_empty(database)
    async with database.transaction() as tx:
        await tx.execute("CREATE TABLE invoices (number BIGINT)")

    with pytest.raises(DatabaseInUseError, match="--replace"):
        await service.require_empty(database)


@pytest.mark.parametrize("damage", ["cut", "changed"])
async def test_a_damaged_backup_changes_nothing(database: Database, damage: str) -> None:
    await add_files(database)
    store = MemoryStore()
    made = await service.create(store, partial(dumped, database.url), clock=Clock())
    async with await store.get(backup_key(made.name)) as reader:
        body = await reader.read()
    at = len(body) // 2
    broken = body[:at] if damage == "cut" else body[:at] + bytes([body[at] ^ 1]) + body[at + 1 :]
    await store.put(backup_key(made.name), broken)

    with pytest.raises(DamagedBackupError):
        await load(database.url, service.read(store, made), replace=True)

    assert sorted(await names_in(database)) == sorted(NAMES)


async def test_what_the_database_refuses_is_told_and_changes_nothing(database: Database) -> None:
    await add_files(database)

    async def nonsense() -> AsyncIterator[bytes]:
        yield b"-- a comment that is long enough\n" * 100
        yield b"SELECT nonsense FROM nowhere;\n"

    with pytest.raises(DatabaseProgramError, match="nowhere"):
        await load(database.url, nonsense(), replace=True)

    assert sorted(await names_in(database)) == sorted(NAMES)


async def test_a_dump_that_fails_leaves_no_backup() -> None:
    store = MemoryStore()
    nowhere = "postgresql://nobody:secret@127.0.0.1:1/none"

    with pytest.raises(DatabaseProgramError, match="pg_dump") as failed:
        await service.create(store, partial(dumped, nowhere), clock=Clock())

    assert "secret" not in failed.value.detail
    assert await service.find_all(store) == []


async def test_a_backup_that_was_copied_is_as_old_as_its_name_says() -> None:
    store = MemoryStore()
    await store.put(backup_key("20240101T060708Z"), b"copied today")

    (found,) = await service.find_all(store)

    assert found.at == datetime(2024, 1, 1, 6, 7, 8, tzinfo=UTC)


async def test_old_backups_go_and_the_newest_stays() -> None:
    store = MemoryStore()
    for name in ("20240101T000000Z", "20240102T000000Z"):
        await store.put(backup_key(name), b"old")

    gone = await service.prune(store, kept=timedelta(days=1), clock=lambda: datetime.now(UTC))

    assert [each.name for each in gone] == ["20240101T000000Z"]
    assert [each.name for each in await service.find_all(store)] == ["20240102T000000Z"]
    with pytest.raises(BackupNotFoundError):
        await service.find(store, "20240101T000000Z")
