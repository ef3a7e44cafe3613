"""What must be so before a backup is loaded over a database."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import LiteralString

import pytest

from keyshelf import settings
from keyshelf.app import backups
from keyshelf.database.migrate import UnknownMigrationError
from keyshelf.database.pool import Database, DatabaseOptions
from keyshelf.operations.backups import looking, queries, service
from keyshelf.operations.backups.service import DatabaseConnectedError, DatabaseInUseError
from keyshelf.settings import Settings

pytestmark = pytest.mark.anyio

FILE = "INSERT INTO files (s3_key, filename, owner_id) VALUES ('anna/my-files/a', 'a', 'anna')"
TOKEN = """
    INSERT INTO api_tokens
        (id, token_digest, owner_id, owner_name, name, scopes, created_at, expires_at)
    VALUES (gen_random_uuid(), decode(repeat('00', 32), 'hex'), 'anna', 'Anna', 'player',
        ARRAY['drive:read'], now(), now() + interval '1 day')
"""
JOB = """
    INSERT INTO jobs (id, kind, queue, owner_id, payload, max_attempts, lease)
    VALUES (gen_random_uuid(), 'move', 'small', 'anna', '{}', 3, '1 minute')
"""
ASSET = "INSERT INTO media_assets (hash, owner_id, source_key) VALUES ('abc', 'anna', 'a')"

CONDEMNED = """
    INSERT INTO repositories (number, id, owner_id, name, created_at, min_chunk, average_chunk,
        max_chunk, level, generation)
    OVERRIDING SYSTEM VALUE
    VALUES (1, gen_random_uuid(), 'anna', 'film', now(), 1024, 2048, 4096, 3, 1);
    INSERT INTO repository_commits (repository, hash, parents, generation, files, bytes,
        written_at, condemned_at, condemned_epoch)
    VALUES (1, decode(repeat('01', 32), 'hex'), '{}', 1, 1, 1, now(), now(), 1);
    INSERT INTO repository_chunks (repository, id, size, stored_size, condemned_at,
        condemned_epoch)
    VALUES (1, decode(repeat('02', 32), 'hex'), 1, 1, now(), 1);
    INSERT INTO repository_pushes (id, repository, identity_id, nonce, epoch, started_at,
        expires_at)
    VALUES (gen_random_uuid(), 1, 'anna', decode(repeat('03', 32), 'hex'), 1, now(), now());
    INSERT INTO repository_reservations (id, repository, push, keys, reserved_at)
    VALUES (gen_random_uuid(), 1, gen_random_uuid(), '{a}', now());
    INSERT INTO repository_deletions (key, noted_at) VALUES ('a', now())
"""
TO_BE_DELETED: tuple[LiteralString, ...] = (
    "SELECT count(*) FROM repository_deletions",
    "SELECT count(*) FROM repository_reservations",
    "SELECT count(*) FROM repository_pushes",
    "SELECT count(*) FROM repository_chunks WHERE condemned_at IS NOT NULL",
    "SELECT count(*) FROM repository_commits WHERE condemned_at IS NOT NULL",
)


@pytest.fixture
def given(database_url: str, tmp_path: Path) -> Settings:
    """The settings of a machine whose stores are folders."""
    return settings.load(
        {"HOME": str(tmp_path), "KEYSHELF_DATA": str(tmp_path), "DATABASE_URL": database_url}
    )


async def tell(url: str, statement: str) -> None:
    """Change something, and let go of the database."""
    opened = await Database.open(DatabaseOptions(url=url))
    async with opened as database, database.transaction() as tx:
        await tx.script(statement.encode())


async def files_in(url: str) -> int:
    async with await Database.open(DatabaseOptions(url=url)) as database, database.read() as tx:
        return int(await tx.value("SELECT count(*) FROM files"))


async def test_a_service_that_is_idle_is_noticed(given: Settings, database_url: str) -> None:
    await backups.create(given)
    await tell(database_url, FILE)
    async with await Database.open(DatabaseOptions(url=database_url)):
        with pytest.raises(DatabaseConnectedError, match="stop its service"):
            await backups.restore(given, "latest", replace=True)
    assert await files_in(database_url) == 1

    await backups.restore(given, "latest", replace=True)

    assert await files_in(database_url) == 0


class Pooled(Database):
    """A database that a pooler of transactions stands before, which shows no idle sessions."""

    async def is_pooled(self) -> bool:
        return True


async def test_behind_a_pooler_a_worker_shows_by_what_it_does(database_url: str) -> None:
    begun = "INSERT INTO periodic_tasks (name, started_at) VALUES ('media-webhooks', {})"
    await tell(database_url, begun.format("now() - interval '2 minutes'"))
    async with await Pooled.open(DatabaseOptions(url=database_url)) as pooled:
        await service.require_unused(pooled)
        async with pooled.transaction() as tx:
            await tx.execute("UPDATE periodic_tasks SET started_at = now()")

        with pytest.raises(DatabaseConnectedError, match="began a task"):
            await service.require_unused(pooled)

    async with await Database.open(DatabaseOptions(url=database_url)) as direct:
        assert not await direct.is_pooled()
        await service.require_unused(direct)


async def test_a_backup_of_a_newer_schema_is_not_loaded(given: Settings, database_url: str) -> None:
    future = "INSERT INTO schema_migrations (number, name, checksum) VALUES (9999, 'x', 'y')"
    await tell(database_url, future)
    made = await backups.create(given)
    await tell(database_url, f"DELETE FROM schema_migrations WHERE number = 9999; {FILE}")

    with pytest.raises(UnknownMigrationError, match=f"the backup {made.name} has migration 9999"):
        await backups.restore(given, "latest", replace=True)

    assert await files_in(database_url) == 1


@pytest.mark.parametrize(
    ("statement", "told"),
    [(FILE, "files"), (TOKEN, "api_tokens"), (JOB, "jobs"), (ASSET, "media_assets")],
    ids=["file", "token", "job", "media"],
)
async def test_what_would_be_missed_is_not_replaced(
    given: Settings, database_url: str, statement: str, told: str
) -> None:
    await backups.create(given)
    await tell(database_url, statement)

    with pytest.raises(DatabaseInUseError, match=rf"{told} \(1\): say --replace"):
        await backups.restore(given, "latest")


async def test_what_was_to_be_deleted_then_is_not_deleted_now(
    given: Settings, database_url: str
) -> None:
    await tell(database_url, CONDEMNED)
    await backups.create(given)

    await backups.restore(given, "latest", replace=True)

    opened = await Database.open(DatabaseOptions(url=database_url))
    async with opened as database, database.read() as tx:
        left = [await tx.value(count) for count in TO_BE_DELETED]
        held = await tx.value("SELECT count(*) FROM repository_chunks")
    assert (left, held) == ([0] * len(TO_BE_DELETED), 1)


async def test_every_table_is_missed_or_not(database: Database) -> None:
    async with database.read() as tx:
        rows = await tx.all("SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'")

    assert {row["tablename"] for row in rows} == queries.KEPT.keys() | queries.NOT_MISSED


async def test_what_people_wrote_is_not_taken_for_the_schema() -> None:
    async def dump() -> AsyncIterator[bytes]:
        yield b"COPY public.files (filename) FROM stdin;\nCOPY public.schema_migrations (x);\n"
        yield b"7\tx\ty\tz\n\\.\nCOPY public.schema_migrations (number, name, checksum, ap"
        yield b"plied_at) FROM stdin;\n1\tdrive\tabc\tnow\n\\.\n"

    assert await looking.applied_migrations(dump()) == {1: "abc"}
