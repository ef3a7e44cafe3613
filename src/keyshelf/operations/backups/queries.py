"""Statements on a database that a backup is to be loaded into."""

from collections.abc import Mapping
from datetime import timedelta
from typing import LiteralString

from keyshelf.database.transactions import ReadTransaction

KEPT: Mapping[str, LiteralString] = {
    "files": "SELECT count(*) FROM files",
    "user_file_state": "SELECT count(*) FROM user_file_state",
    "uploads": "SELECT count(*) FROM uploads WHERE state = 'pending'",
    "jobs": "SELECT count(*) FROM jobs WHERE state NOT IN ('succeeded', 'failed', 'cancelled')",
    "api_tokens": "SELECT count(*) FROM api_tokens",
    "repositories": "SELECT count(*) FROM repositories",
    "media_assets": "SELECT count(*) FROM media_assets",
    "media_renditions": "SELECT count(*) FROM media_renditions",
    "media_encodes": "SELECT count(*) FROM media_encodes",
    "content_keys": "SELECT count(*) FROM content_keys",
    "webhooks": "SELECT count(*) FROM webhooks WHERE state IN ('waiting', 'pending')",
}
"""Tables whose rows nothing makes again by itself, and how many it would hurt to lose."""

NOT_MISSED = frozenset(
    {
        *("idempotency_keys", "sessions", "zip_selections"),
        *("image_cache_entries", "media_removals", "media_stages", "released_content"),
        *("object_deletions", "repository_deletions", "repository_reservations"),
        *("repository_marks", "repository_collections", "repository_pushes"),
        *("repository_refs", "repository_commits", "repository_chunks"),
        *("repository_stats", "storage_snapshots", "request_snapshots"),
        *("reconciliations", "reconciliation_findings", "replica_states", "replica_failures"),
        *("store_requests", "store_traffic", "periodic_tasks", "job_log"),
        *("schema_migrations", "secret_fingerprints", "present_kek"),
    }
)
"""Tables that a service fills by itself, or that hold nothing without the rows of `KEPT`."""


async def kept(tx: ReadTransaction) -> Mapping[str, int]:
    """Return how many rows of which tables would be missed; tables of others count as one."""
    found = await tx.all("SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'")
    there = {row["tablename"] for row in found}
    numbers: dict[str, int] = {
        table: await tx.value(count) for table, count in KEPT.items() if table in there
    }
    others = there - KEPT.keys() - NOT_MISSED
    return {name: rows for name, rows in numbers.items() if rows} | dict.fromkeys(others, 1)


async def others_connected(tx: ReadTransaction, application: str) -> int:
    """Return how many other sessions in this database have given that name.

    It is shown to every account. Where a pooler lends out its sessions, they have the name of
    whoever used them last, and who is idle has none.
    """
    number: int = await tx.value(
        """
        SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()
            AND application_name = %(application)s
        """,
        {"application": application},
    )
    return number


async def has_worked_since(tx: ReadTransaction, age: timedelta) -> bool:
    """Say whether a worker has begun one of its tasks in so long a time."""
    if await tx.value("SELECT to_regclass('public.periodic_tasks')") is None:
        return False
    has_begun: bool = await tx.value(
        "SELECT EXISTS (SELECT FROM periodic_tasks WHERE started_at > now() - %(age)s)",
        {"age": age},
    )
    return has_begun
