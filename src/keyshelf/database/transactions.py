"""Statements inside one transaction: the only way that SQL reaches the database."""

import secrets
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, LiteralString

import psycopg
from psycopg.rows import DictRow

from keyshelf.database.failures import translated, translated_statement

Row = dict[str, Any]  # Any: the driver decides a column's type from the schema
Connection = psycopg.AsyncConnection[DictRow]
Parameters = Mapping[str, object]
AfterCommit = Callable[[], Awaitable[None]]

_NONE: Parameters = {}


class ReadTransaction:
    """A transaction that may only read. The one who opened it ends it.

    Every method raises the errors of `database.failures`; after one of them the
    transaction is over.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def all(self, sql: LiteralString, params: Parameters = _NONE) -> list[Row]:
        """Return every row. For results without a bound use `stream`."""
        with translated_statement():
            return await (await self._connection.execute(sql, params)).fetchall()

    async def one(self, sql: LiteralString, params: Parameters = _NONE) -> Row | None:
        """Return the first row, or None."""
        with translated_statement():
            return await (await self._connection.execute(sql, params)).fetchone()

    async def value(self, sql: LiteralString, params: Parameters = _NONE) -> Any:  # noqa: ANN401 -- the driver decides
        """Return the first column of the first row, or None without a row."""
        row = await self.one(sql, params)
        return None if row is None else next(iter(row.values()))

    async def stream(
        self, sql: LiteralString, params: Parameters = _NONE, *, batch: int = 1000
    ) -> AsyncIterator[Row]:
        """Yield the rows of a server-side cursor, holding at most `batch` of them."""
        with translated_statement():
            async with self._connection.cursor(f"stream_{secrets.token_hex(8)}") as cursor:
                cursor.itersize = batch
                await cursor.execute(sql, params)
                async for row in cursor:
                    yield row


class Transaction(ReadTransaction):
    """A transaction that may change rows. The entry point that opened it commits it."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._after_commit: list[AfterCommit] = []

    async def execute(self, sql: LiteralString, params: Parameters = _NONE) -> int:
        """Run a statement and return how many rows it touched."""
        with translated_statement():
            return (await self._connection.execute(sql, params)).rowcount

    @asynccontextmanager
    async def copy_in(self, sql: LiteralString) -> AsyncGenerator[psycopg.AsyncCopy]:
        """Feed a `COPY … FROM STDIN`: call `write_row` on what this yields.

        Errors of the data come when the block ends.
        """
        with translated():
            async with self._connection.cursor() as cursor, cursor.copy(sql) as copy:
                yield copy

    @asynccontextmanager
    async def savepoint(self) -> AsyncGenerator[None]:
        """Undo only the block when it raises, so that the transaction can go on."""
        with translated():
            async with self._connection.transaction():
                yield

    def on_commit(self, callback: AfterCommit) -> None:
        """Call `callback` once after the commit succeeded, and never without a commit.

        A crash in between loses the call, and its failure is only logged, so it may
        only hurry what a sweeper would do anyway.
        """
        self._after_commit.append(callback)

    @property
    def after_commit(self) -> tuple[AfterCommit, ...]:
        """What is to be called after the commit, in order."""
        return tuple(self._after_commit)

    async def script(self, sql: bytes) -> None:
        """Run a file of statements, as migrations are. Its text must be our own."""
        with translated():
            await self._connection.execute(sql)
