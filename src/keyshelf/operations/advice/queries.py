"""The statement that the figures come from."""

from keyshelf.database.transactions import ReadTransaction
from keyshelf.operations.advice.values import Usage


async def usages(tx: ReadTransaction) -> list[Usage]:
    """Return how each store is used: what it held on the last day that was written down.

    What was read is what went through the service, by the days since the first was written down.
    """
    rows = await tx.all(
        """
        WITH days AS (SELECT min(day) AS first, max(day) AS last FROM storage_snapshots)
        SELECT s.store,
               sum(s.bytes)::bigint AS stored_bytes,
               sum(s.objects)::bigint AS objects,
               sum(s.small_bytes)::bigint AS small_bytes,
               count(DISTINCT s.tenant) FILTER (WHERE s.tenant NOT IN ('', 'shared')) AS people,
               max(days.last - days.first) AS days,
               coalesce((
                   SELECT sum(t.bytes) FROM store_traffic t
                   WHERE t.store = s.store AND t.direction = 'out'
               ), 0)::bigint AS read_bytes,
               coalesce((
                   SELECT sum(r.requests) FROM store_requests r
                   WHERE r.store = s.store AND r.operation = 'get'
               ), 0)::bigint AS reads
        FROM storage_snapshots s JOIN days ON s.day = days.last
        GROUP BY s.store
        """
    )
    return [
        Usage(
            row["store"],
            stored_bytes=row["stored_bytes"],
            objects=row["objects"],
            small_bytes=row["small_bytes"],
            people=row["people"],
            days=row["days"],
            read_bytes=row["read_bytes"],
            reads=row["reads"],
        )
        for row in rows
    ]
