"""Connections to PostgreSQL, and the transactions that run on them."""

import select
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Self

import psycopg
import psycopg_pool
from psycopg.conninfo import make_conninfo
from psycopg.rows import DictRow, dict_row
from psycopg.sql import SQL, Identifier

from keyshelf import telemetry
from keyshelf.database.failures import (
    DatabaseUnavailableError,
    InvalidDatabaseUrlError,
    translated,
)
from keyshelf.database.transactions import Connection, ReadTransaction, Transaction
from keyshelf.errors import Error, InvalidInputError

_log = telemetry.get_logger(__name__)

OLDEST_SERVER = 140000
APPLICATION = "keyshelf"
"""What the server calls every session of ours."""


class UnsupportedServerError(InvalidInputError):
    """The server is older than PostgreSQL 14. Point DATABASE_URL at a newer one."""

    code = "database-too-old"


@dataclass(frozen=True, slots=True)
class DatabaseOptions:
    """How to reach the database and how much of it to use."""

    url: str
    """`postgresql://…`, as libpq reads it."""
    min_connections: int = 1
    """Connections that are opened ahead of need."""
    max_connections: int = 10
    """Bound on connections; who wants one more waits `acquire_timeout`."""
    connect_timeout: timedelta = timedelta(seconds=10)
    """How long one attempt to connect may take."""
    max_waiting: int = 500
    """Bound on transactions that wait for a connection; one more fails at once."""
    acquire_timeout: timedelta = timedelta(seconds=5)
    """How long a transaction waits for a connection before it fails as unavailable."""
    statement_timeout: timedelta = timedelta(minutes=5)
    """Bound on one statement, kept by the server. Zero means none."""
    idle_transaction_timeout: timedelta = timedelta(minutes=5)
    """The server ends a transaction that does nothing for so long."""

    def __post_init__(self) -> None:
        if not 0 <= self.min_connections <= self.max_connections or self.max_connections < 1:
            raise InvalidInputError("max_connections must be at least 1 and min_connections")


class Database:
    """A PostgreSQL database, reached through a bounded pool.

    A connection that broke while it was idle is replaced unnoticed. One that breaks
    inside a transaction makes that transaction fail with `DatabaseUnavailableError`;
    the next one gets another connection, as soon as the server answers.
    """

    def __init__(self, options: DatabaseOptions) -> None:
        """Prepare; `open` is the way to get a usable one."""
        self._options = options
        try:
            self._conninfo = make_conninfo(options.url, **_connection_settings(options))
        except psycopg.ProgrammingError as error:
            # Not with the driver's words: they repeat the URL, and a password in it.
            raise InvalidDatabaseUrlError(
                "DATABASE_URL is not one: it looks like postgresql://user@host:5432/name"
            ) from error
        self._pool: psycopg_pool.AsyncConnectionPool[Connection] = psycopg_pool.AsyncConnectionPool(
            self._conninfo,
            connection_class=psycopg.AsyncConnection[DictRow],
            kwargs={"row_factory": dict_row},
            min_size=options.min_connections,
            max_size=options.max_connections,
            max_waiting=options.max_waiting,
            timeout=options.acquire_timeout.total_seconds(),
            # Give up early: the next request starts a fresh attempt at once, while a
            # long back-off would keep a server unused that is there again.
            reconnect_timeout=1.0,
            check=_check_if_told_something,
            open=False,
            name="keyshelf",
        )

    @property
    def url(self) -> str:
        """Where the database is, as libpq reads it; the password may be in it."""
        return self._options.url

    @classmethod
    async def open(cls, options: DatabaseOptions) -> Self:
        """Connect.

        Raises `DatabaseUnavailableError` when nobody answers in time, and
        `InvalidDatabaseUrlError`.
        """
        database = cls(options)
        try:
            with translated():
                try:
                    await database._pool.open(
                        wait=True, timeout=options.connect_timeout.total_seconds()
                    )
                except psycopg_pool.PoolTimeout:
                    # The pool keeps to itself what was wrong; one attempt of our own tells.
                    await (await psycopg.AsyncConnection.connect(database._conninfo)).close()
                    raise
            await database._refuse_old_server()
        except BaseException:
            await database.close()
            raise
        return database

    async def close(self) -> None:
        """Close every connection. Transactions still running fail."""
        await self._pool.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[Transaction]:
        """Open a transaction: commits when the block ends, rolls back when it raises.

        Callbacks of `on_commit` run after the commit, when the connection is back.
        """
        # Begun at once: what a savepoint locks before any other statement must be held
        # to the end, and without a transaction around it the savepoint would be one.
        async with self._connection(read_only=False) as connection, connection.transaction():
            tx = Transaction(connection)
            yield tx
        for callback in tx.after_commit:
            try:
                await callback()
            except Error as error:
                # Such as a store that is away: a sentence tells it, and is no fault of ours.
                _log.warning(
                    "after-commit callback failed; a sweeper makes up for it",
                    code=error.code,
                    error=error.detail,
                )
            except Exception:  # noqa: BLE001 -- the commit stands, whatever a callback does
                _log.exception("after-commit callback failed; a sweeper makes up for it")

    @asynccontextmanager
    async def read(self) -> AsyncGenerator[ReadTransaction]:
        """Open a transaction in which the server refuses every change."""
        async with self._connection(read_only=True) as connection:
            yield ReadTransaction(connection)

    @asynccontextmanager
    async def notifications(self, channel: str) -> AsyncGenerator[AsyncIterator[str]]:
        """Listen to `channel` on a connection of its own and yield the payloads.

        What is sent while nobody listens is lost, and a broken connection ends the
        iteration with `DatabaseUnavailableError`: look at the rows after each start.
        """
        with translated():
            connection = await psycopg.AsyncConnection.connect(self._conninfo, autocommit=True)
            async with _closing(connection):
                await connection.execute(SQL("LISTEN {}").format(Identifier(channel)))
                async with aclosing(_payloads(connection)) as payloads:
                    yield payloads

    async def is_pooled(self) -> bool:
        """Say whether a pooler stands between: it names another process than the server does."""
        async with self._connection(read_only=True) as connection:
            row = await (await connection.execute("SELECT pg_backend_pid() AS pid")).fetchone()
            return row is None or row["pid"] != connection.info.backend_pid

    def statistics(self) -> dict[str, int]:
        """Return the pool's counters, as psycopg_pool names them."""
        return dict(self._pool.get_stats())

    @asynccontextmanager
    async def _connection(self, *, read_only: bool) -> AsyncGenerator[Connection]:
        with translated():
            async with self._pool.connection() as connection:
                await connection.set_read_only(read_only)
                yield connection

    async def _refuse_old_server(self) -> None:
        async with self._connection(read_only=True) as connection:
            version = connection.info.server_version
        if version < OLDEST_SERVER:
            raise UnsupportedServerError(
                f"PostgreSQL {version // 10000} is too old, Keyshelf needs 14 or newer"
            )


def _connection_settings(options: DatabaseOptions) -> dict[str, str | int]:
    timeouts = {
        "statement_timeout": options.statement_timeout,
        "idle_in_transaction_session_timeout": options.idle_transaction_timeout,
    }
    settings = " ".join(f"-c {name}={_milliseconds(each)}" for name, each in timeouts.items())
    return {
        "application_name": APPLICATION,
        "connect_timeout": max(2, round(options.connect_timeout.total_seconds())),
        "options": settings,
        # A peer that vanished without a word is noticed within half a minute.
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 4,
    }


def _milliseconds(duration: timedelta) -> int:
    return round(duration.total_seconds() * 1000)


async def _check_if_told_something(connection: Connection) -> None:
    # A server that ends a connection says so, which makes its socket readable: one
    # system call finds that, where a query for each transaction would cost a round trip.
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    if poll.poll(0):
        await psycopg_pool.AsyncConnectionPool[Connection].check_connection(connection)


@asynccontextmanager
async def _closing(connection: psycopg.AsyncConnection) -> AsyncGenerator[None]:
    # Its own context manager would commit first, which a broken connection cannot.
    try:
        yield
    finally:
        await connection.close()


async def _payloads(connection: psycopg.AsyncConnection) -> AsyncGenerator[str]:
    with translated():
        async with aclosing(connection.notifies()) as notifications:
            async for notification in notifications:
                yield notification.payload
    raise DatabaseUnavailableError("the database stopped sending notifications")
