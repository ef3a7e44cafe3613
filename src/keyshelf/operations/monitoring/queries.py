"""Statements on what is told to a monitor."""

from keyshelf.database.transactions import ReadTransaction
from keyshelf.operations.monitoring.values import Kept


async def kept(tx: ReadTransaction) -> Kept:
    """Return what repositories hold and what waits to be deleted, from their rows."""
    row = await tx.one(
        """
        SELECT count(*) AS repositories, coalesce(sum(chunk_bytes), 0)::bigint AS chunk_bytes,
            coalesce(sum(stored_bytes), 0)::bigint AS stored_bytes,
            -- What commits say of themselves adds up to more than a number holds if they lie.
            (SELECT least(coalesce(sum(bytes), 0), 9223372036854775807)::bigint
             FROM repository_commits WHERE condemned_at IS NULL) AS logical_bytes,
            (SELECT count(*) FROM repository_chunks WHERE condemned_at IS NOT NULL) AS condemned,
            (SELECT count(*) FROM repository_deletions) AS deletions,
            (SELECT count(*) FROM object_deletions) AS drive_deletions
        FROM repositories
        """
    )
    tasks = await tx.all("SELECT name, started_at FROM periodic_tasks ORDER BY name")
    if row is None:
        return Kept()
    return Kept(
        repositories=row["repositories"],
        logical_bytes=row["logical_bytes"],
        chunk_bytes=row["chunk_bytes"],
        stored_bytes=row["stored_bytes"],
        condemned_chunks=row["condemned"],
        waiting_deletions=row["deletions"] + row["drive_deletions"],
        tasks={each["name"]: each["started_at"] for each in tasks},
    )
