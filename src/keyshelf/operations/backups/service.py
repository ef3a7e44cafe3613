"""Writing the database to an object store, and reading it back."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, aclosing
from dataclasses import dataclass
from datetime import datetime, timedelta

import anyio.to_thread
from backports import zstd

from keyshelf.clock import Clock
from keyshelf.database import migrate
from keyshelf.database.pool import APPLICATION, Database
from keyshelf.errors import ConflictError, IntegrityError, NotFoundError
from keyshelf.layout.backups import (
    BACKUP_PREFIX,
    backup_key,
    backup_name,
    backup_time,
    parse_backup_key,
)
from keyshelf.operations.backups import looking, queries
from keyshelf.store.base import Attributes, Condition, ObjectMeta, ObjectStore, PutOptions

LATEST = "latest"
_LEVEL = 3
_LATELY = timedelta(seconds=30)
"""A worker looks for webhooks every five seconds."""
_OPTIONS = PutOptions(
    attributes=Attributes(content_type="application/zstd"), condition=Condition.CREATE
)

Dumped = Callable[[], AbstractAsyncContextManager[AsyncIterator[bytes]]]


class DatabaseInUseError(ConflictError):
    """The database holds something already: load a backup into an empty one, or --replace."""

    code = "database-in-use"


class DatabaseConnectedError(ConflictError):
    """Something of Keyshelf is connected to the database: stop it, then load the backup."""

    code = "database-connected"


class BackupNotFoundError(NotFoundError):
    """The store has no backup of this name; `keyshelf backup list` shows all."""

    code = "backup-not-found"


class DamagedBackupError(IntegrityError):
    """The bytes of a backup are not those that were written. Use another."""

    code = "damaged-backup"


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup in a store."""

    name: str
    at: datetime
    """When it was begun, as its name says: a copy of it is as old as the backup is."""
    size: int
    """Bytes, compressed."""


async def create(store: ObjectStore, dumped: Dumped, *, clock: Clock) -> Backup:
    """Write a backup, which appears whole or not at all. Raises what dumping and writing raise."""
    key = backup_key(backup_name(clock()))
    async with dumped() as pieces:
        return _backup(await store.put(key, _compressed(pieces), _OPTIONS))


async def find_all(store: ObjectStore) -> Sequence[Backup]:
    """Return all backups in a store, the newest first."""
    found = [
        _backup(each)
        async for page in store.list(BACKUP_PREFIX)
        for each in page.objects
        if parse_backup_key(each.key) is not None
    ]
    return found[::-1]


async def find(store: ObjectStore, name: str) -> Backup:
    """Return a backup by its name, or the newest as `latest`. Raises `BackupNotFoundError`."""
    wanted = None if name == LATEST else backup_key(name)
    for each in await find_all(store):
        if wanted is None or backup_key(each.name) == wanted:
            return each
    raise BackupNotFoundError(f"there is no backup {name} in this store")


async def read(store: ObjectStore, backup: Backup) -> AsyncGenerator[bytes]:
    """Give what a backup holds, as SQL. Raises `DamagedBackupError` after the good part."""
    decompressor = zstd.ZstdDecompressor()
    async with await store.get(backup_key(backup.name)) as reader:
        async for piece in reader:
            try:
                yield await anyio.to_thread.run_sync(decompressor.decompress, piece)
            except (zstd.ZstdError, EOFError) as error:
                raise DamagedBackupError(f"the backup {backup.name} is damaged: {error}") from error
    if not decompressor.eof:
        raise DamagedBackupError(f"the backup {backup.name} is cut short")


async def require_known_schema(store: ObjectStore, backup: Backup) -> None:
    """Raise unless this Keyshelf can go on from a backup's schema; nothing is changed.

    Reads the backup up to where that stands. Raises `UnknownMigrationError` for one of a newer
    Keyshelf, `EditedMigrationError`, and `DamagedBackupError`.
    """
    async with aclosing(read(store, backup)) as pieces:
        applied = await looking.applied_migrations(pieces)
    migrate.pending(migrate.load(), applied, of=f"the backup {backup.name}")


async def require_empty(database: Database) -> None:
    """Raise `DatabaseInUseError` when a database holds what a backup would replace."""
    async with database.read() as tx:
        found = await queries.kept(tx)
    if found:
        told = ", ".join(f"{name} ({rows})" for name, rows in sorted(found.items()))
        raise DatabaseInUseError(
            f"the database holds what a backup would replace, in {told}: say --replace if it shall"
        )


async def require_unused(database: Database) -> None:
    """Raise `DatabaseConnectedError` while anything else of Keyshelf is connected.

    Idle or not. Call it before a second connection of one's own is open. A pooler that lends a
    connection for each transaction hides who is idle: there a worker shows by what it began
    lately, and only a service without one, which nobody uses, does not.
    """
    is_pooled = await database.is_pooled()
    async with database.read() as tx:
        others = await queries.others_connected(tx, APPLICATION)
        is_worked_in = is_pooled and await queries.has_worked_since(tx, _LATELY)
    if others or is_worked_in:
        told = (
            f"connections: {others}" if others else "a worker began a task in the last 30 seconds"
        )
        raise DatabaseConnectedError(
            f"Keyshelf is at work in this database ({told}): stop its service, its workers and its"
            " commands, then load the backup. Connections that a pooler keeps end with RECONNECT in"
            " its console, or after its server_idle_timeout"
        )


async def prune(store: ObjectStore, *, kept: timedelta, clock: Clock) -> Sequence[Backup]:
    """Delete backups that are older, but never the newest; returns them."""
    old = [each for each in (await find_all(store))[1:] if each.at < clock() - kept]
    results = await store.delete_many([backup_key(each.name) for each in old])
    gone = {each.key for each in results if each.error is None}
    return [each for each in old if backup_key(each.name) in gone]


def _backup(meta: ObjectMeta) -> Backup:
    name = parse_backup_key(meta.key) or meta.key
    return Backup(name, backup_time(name) or meta.modified_at, meta.size)


async def _compressed(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    options: dict[int, int] = {
        zstd.CompressionParameter.compression_level: _LEVEL,
        zstd.CompressionParameter.checksum_flag: 1,
    }
    compressor = zstd.ZstdCompressor(options=options)
    async for piece in pieces:
        if made := await anyio.to_thread.run_sync(compressor.compress, piece):
            yield made
    yield compressor.flush()
