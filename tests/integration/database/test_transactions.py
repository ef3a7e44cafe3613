"""Transactions on a real PostgreSQL: what lands, what does not, and what failures mean."""

from collections.abc import Sequence

import anyio
import pytest

from keyshelf.database.copying import copy_line
from keyshelf.database.failures import (
    DatabaseTimeoutError,
    MissingReferenceError,
    SchemaMissingError,
    StatementRefusedError,
    TransactionConflictError,
    UniqueViolationError,
    UnstorableValueError,
)
from keyshelf.database.pool import Database
from keyshelf.errors import UnavailableError
from tests.patience import PATIENCE

pytestmark = [pytest.mark.anyio, pytest.mark.services]

INSERT = "INSERT INTO colours (name) VALUES (%(name)s)"


@pytest.fixture
async def colours(database: Database) -> Database:
    async with database.transaction() as tx:
        await tx.execute(
            "CREATE TABLE colours (name text CONSTRAINT one_name UNIQUE, size int,"
            " parent text CONSTRAINT known_parent REFERENCES colours (name))"
        )
    return database


async def names(database: Database) -> Sequence[str]:
    async with database.read() as tx:
        return [row["name"] for row in await tx.all("SELECT name FROM colours ORDER BY name")]


async def test_commits_when_the_block_ends(colours: Database) -> None:
    async with colours.transaction() as tx:
        touched = await tx.execute("INSERT INTO colours VALUES ('red'), ('blue')")

    assert touched == 2
    assert await names(colours) == ["blue", "red"]


async def test_rolls_back_when_the_block_raises(colours: Database) -> None:
    async def insert_and_fail() -> None:
        async with colours.transaction() as tx:
            await tx.execute(INSERT, {"name": "red"})
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await insert_and_fail()

    assert await names(colours) == []


async def test_calls_back_after_the_commit_only(colours: Database) -> None:
    seen: list[Sequence[str]] = []

    async def look() -> None:
        seen.append(await names(colours))

    async def fail() -> None:
        async with colours.transaction() as tx:
            tx.on_commit(look)
            await tx.execute(INSERT, {"name": "never"})
            raise RuntimeError

    async with colours.transaction() as tx:
        tx.on_commit(look)
        await tx.execute(INSERT, {"name": "red"})
    with pytest.raises(RuntimeError):
        await fail()

    assert seen == [["red"]]


@pytest.mark.parametrize(
    ("error", "is_traced"), [(OSError("?"), True), (UnavailableError("the store is away"), False)]
)
async def test_a_failing_callback_does_not_undo_the_commit(
    colours: Database, error: Exception, is_traced: bool, caplog: pytest.LogCaptureFixture
) -> None:
    """What nobody expected is traced; that a part is away is told in a line."""

    async def fail() -> None:
        raise error

    async with colours.transaction() as tx:
        tx.on_commit(fail)
        await tx.execute(INSERT, {"name": "red"})

    assert await names(colours) == ["red"]
    assert [bool(each.exc_info) for each in caplog.records] == [is_traced]


async def test_reading_refuses_changes(colours: Database) -> None:
    with pytest.raises(StatementRefusedError, match="read-only"):
        async with colours.read() as tx:
            await tx.all("INSERT INTO colours VALUES ('red') RETURNING name")


async def test_rows_come_one_by_one_all_or_as_a_value(colours: Database) -> None:
    async with colours.transaction() as tx:
        assert await tx.one("SELECT name FROM colours") is None
        assert await tx.value("SELECT name FROM colours") is None
        await tx.execute(INSERT, {"name": "red"})

        assert await tx.one("SELECT name, size FROM colours") == {"name": "red", "size": None}
        assert await tx.value("SELECT count(*) FROM colours") == 1


async def test_streams_more_rows_than_it_holds(colours: Database) -> None:
    async with colours.read() as tx:
        numbers = [
            row["n"] async for row in tx.stream("SELECT generate_series(1, 25) AS n", batch=10)
        ]

    assert numbers == list(range(1, 26))


async def test_copies_rows_in(colours: Database) -> None:
    async with colours.transaction() as tx, tx.copy_in("COPY colours (name) FROM STDIN") as copy:
        for name in ("tab\there", "back\\slash", "日本語"):
            await copy.write_row((name,))

    assert await names(colours) == ["back\\slash", "tab\there", "日本語"]


async def test_a_savepoint_undoes_only_its_block(colours: Database) -> None:
    async def insert_again() -> None:
        async with tx.savepoint():
            await tx.execute(INSERT, {"name": "red"})

    async with colours.transaction() as tx:
        await tx.execute(INSERT, {"name": "red"})
        with pytest.raises(UniqueViolationError):
            await insert_again()
        await tx.execute(INSERT, {"name": "blue"})

    assert await names(colours) == ["blue", "red"]


async def test_a_taken_key_names_its_rule(colours: Database) -> None:
    with pytest.raises(UniqueViolationError) as raised:
        async with colours.transaction() as tx:
            await tx.execute("INSERT INTO colours VALUES ('red'), ('red')")

    assert raised.value.constraint == "one_name"


async def test_a_missing_reference_names_its_rule(colours: Database) -> None:
    with pytest.raises(MissingReferenceError) as raised:
        async with colours.transaction() as tx:
            await tx.execute("INSERT INTO colours VALUES ('red', 1, 'nobody')")

    assert raised.value.constraint == "known_parent"


@pytest.mark.parametrize("name", ["nul\x00", "lone \udcff surrogate"])
async def test_a_value_that_no_column_holds_is_bad_input(colours: Database, name: str) -> None:
    with pytest.raises(UnstorableValueError):
        async with colours.transaction() as tx:
            await tx.execute(INSERT, {"name": name})


async def test_a_wrong_statement_is_our_defect(database: Database) -> None:
    with pytest.raises(StatementRefusedError):
        async with database.transaction() as tx:
            await tx.execute("SELECT nonsense")


async def test_a_statement_that_takes_too_long_is_ended(database: Database) -> None:
    async with database.transaction() as tx:
        await tx.execute("SET LOCAL statement_timeout = '20ms'")
        with pytest.raises(DatabaseTimeoutError):
            await tx.execute("SELECT pg_sleep(60)")


async def test_a_deadlock_ends_one_of_two(colours: Database) -> None:
    async with colours.transaction() as tx:
        await tx.execute("INSERT INTO colours VALUES ('red'), ('blue')")
    lost: list[TransactionConflictError] = []
    both = [anyio.Event(), anyio.Event()]

    async def paint(mine: int, first: str, second: str) -> None:
        try:
            async with colours.transaction() as tx:
                await tx.execute("SET LOCAL deadlock_timeout = '10ms'")
                await tx.execute("UPDATE colours SET size = 1 WHERE name = %(n)s", {"n": first})
                both[mine].set()
                await both[1 - mine].wait()
                await tx.execute("UPDATE colours SET size = 1 WHERE name = %(n)s", {"n": second})
        except TransactionConflictError as error:
            lost.append(error)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(paint, 0, "red", "blue")
        tasks.start_soon(paint, 1, "blue", "red")

    assert len(lost) == 1


async def test_notifications_arrive_with_the_commit(database: Database) -> None:
    async with database.notifications("news") as told:
        async with database.transaction() as tx:
            await tx.execute("SELECT pg_notify('news', 'hello')")

        with anyio.fail_after(PATIENCE):
            assert await anext(told) == "hello"


async def test_a_lock_taken_in_a_savepoint_is_held_to_the_end(database: Database) -> None:
    async with database.transaction() as tx:
        async with tx.savepoint():
            await tx.execute("SELECT pg_advisory_xact_lock(4711)")

        held = await tx.value(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"
        )

    assert held == 1


async def test_copied_lines_hold_any_text_as_it_is(colours: Database) -> None:
    names = ["back\\slash", "\\N", "\\.", "tab\there", "line\nbreak\r", "", "日本語 😀", "\x7f"]

    async with (
        colours.transaction() as tx,
        tx.copy_in("COPY colours (name, parent) FROM STDIN") as copy,
    ):
        await copy.write("".join(copy_line(name, None) for name in names))

    async with colours.read() as tx:
        rows = await tx.all("SELECT name, parent FROM colours")
    assert {row["name"] for row in rows} == set(names)
    assert all(row["parent"] is None for row in rows)


async def test_a_database_whose_tables_are_gone_names_the_way_back(database: Database) -> None:
    async with database.transaction() as tx:
        await tx.execute("DROP SCHEMA public CASCADE")

    async with database.read() as tx:
        with pytest.raises(SchemaMissingError, match=r"DATABASE_URL.*backup restore.*rebuild"):
            await tx.all("SELECT s3_key FROM files")
