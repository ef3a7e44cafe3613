"""The database: reachable, recent enough, its schema current, its tree sound."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from datetime import timedelta

from keyshelf.app.checks.advice import check_usage
from keyshelf.app.checks.folders import nearest
from keyshelf.app.checks.secrets import check_secrets
from keyshelf.app.checks.values import Check, failed, ok, warning
from keyshelf.database.embedded import EmbeddedPostgres
from keyshelf.database.migrate import outstanding
from keyshelf.database.pool import Database, DatabaseOptions
from keyshelf.drive.soundness.service import look
from keyshelf.drive.soundness.values import FolderInCycle, Sample, WrongSize
from keyshelf.errors import Error
from keyshelf.settings import Settings

_PATIENCE = timedelta(seconds=5)  # somebody waits for the answer
_SAMPLE = Sample(folders=1000, shown=5)
_LOOKED_AT = f"of the folders that changed last, up to {_SAMPLE.folders:,} of them"


async def check_database(settings: Settings) -> AsyncIterator[Check]:
    """Look at the database; an embedded one runs only as long as that takes."""
    async with AsyncExitStack() as opened:
        url = settings.text("DATABASE_URL")
        try:
            if url is None:
                folder = settings.data_folder / "postgres"
                version = folder / "data" / "PG_VERSION"
                if nearest(version) != version:
                    yield ok("database", "embedded, not there yet; `keyshelf up` makes it")
                    return
                url = (await opened.enter_async_context(await EmbeddedPostgres.start(folder))).url
            options = DatabaseOptions(url=url, max_connections=1, connect_timeout=_PATIENCE)
            database = await opened.enter_async_context(await Database.open(options))
            yield await _server(database, embedded=settings.text("DATABASE_URL") is None)
        except Error as error:
            yield failed("database", error.detail, fix=_fix(settings))
            return
        async for check in _schema(settings, database):
            yield check


def _fix(settings: Settings) -> str:
    if settings.text("DATABASE_URL") is None:
        return f"read {settings.data_folder / 'postgres' / 'postgres.log'}"
    return "start PostgreSQL 14 or newer, or mend DATABASE_URL (host, port, account, password)"


async def _server(database: Database, *, embedded: bool) -> Check:
    async with database.read() as tx:
        version = str(await tx.value("SHOW server_version")).split()[0]
    return ok("database", f"{'embedded ' * embedded}PostgreSQL {version}")


async def _schema(settings: Settings, database: Database) -> AsyncIterator[Check]:
    try:
        waiting = await outstanding(database)
    except Error as error:
        fix = "install the newest Keyshelf that ever used this database"
        yield failed("schema", error.detail, fix=fix)
        return
    if waiting:
        fix = "start the service, which applies them"
        yield warning("schema", f"{len(waiting)} migrations are to be applied", fix=fix)
        return
    yield ok("schema", "current")
    async with database.read() as tx:
        for check in await check_secrets(settings, tx):
            yield check
        findings = await look(tx, _SAMPLE)
    yield _tree(findings.cycles)
    yield _sizes(findings.wrong_sizes)
    async for check in check_usage(settings, database):
        yield check


def _tree(cycles: Sequence[FolderInCycle]) -> Check:
    if not cycles:
        return ok("folder tree", "no folder is its own ancestor")
    shown = ", ".join(f"{each.key} ({each.id})" for each in cycles)
    return failed(
        "folder tree",
        f"folders that are their own ancestors: {shown}",
        fix=f"with psql, set files.parent_id of {cycles[0].id} to NULL, then ask again",
    )


def _sizes(wrong: Sequence[WrongSize]) -> Check:
    if not wrong:
        return ok("folder sizes", f"each {_LOOKED_AT}, is the sum of what it holds")
    shown = ", ".join(f"{each.key} says {each.says} and holds {each.holds} bytes" for each in wrong)
    repair = "; ".join(f"SELECT propagate_folder_sizes('{each.id}')" for each in wrong)
    return failed("folder sizes", shown, fix=f"with psql, {repair}")
