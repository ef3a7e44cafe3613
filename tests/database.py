"""A PostgreSQL for the tests, and a fresh copy of the migrated schema for each.

All runs and workers of one account share a server: the first starts it and the last
stops it. What a killed run leaves behind (the server, its databases) is taken over, and
cleaned, by the next run. It lives in memory where there is enough: else each new database
waits for whatever else is written to the disk.
"""

import hashlib
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from itertools import count
from pathlib import Path

import anyio
import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from psycopg.sql import SQL, Identifier

from keyshelf.database import migrate as migrations
from keyshelf.database.embedded import EmbeddedOptions, EmbeddedPostgres
from keyshelf.database.pool import Database, DatabaseOptions
from tests.patience import PATIENCE

SERVER_FOR_TESTS = EmbeddedOptions(
    durable=False, settings={"max_connections": "300", "max_wal_size": "256MB"}
)
_MEMORY = Path("/dev/shm")
_ENOUGH_MEMORY_BYTES = 4 * 2**30
_numbers = count()

NewDatabase = Callable[[], AbstractContextManager[str]]
"""Creates a database with the current schema, yields its URL and drops it."""


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The server that the tests run on, with a database that may create others."""
    if url := os.environ.get("KEYSHELF_TEST_DATABASE_URL"):
        yield url
        return
    server = anyio.run(EmbeddedPostgres.start, _server_folder(), SERVER_FOR_TESTS)
    try:
        yield server.url
    finally:
        anyio.run(server.stop)


@pytest.fixture(scope="session")
def new_database(postgres_url: str) -> Iterator[NewDatabase]:
    """A maker of databases, for fixtures with a scope of their own."""
    with psycopg.connect(postgres_url, autocommit=True) as admin:
        with _alone(admin):
            _drop_leftovers(admin)
            template = _ensure_template(admin, postgres_url)

        @contextmanager
        def make() -> Generator[str]:
            name = f"keyshelf_test_{os.getpid()}_{next(_numbers)}"
            _clone(admin, template, name)
            try:
                yield _url_of(postgres_url, name)
            finally:
                admin.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))

        yield make


@pytest.fixture
def database_url(new_database: NewDatabase) -> Iterator[str]:
    """The URL of a fresh database with the current schema."""
    with new_database() as url:
        yield url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A fresh database with the current schema, open."""
    patience = timedelta(seconds=PATIENCE)
    options = DatabaseOptions(url=database_url, connect_timeout=patience, acquire_timeout=patience)
    async with await Database.open(options) as opened:
        yield opened


@pytest.fixture
def server_folder() -> Iterator[Path]:
    """A folder for an embedded server of the test's own.

    Not `tmp_path`: run as root, the server has another account, and pytest bars others
    from its folders again whenever another run begins.
    """
    with tempfile.TemporaryDirectory(prefix="keyshelf-server-", dir=_quick_folder()) as folder:
        yield Path(folder)


def _server_folder() -> Path:
    # A server without fsync may not outlive a crash of the machine.
    boot = Path("/proc/sys/kernel/random/boot_id")
    session = boot.read_text()[:8] if boot.exists() else "0"
    return _quick_folder() / f"keyshelf-tests-{os.getuid()}-{session}"


def _quick_folder() -> Path:
    if os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).total >= _ENOUGH_MEMORY_BYTES:
        return _MEMORY
    return Path(tempfile.gettempdir())


@contextmanager
def _alone(admin: psycopg.Connection) -> Generator[None]:
    admin.execute("SELECT pg_advisory_lock(1)")
    try:
        yield
    finally:
        admin.execute("SELECT pg_advisory_unlock(1)")


def _drop_leftovers(admin: psycopg.Connection) -> None:
    names = admin.execute("SELECT datname FROM pg_database WHERE datname LIKE 'keyshelf_test_%'")
    for (name,) in names.fetchall():
        if _is_alive(int(name.split("_")[2])):
            continue
        try:
            admin.execute(SQL("DROP DATABASE IF EXISTS {}").format(Identifier(name)))
        except psycopg.errors.ObjectInUse:
            pass  # by a run on another machine, or for a moment more by what was killed


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # alive, and another account's
    return True


def _ensure_template(admin: psycopg.Connection, url: str) -> str:
    steps = "".join(each.checksum for each in migrations.load())
    name = f"keyshelf_template_{hashlib.sha256(steps.encode()).hexdigest()[:16]}"
    known = admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
    if known is None:
        scratch = f"keyshelf_test_{os.getpid()}_template"
        admin.execute(SQL("CREATE DATABASE {}").format(Identifier(scratch)))
        anyio.run(_migrate, _url_of(url, scratch))
        rename = SQL("ALTER DATABASE {} RENAME TO {}")
        admin.execute(rename.format(Identifier(scratch), Identifier(name)))
    return name


async def _migrate(url: str) -> None:
    async with await Database.open(DatabaseOptions(url=url)) as database:
        await migrations.migrate(database)


def _clone(admin: psycopg.Connection, template: str, name: str) -> None:
    # Copying files is quicker than logging pages, where the server knows the choice.
    strategy = " STRATEGY file_copy" if admin.info.server_version >= 150000 else ""
    statement = SQL("CREATE DATABASE {} TEMPLATE {}" + strategy)  # type: ignore[arg-type]
    admin.execute(statement.format(Identifier(name), Identifier(template)))


def _url_of(url: str, database: str) -> str:
    return make_conninfo(url, dbname=database)


__all__ = [
    "NewDatabase",
    "database",
    "database_url",
    "new_database",
    "postgres_url",
    "server_folder",
]
