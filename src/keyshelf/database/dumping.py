"""A whole database as SQL, by PostgreSQL's own programs: `pg_dump` out, `psql` in.

They come with the embedded server, and serve every older one as well.
"""

import os
import subprocess
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import anyio
from anyio.abc import ByteReceiveStream, ByteSendStream, Process
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from keyshelf.concurrency import together
from keyshelf.database.embedded import programs
from keyshelf.database.failures import DatabaseProgramError
from keyshelf.database.pool import APPLICATION

_MOST_SAID = 4096
_BEGINNING = 1024
"""So many bytes at least stand before the first row."""
_LOCK_SECONDS = 15
_NEW_SETTINGS = (b"SET transaction_timeout = 0;\n",)
"""What older servers refuse."""


@asynccontextmanager
async def dumped(url: str) -> AsyncGenerator[AsyncIterator[bytes]]:
    """Give the database as SQL, as it is at one moment, while others go on with it.

    The pieces end with `DatabaseProgramError` when they are not all of it.
    """
    options = ["--no-owner", "--no-privileges", "--encoding=UTF8"]
    async with _running("pg_dump", url, options) as program:
        yield _whole(program)


async def load(url: str, pieces: AsyncIterator[bytes], *, replace: bool = False) -> None:
    """Make a database hold what a dump tells: all of it, or it stays as it was.

    With `replace` instead of all that it holds. Raises `DatabaseProgramError`, also when
    somebody else works in it for long, and whatever the pieces raise.
    """
    options = ["--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1"]
    async with _running("psql", url, [*options, "--output=/dev/null"]) as program:
        await program.tell(f"SET lock_timeout = '{_LOCK_SECONDS}s';\n".encode())
        if replace:
            await program.tell(b"DROP SCHEMA public CASCADE; CREATE SCHEMA public;\n")
        async for piece in _for_any_server(pieces):
            await program.tell(piece)
        await program.end()


@dataclass(slots=True)
class _Program:
    name: str
    process: Process
    stdin: ByteSendStream
    stdout: ByteReceiveStream
    stderr: ByteReceiveStream
    said: bytearray = field(default_factory=bytearray)

    async def listen(self) -> None:
        """Read what it complains of, whatever the length, and keep its beginning."""
        async for piece in self.stderr:
            self.said.extend(piece[: _MOST_SAID - len(self.said)])

    async def tell(self, piece: bytes) -> None:
        """Send a piece; raises why it has ended, if it has."""
        try:
            await self.stdin.send(piece)
        except (anyio.BrokenResourceError, anyio.ClosedResourceError):
            await self.end()
            raise DatabaseProgramError(f"{self.name} ended before it had read all") from None

    async def end(self) -> None:
        """Let it finish; raises what it complained of when it failed."""
        await self.stdin.aclose()
        status = await self.process.wait()
        if status == 0:
            return
        told = bytes(self.said).decode(errors="replace").strip() or f"status {status}"
        raise DatabaseProgramError(f"{self.name} failed: {told}")


async def _whole(program: _Program) -> AsyncIterator[bytes]:
    async for piece in program.stdout:
        yield piece
    await program.end()


async def _for_any_server(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Leave out what older servers refuse; it stands before anything that people wrote."""
    begin = b""
    async for piece in pieces:
        if len(begin) >= _BEGINNING:
            yield piece
            continue
        begin += piece
        if len(begin) >= _BEGINNING:
            yield _accepted(begin)
    if len(begin) < _BEGINNING:
        yield _accepted(begin)


def _accepted(begin: bytes) -> bytes:
    settings = begin[:_BEGINNING]
    for setting in _NEW_SETTINGS:
        settings = settings.replace(setting, b"")
    return settings + begin[_BEGINNING:]


@asynccontextmanager
async def _running(name: str, url: str, options: Sequence[str]) -> AsyncGenerator[_Program]:
    place, environment = _place(url)
    process = await anyio.open_process(
        [str(programs() / name), f"--dbname={place}", *options],
        stdin=subprocess.PIPE,
        env={**os.environ, **environment},  # noqa: TID251 -- what libpq itself reads
    )
    if process.stdin is None or process.stdout is None or process.stderr is None:
        raise AssertionError("a process has the pipes that it was given")
    program = _Program(name, process, process.stdin, process.stdout, process.stderr)
    try:
        async with together() as group:
            group.start_soon(program.listen)
            yield program
            group.cancel_scope.cancel()
    finally:
        if process.returncode is None:
            process.kill()
        with anyio.CancelScope(shield=True):
            await process.aclose()


def _place(url: str) -> tuple[str, Mapping[str, str]]:
    """Return where to connect, and the password apart: other users see command lines."""
    parts = conninfo_to_dict(url)
    password = parts.pop("password", None)
    secret = {} if password is None else {"PGPASSWORD": str(password)}
    return make_conninfo("", **parts), {"PGAPPNAME": APPLICATION, **secret}
