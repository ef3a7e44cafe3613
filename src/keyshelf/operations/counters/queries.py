"""Statements on the counters of stores."""

from datetime import datetime

from keyshelf.database.transactions import ReadTransaction, Row, Transaction
from keyshelf.operations.counters.values import BOUNDS, Asked, Counts, Direction, Requests, Way


async def add(tx: Transaction, counts: Counts) -> None:
    """Add to the counters. In one order, so that two who do it at once wait for each other.

    Latencies that were counted by other bounds are forgotten: they cannot be added.
    """
    for asked, each in sorted(counts.requests.items()):
        await tx.execute(
            """
            INSERT INTO store_requests AS s (
                store, region, operation, requests, refused, failed, seconds, buckets
            ) VALUES (
                %(store)s, %(region)s, %(operation)s, %(requests)s, %(refused)s, %(failed)s,
                %(seconds)s, %(buckets)s
            ) ON CONFLICT (store, region, operation) DO UPDATE SET
                requests = s.requests + excluded.requests,
                refused = s.refused + excluded.refused,
                failed = s.failed + excluded.failed,
                seconds = excluded.seconds + CASE
                    WHEN cardinality(s.buckets) = cardinality(excluded.buckets) THEN s.seconds
                    ELSE 0
                END,
                buckets = CASE
                    WHEN cardinality(s.buckets) = cardinality(excluded.buckets) THEN ARRAY(
                        SELECT a + b FROM unnest(s.buckets, excluded.buckets)
                            WITH ORDINALITY AS pairs (a, b, at)
                        ORDER BY at
                    )
                    ELSE excluded.buckets
                END
            """,
            {
                "store": asked.store,
                "region": asked.region,
                "operation": asked.operation,
                "requests": each.count,
                "refused": each.refused,
                "failed": each.failed,
                "seconds": each.seconds,
                "buckets": list(each.buckets),
            },
        )
    for way, count in sorted(counts.bytes.items()):
        await tx.execute(
            """
            INSERT INTO store_traffic AS s (store, region, direction, bytes)
            VALUES (%(store)s, %(region)s, %(direction)s, %(bytes)s)
            ON CONFLICT (store, region, direction) DO UPDATE SET bytes = s.bytes + excluded.bytes
            """,
            {
                "store": way.store,
                "region": way.region,
                "direction": way.direction,
                "bytes": count,
            },
        )


async def read(tx: ReadTransaction) -> Counts:
    """Return the counters; of latencies that were counted by other bounds, none."""
    requests = await tx.all(
        """
        SELECT store, region, operation, requests, refused, failed, seconds, buckets
        FROM store_requests
        """
    )
    traffic = await tx.all("SELECT store, region, direction, bytes FROM store_traffic")
    return Counts(
        {
            Asked(row["store"], row["region"], row["operation"]): Requests(
                row["requests"],
                row["refused"],
                row["failed"],
                *_latencies(row),
            )
            for row in requests
        },
        {
            Way(row["store"], row["region"], _direction(row["direction"])): row["bytes"]
            for row in traffic
        },
    )


async def begun(tx: ReadTransaction) -> datetime:
    """Return since when there are counters: since their tables are there."""
    found: datetime = await tx.value(
        "SELECT applied_at FROM schema_migrations WHERE name = 'counters'"
    )
    return found


def _latencies(row: Row) -> tuple[float, tuple[int, ...]]:
    if len(row["buckets"]) != len(BOUNDS):
        return 0.0, (0,) * len(BOUNDS)
    return row["seconds"], tuple(row["buckets"])


def _direction(text: str) -> Direction:
    return "in" if text == "in" else "out"
