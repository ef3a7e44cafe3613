"""Connections break and servers restart; the service goes on by itself."""

from datetime import timedelta
from pathlib import Path

import anyio
import pytest

from keyshelf.database.embedded import EmbeddedPostgres
from keyshelf.database.failures import DatabaseUnavailableError
from keyshelf.database.pool import Database, DatabaseOptions
from tests.database import SERVER_FOR_TESTS
from tests.patience import PATIENCE

pytestmark = [pytest.mark.anyio, pytest.mark.services]

END_OTHERS = (
    "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


async def ask(database: Database) -> int:
    async with database.read() as tx:
        return await tx.value("SELECT 42")


async def test_a_connection_ended_while_idle_is_replaced_unnoticed(database_url: str) -> None:
    options = DatabaseOptions(url=database_url, min_connections=3)
    async with await Database.open(options) as database, await Database.open(options) as other:
        await ask(database)
        async with other.transaction() as tx:
            await tx.execute(END_OTHERS)

        answers = [await ask(database) for _ in range(6)]

    assert answers == [42] * 6


async def test_a_connection_ended_at_work_fails_that_transaction_alone(
    database: Database, database_url: str
) -> None:
    async def lose_it_halfway() -> None:
        async with database.transaction() as tx:
            await tx.value("SELECT 1")
            async with other.transaction() as killer:
                await killer.execute(END_OTHERS)
            await tx.value("SELECT 1")

    async with await Database.open(DatabaseOptions(url=database_url)) as other:
        with pytest.raises(DatabaseUnavailableError):
            await lose_it_halfway()

    assert await ask(database) == 42


async def test_a_listener_hears_that_its_connection_ended(
    database: Database, database_url: str
) -> None:
    async with (
        await Database.open(DatabaseOptions(url=database_url)) as other,
        database.notifications("news") as told,
    ):
        async with other.transaction() as tx:
            await tx.execute(END_OTHERS)

        with anyio.fail_after(PATIENCE), pytest.raises(DatabaseUnavailableError):
            await anext(told)


async def test_a_server_that_was_away_is_used_again(server_folder: Path) -> None:
    server = await EmbeddedPostgres.start(server_folder / "postgres", SERVER_FOR_TESTS)
    options = DatabaseOptions(url=server.url, acquire_timeout=timedelta(seconds=0.2))
    async with await Database.open(options) as database:
        assert await ask(database) == 42
        await server.stop()
        for _ in range(3):
            with pytest.raises(DatabaseUnavailableError):
                await ask(database)
        server = await EmbeddedPostgres.start(server_folder / "postgres", SERVER_FOR_TESTS)

        answer = None
        with anyio.fail_after(PATIENCE):
            while answer is None:
                try:
                    answer = await ask(database)
                except DatabaseUnavailableError:
                    await anyio.sleep(0.05)
    await server.stop()

    assert answer == 42


async def test_opening_where_nobody_answers_says_so(tmp_path: Path) -> None:
    options = DatabaseOptions(
        url=f"postgresql:///none?host={tmp_path}", connect_timeout=timedelta(seconds=0.2)
    )

    with pytest.raises(DatabaseUnavailableError):
        await Database.open(options)


async def test_who_waits_for_a_connection_too_long_is_told(database_url: str) -> None:
    options = DatabaseOptions(
        url=database_url, max_connections=1, acquire_timeout=timedelta(seconds=0.05)
    )
    async with await Database.open(options) as database, database.transaction():
        with pytest.raises(DatabaseUnavailableError):
            await ask(database)
