"""Statements on how far replicas are behind."""

from dataclasses import asdict

from keyshelf.database.transactions import ReadTransaction, Transaction
from keyshelf.operations.replicas.values import ReplicaFailure, ReplicaState


async def note(tx: Transaction, state: ReplicaState) -> None:
    """Remember how far a replica is behind, unless that is known of a later time."""
    await tx.execute(
        """
        INSERT INTO replica_states AS s (
            replica, region, compared_at, objects, bytes, missing, missing_bytes, older,
            different, extra, extra_bytes, incomplete, lag
        ) VALUES (
            %(replica)s, %(region)s, %(compared_at)s, %(objects)s, %(bytes)s, %(missing)s,
            %(missing_bytes)s, %(older)s, %(different)s, %(extra)s, %(extra_bytes)s,
            %(incomplete)s, %(lag)s
        ) ON CONFLICT (replica) DO UPDATE SET
            region = excluded.region, compared_at = excluded.compared_at,
            objects = excluded.objects, bytes = excluded.bytes, missing = excluded.missing,
            missing_bytes = excluded.missing_bytes, older = excluded.older,
            different = excluded.different, extra = excluded.extra,
            extra_bytes = excluded.extra_bytes, incomplete = excluded.incomplete,
            lag = excluded.lag
        WHERE s.compared_at < excluded.compared_at
        """,
        asdict(state),
    )


async def note_failure(tx: Transaction, failure: ReplicaFailure) -> None:
    """Remember that a replica could not be compared, unless that is known of a later time."""
    await tx.execute(
        """
        INSERT INTO replica_failures AS f (replica, failed_at, detail)
        VALUES (%(replica)s, %(failed_at)s, %(detail)s)
        ON CONFLICT (replica) DO UPDATE
            SET failed_at = excluded.failed_at, detail = excluded.detail
            WHERE f.failed_at < excluded.failed_at
        """,
        asdict(failure),
    )


async def forget_failure(tx: Transaction, replica: str) -> None:
    """Forget that a replica could not be compared."""
    await tx.execute("DELETE FROM replica_failures WHERE replica = %(r)s", {"r": replica})


async def failures(tx: ReadTransaction) -> list[ReplicaFailure]:
    """Return which replicas could not be compared when that was tried last, by id."""
    rows = await tx.all("SELECT replica, failed_at, detail FROM replica_failures ORDER BY replica")
    return [ReplicaFailure(row["replica"], row["failed_at"], row["detail"]) for row in rows]


async def states(tx: ReadTransaction) -> list[ReplicaState]:
    """Return how far each replica was behind when it was last compared, by id."""
    rows = await tx.all(
        """
        SELECT replica, region, compared_at, objects, bytes, missing, missing_bytes, older,
            different, extra, extra_bytes, incomplete, lag
        FROM replica_states ORDER BY replica
        """
    )
    return [
        ReplicaState(
            replica=row["replica"],
            region=row["region"],
            compared_at=row["compared_at"],
            objects=row["objects"],
            bytes=row["bytes"],
            missing=row["missing"],
            missing_bytes=row["missing_bytes"],
            older=row["older"],
            different=row["different"],
            extra=row["extra"],
            extra_bytes=row["extra_bytes"],
            incomplete=row["incomplete"],
            lag=row["lag"],
        )
        for row in rows
    ]
