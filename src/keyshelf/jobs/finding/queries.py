"""The SQL of lists of jobs."""

from collections.abc import Sequence

from keyshelf.database.transactions import ReadTransaction
from keyshelf.jobs.queries import from_row
from keyshelf.jobs.values import Job, JobPosition, JobState


async def newest(
    tx: ReadTransaction,
    *,
    owner_id: str | None,
    state: JobState | None,
    kind: str | None,
    media_hash: str | None,
    background: bool,
    after: JobPosition | None,
    limit: int,
) -> list[Job]:
    """Return jobs, newest first, after a position; None does not filter."""
    rows = await tx.all(
        """
        SELECT * FROM jobs
        WHERE (%(owner_id)s::text IS NULL OR owner_id = %(owner_id)s)
          AND (%(state)s::text IS NULL OR state = %(state)s)
          AND (%(kind)s::text IS NULL OR kind = %(kind)s)
          AND (%(hash)s::text IS NULL OR (payload ? 'hash' AND payload ->> 'hash' = %(hash)s))
          AND (%(background)s OR NOT payload ? 'background' OR state = 'failed')
          AND (%(created_at)s::timestamptz IS NULL OR (created_at, id) < (%(created_at)s, %(id)s::uuid))
        ORDER BY created_at DESC, id DESC
        LIMIT %(limit)s
        """,
        {
            "owner_id": owner_id,
            "state": state,
            "kind": kind,
            "hash": media_hash,
            "background": background,
            "created_at": after and after.created_at,
            "id": after and after.id,
            "limit": limit,
        },
    )
    return [from_row(row) for row in rows]


async def of_hash(tx: ReadTransaction, media_hash: str) -> list[Job]:
    """Return every job that is about a hash."""
    rows = await tx.all(
        "SELECT * FROM jobs WHERE payload ? 'hash' AND payload ->> 'hash' = %(hash)s ORDER BY created_at, id",
        {"hash": media_hash},
    )
    return [from_row(row) for row in rows]


async def of_fingerprint(tx: ReadTransaction, fingerprint: str) -> Job | None:
    """Return the newest job with a fingerprint that is alive, paused or not, or succeeded."""
    row = await tx.one(
        """
        SELECT * FROM jobs WHERE payload ? 'fingerprint' AND payload ->> 'fingerprint' = %(fingerprint)s
          AND state IN ('queued', 'running', 'paused', 'succeeded')
        ORDER BY created_at DESC, id DESC LIMIT 1
        """,
        {"fingerprint": fingerprint},
    )
    return None if row is None else from_row(row)


async def newest_of_repositories(
    tx: ReadTransaction, kind: str, repositories: Sequence[str], *, state: JobState | None
) -> list[Job]:
    """Return the newest job of a kind for each of some repositories."""
    rows = await tx.all(
        """
        SELECT DISTINCT ON (payload ->> 'repository') * FROM jobs
        WHERE kind = %(kind)s AND payload ? 'repository' AND payload ->> 'repository' = ANY(%(repositories)s)
          AND (%(state)s::text IS NULL OR state = %(state)s)
        ORDER BY payload ->> 'repository', created_at DESC, id DESC
        """,
        {"kind": kind, "repositories": list(repositories), "state": state},
    )
    return [from_row(row) for row in rows]
