"""The schema's steps: numbered SQL files, each applied once, forward only."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from keyshelf import telemetry
from keyshelf.database.pool import Database
from keyshelf.database.transactions import Transaction
from keyshelf.errors import Error, IntegrityError, UnavailableError

_log = telemetry.get_logger(__name__)

_FILE_NAME = re.compile(r"(\d{4})_([a-z0-9_]+)\.sql")
_LOCK = 0x6B657973686C6600  # "keyshlf": any number that no other program here uses

_CREATE_LOG = """
CREATE TABLE IF NOT EXISTS schema_migrations (
    number integer PRIMARY KEY,
    name text NOT NULL,
    checksum text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
)
"""


class EditedMigrationError(IntegrityError):
    """A migration that was applied has since been edited. Restore it; add a new one."""

    code = "migration-edited"


class UnknownMigrationError(IntegrityError):
    """The database is ahead of this program. Install a newer Keyshelf."""

    code = "migration-unknown"


class FailedMigrationError(IntegrityError):
    """A migration does not run here. The database is as it was before it."""

    code = "migration-failed"


class MisnamedMigrationError(IntegrityError):
    """Two migrations share a number, or a name is not NNNN_name.sql. Rename it."""

    code = "migration-misnamed"


@dataclass(frozen=True, slots=True)
class Migration:
    """One numbered step of the schema."""

    number: int
    name: str
    sql: bytes

    @property
    def checksum(self) -> str:
        """The SHA-256 of the text, the same for both kinds of line end."""
        return hashlib.sha256(self.sql.replace(b"\r\n", b"\n")).hexdigest()


async def migrate(database: Database, *, folder: Path | None = None) -> Sequence[Migration]:
    """Bring the schema up to date and return what was applied.

    Several processes may do this at once: one applies, the others wait and find
    nothing to do. Each migration is one transaction, so that a crash leaves the
    schema between two of them and the next call goes on there.
    """
    migrations = load(folder)
    if not pending(migrations, await _applied(database)):
        return ()
    done: list[Migration] = []
    while True:
        async with database.transaction() as tx:
            applied = await _apply_next(tx, migrations)
        if applied is None:
            return done
        done.append(applied)
        # A new database is no news; that an old one changed is.
        log = _log.debug if done[0].number == 1 else _log.info
        log("migration applied", number=applied.number, name=applied.name)


async def outstanding(database: Database, *, folder: Path | None = None) -> Sequence[Migration]:
    """Return what `migrate` would apply, changing nothing. Raises as `pending` does."""
    return pending(load(folder), await _applied(database))


def load(folder: Path | None = None) -> Sequence[Migration]:
    """Read the migrations in order; `folder` replaces the ones that Keyshelf ships."""
    source = folder or resources.files("keyshelf.database").joinpath("migrations")
    found: dict[int, Migration] = {}
    for file in source.iterdir():
        if not file.name.endswith(".sql"):
            continue
        name = _FILE_NAME.fullmatch(file.name)
        if name is None or int(name[1]) in found:
            raise MisnamedMigrationError(f"{file.name}: no or no free number", file=file.name)
        found[int(name[1])] = Migration(int(name[1]), name[2], file.read_bytes())
    return [found[number] for number in sorted(found)]


def pending(
    migrations: Sequence[Migration], applied: Mapping[int, str], *, of: str = "the database"
) -> Sequence[Migration]:
    """Return what is still to apply, given the checksums of what was; `of` names where.

    Raises:
        EditedMigrationError: the text of an applied one is another by now.
        UnknownMigrationError: one was applied that is not among `migrations`.
    """
    known = {migration.number: migration for migration in migrations}
    for number, checksum in applied.items():
        if number not in known:
            raise UnknownMigrationError(
                f"{of} has migration {number:04}, which this Keyshelf does not know",
                number=number,
            )
        if known[number].checksum != checksum:
            raise EditedMigrationError(
                f"migration {number:04}_{known[number].name} was edited after it was applied",
                number=number,
            )
    return [migration for migration in migrations if migration.number not in applied]


async def _apply_next(tx: Transaction, migrations: Sequence[Migration]) -> Migration | None:
    await tx.execute("SELECT pg_advisory_xact_lock(%(lock)s)", {"lock": _LOCK})
    await tx.execute("SET LOCAL statement_timeout = 0")
    await tx.execute(_CREATE_LOG)
    todo = pending(migrations, await _checksums(tx))
    if not todo:
        return None
    migration = todo[0]
    try:
        await tx.script(migration.sql)
    except UnavailableError:
        raise
    except Error as error:
        raise FailedMigrationError(
            f"migration {migration.number:04}_{migration.name} does not run: {error.detail}",
            number=migration.number,
        ) from error
    await tx.execute(
        "INSERT INTO schema_migrations (number, name, checksum)"
        " VALUES (%(number)s, %(name)s, %(checksum)s)",
        {"number": migration.number, "name": migration.name, "checksum": migration.checksum},
    )
    return migration


async def _applied(database: Database) -> Mapping[int, str]:
    async with database.transaction() as tx:
        if await tx.value("SELECT to_regclass('schema_migrations') IS NULL"):
            return {}
        return await _checksums(tx)


async def _checksums(tx: Transaction) -> Mapping[int, str]:
    rows = await tx.all("SELECT number, checksum FROM schema_migrations ORDER BY number")
    return {row["number"]: row["checksum"] for row in rows}
