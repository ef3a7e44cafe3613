"""Statements on what is stored: counting it in the rows of every part, and the days kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import LiteralString
from uuid import UUID

from keyshelf.database.transactions import ReadTransaction, Row, Transaction
from keyshelf.operations.classes import StorageClass
from keyshelf.operations.stats.values import (
    MEDIA,
    SMALL,
    SOURCE,
    Amount,
    AskedOf,
    DailyCost,
    Kind,
    RepositoryStats,
    Stored,
)

_AMOUNT: LiteralString = """
    count(*) AS objects, coalesce(sum(bytes), 0)::bigint AS bytes,
    count(*) FILTER (WHERE bytes < %(small)s) AS small_objects,
    coalesce(sum(bytes) FILTER (WHERE bytes < %(small)s), 0)::bigint AS small_bytes
"""
_STREAM_OBJECT = 2**20
"""Of streams only the sum is known: their segments are of about this size."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryRow:
    """What the row of a repository says of its chunks, and how many commits there are."""

    number: int
    id: UUID
    name: str
    tenant: str
    commits: int
    logical_bytes: int
    manifests: int
    """Commits, the condemned ones included: each has an object."""
    chunks: int
    chunk_bytes: int
    stored_bytes: int


@dataclass(frozen=True, slots=True)
class Sampled:
    """Chunks of a repository, some or all; each counts as its share among who has it."""

    rows: int
    bytes: int
    shared_rows: float
    shared_bytes: float
    small_rows: float
    """Of the shares, the small ones."""
    small_bytes: float


async def files(tx: ReadTransaction) -> list[Stored]:
    """Count the files of the drives and what is in their trashes; markers of folders too."""
    sql: LiteralString = f"""
        SELECT owner_id AS tenant, kind, false AS is_estimate, {_AMOUNT}
        FROM (
            SELECT owner_id, CASE WHEN is_folder THEN 0 ELSE size END AS bytes,
                CASE WHEN deleted_at IS NULL THEN 'file' ELSE 'trash' END AS kind
            FROM files WHERE state = 'ready'
        ) AS f
        GROUP BY owner_id, kind ORDER BY owner_id, kind
    """
    return [_stored(SOURCE, row) for row in await tx.all(sql, {"small": SMALL})]


async def renditions(tx: ReadTransaction) -> list[Stored]:
    """Count what was made of media. A stream counts as objects of about a mebibyte."""
    rows = await tx.all(
        """
        SELECT tenant, kind, bool_or(is_stream) AS is_estimate,
            sum(objects)::bigint AS objects, sum(size)::bigint AS bytes,
            count(*) FILTER (WHERE size < %(small)s) AS small_objects,
            coalesce(sum(size) FILTER (WHERE size < %(small)s), 0)::bigint AS small_bytes
        FROM (
            SELECT coalesce(a.owner_id, '') AS tenant, r.size, r.kind = 'stream' AS is_stream,
                CASE split_part(r.key, '/', 1)
                    WHEN 'images' THEN 'image' WHEN 'videos' THEN 'video' ELSE 'audio' END AS kind,
                CASE WHEN r.kind = 'stream' THEN r.size / %(segment)s + 1 ELSE 1 END AS objects
            FROM media_renditions r LEFT JOIN media_assets a USING (hash)
        ) AS m
        GROUP BY tenant, kind ORDER BY tenant, kind
        """,
        {"small": SMALL, "segment": _STREAM_OBJECT},
    )
    return [_stored(MEDIA, row) for row in rows]


async def cached_pictures(tx: ReadTransaction) -> list[Stored]:
    """Count pictures that were made when they were asked for."""
    sql: LiteralString = f"""
        SELECT '' AS tenant, 'cache' AS kind, false AS is_estimate, {_AMOUNT}
        FROM (SELECT size AS bytes FROM image_cache_entries) AS c
        HAVING count(*) > 0
    """
    return [_stored(MEDIA, row) for row in await tx.all(sql, {"small": SMALL})]


async def repositories(tx: ReadTransaction) -> list[RepositoryRow]:
    """Return what every repository's own row says, in the order of their making."""
    rows = await tx.all(
        """
        SELECT r.number, r.id, r.name, r.owner_id, r.chunks, r.chunk_bytes, r.stored_bytes,
            count(c.hash) AS manifests,
            count(c.hash) FILTER (WHERE c.condemned_at IS NULL) AS commits,
            -- What commits say of themselves adds up to more than a number holds if they lie.
            least(coalesce(sum(c.bytes) FILTER (WHERE c.condemned_at IS NULL), 0),
                9223372036854775807)::bigint AS logical_bytes
        FROM repositories r LEFT JOIN repository_commits c ON c.repository = r.number
        GROUP BY r.number ORDER BY r.number
        """
    )
    return [
        RepositoryRow(
            number=row["number"],
            id=row["id"],
            name=row["name"],
            tenant=row["owner_id"],
            commits=row["commits"],
            logical_bytes=row["logical_bytes"],
            manifests=row["manifests"],
            chunks=row["chunks"],
            chunk_bytes=row["chunk_bytes"],
            stored_bytes=row["stored_bytes"],
        )
        for row in rows
    ]


async def sampled_chunks(tx: ReadTransaction, below: bytes) -> dict[int, Sampled]:
    """Count the chunks of each repository whose ids are below some bytes.

    Ids are hashes: those below a bound are a fair sample, and the index of ids finds them.
    """
    rows = await tx.all(
        """
        SELECT repository, count(*) AS rows, sum(size)::bigint AS bytes,
            sum(share) AS shared_rows, sum(size * share) AS shared_bytes,
            coalesce(sum(share) FILTER (WHERE size < %(small)s), 0) AS small_rows,
            coalesce(sum(size * share) FILTER (WHERE size < %(small)s), 0) AS small_bytes
        FROM (
            SELECT repository, stored_size AS size,
                1.0::float8 / count(*) OVER (PARTITION BY id) AS share
            FROM repository_chunks WHERE id < %(below)s
        ) AS c
        GROUP BY repository
        """,
        {"below": below, "small": SMALL},
    )
    return {
        row["repository"]: Sampled(
            row["rows"],
            row["bytes"],
            row["shared_rows"],
            row["shared_bytes"],
            row["small_rows"],
            row["small_bytes"],
        )
        for row in rows
    }


async def is_taken(tx: ReadTransaction, day: date) -> bool:
    """Say whether a day was written down."""
    return bool(
        await tx.value(
            "SELECT EXISTS (SELECT FROM storage_snapshots WHERE day = %(day)s)"
            " OR EXISTS (SELECT FROM repository_stats WHERE day = %(day)s)",
            {"day": day},
        )
    )


async def forget(tx: Transaction, day: date) -> None:
    """Remove what was written down of a day."""
    await tx.execute("DELETE FROM storage_snapshots WHERE day = %(day)s", {"day": day})
    await tx.execute("DELETE FROM repository_stats WHERE day = %(day)s", {"day": day})
    await tx.execute("DELETE FROM request_snapshots WHERE day = %(day)s", {"day": day})


async def add_stored(tx: Transaction, at: datetime, stored: Sequence[Stored]) -> None:
    """Write down what was stored on the day of `at`; what another has just written is replaced."""
    for each in stored:
        await tx.execute(
            """
            INSERT INTO storage_snapshots (day, calculated_at, store, kind, storage_class, tenant,
                objects, bytes, small_objects, small_bytes, is_estimate)
            VALUES (%(day)s, %(at)s, %(store)s, %(kind)s, %(class)s, %(tenant)s,
                %(objects)s, %(bytes)s, %(small_objects)s, %(small_bytes)s, %(is_estimate)s)
            ON CONFLICT (day, store, kind, storage_class, tenant) DO UPDATE SET
                calculated_at = excluded.calculated_at, objects = excluded.objects,
                bytes = excluded.bytes, small_objects = excluded.small_objects,
                small_bytes = excluded.small_bytes, is_estimate = excluded.is_estimate
            """,
            {
                "day": at.date(),
                "at": at,
                "store": each.store,
                "kind": each.kind.value,
                "class": each.storage_class.value,
                "tenant": each.tenant,
                "objects": each.amount.objects,
                "bytes": each.amount.bytes,
                "small_objects": each.amount.small_objects,
                "small_bytes": each.amount.small_bytes,
                "is_estimate": each.is_estimate,
            },
        )


async def add_repositories(tx: Transaction, at: datetime, stats: Sequence[RepositoryStats]) -> None:
    """Write down what repositories held on the day of `at`; as `add_stored`."""
    for each in stats:
        await tx.execute(
            """
            INSERT INTO repository_stats (day, repository, calculated_at, name, owner_id, commits,
                chunks, logical_bytes, chunk_bytes, stored_bytes, storage_bytes)
            VALUES (%(day)s, %(repository)s, %(at)s, %(name)s, %(tenant)s, %(commits)s,
                %(chunks)s, %(logical_bytes)s, %(chunk_bytes)s, %(stored_bytes)s, %(storage_bytes)s)
            ON CONFLICT (day, repository) DO UPDATE SET
                calculated_at = excluded.calculated_at, name = excluded.name,
                owner_id = excluded.owner_id, commits = excluded.commits, chunks = excluded.chunks,
                logical_bytes = excluded.logical_bytes, chunk_bytes = excluded.chunk_bytes,
                stored_bytes = excluded.stored_bytes, storage_bytes = excluded.storage_bytes
            """,
            {
                "day": at.date(),
                "at": at,
                "repository": each.repository,
                "name": each.name,
                "tenant": each.tenant,
                "commits": each.commits,
                "chunks": each.chunks,
                "logical_bytes": each.logical_bytes,
                "chunk_bytes": each.chunk_bytes,
                "stored_bytes": each.stored_bytes,
                "storage_bytes": each.storage_bytes,
            },
        )


async def add_asked(tx: Transaction, at: datetime, asked: Sequence[AskedOf]) -> None:
    """Write down what was asked of stores up to the day of `at`; as `add_stored`."""
    for each in asked:
        await tx.execute(
            """
            INSERT INTO request_snapshots (day, store, calculated_at, writes, reads, lists)
            VALUES (%(day)s, %(store)s, %(at)s, %(writes)s, %(reads)s, %(lists)s)
            ON CONFLICT (day, store) DO UPDATE SET
                calculated_at = excluded.calculated_at, writes = excluded.writes,
                reads = excluded.reads, lists = excluded.lists
            """,
            {
                "day": at.date(),
                "store": each.store,
                "at": at,
                "writes": each.writes,
                "reads": each.reads,
                "lists": each.lists,
            },
        )


async def last_day(tx: ReadTransaction) -> date | None:
    """Return the last day that was written down."""
    found: date | None = await tx.value(
        "SELECT greatest((SELECT max(day) FROM storage_snapshots),"
        " (SELECT max(day) FROM repository_stats))"
    )
    return found


async def times_since(tx: ReadTransaction, first: date) -> dict[date, datetime]:
    """Return when each day from the first that was written down was counted."""
    rows = await tx.all(
        """
        SELECT day, max(calculated_at) AS at FROM (
            SELECT day, calculated_at FROM storage_snapshots WHERE day >= %(first)s
            UNION ALL
            SELECT day, calculated_at FROM repository_stats WHERE day >= %(first)s
        ) AS counted GROUP BY day
        """,
        {"first": first},
    )
    return {row["day"]: row["at"].astimezone(UTC) for row in rows}


async def stored_since(tx: ReadTransaction, first: date) -> list[tuple[date, Stored]]:
    """Return what was stored on each day from the first, by day."""
    rows = await tx.all(
        "SELECT * FROM storage_snapshots WHERE day >= %(first)s"
        " ORDER BY day, store, kind, storage_class, tenant",
        {"first": first},
    )
    return [
        (row["day"], _stored(row["store"], row, StorageClass(row["storage_class"]))) for row in rows
    ]


async def repositories_since(
    tx: ReadTransaction, first: date
) -> list[tuple[date, RepositoryStats]]:
    """Return what each repository held on each day from the first, by day and name."""
    rows = await tx.all(
        "SELECT * FROM repository_stats WHERE day >= %(first)s ORDER BY day, name, repository",
        {"first": first},
    )
    return [(row["day"], _repository(row)) for row in rows]


async def asked_since(tx: ReadTransaction, first: date) -> list[tuple[date, AskedOf]]:
    """Return what was asked of stores up to each day from the first, by day and store."""
    rows = await tx.all(
        "SELECT * FROM request_snapshots WHERE day >= %(first)s ORDER BY day, store",
        {"first": first},
    )
    return [
        (row["day"], AskedOf(row["store"], row["writes"], row["reads"], row["lists"]))
        for row in rows
    ]


async def chunk_bytes_by_day(tx: ReadTransaction) -> list[tuple[date, int]]:
    """Return how many bytes of chunks there were, by day."""
    rows = await tx.all(
        "SELECT day, sum(bytes)::bigint AS bytes FROM storage_snapshots"
        " WHERE kind = 'chunk' GROUP BY day ORDER BY day"
    )
    return [(row["day"], row["bytes"]) for row in rows]


async def daily_cost(
    tx: ReadTransaction, *, price: Decimal, gb_bytes: int, first: date
) -> list[DailyCost]:
    """Return the daily storage cost estimate, the last day first.

    The specification's statement with its factor mended: the price is of a GB, not of a TB,
    and of a month, of which a day is one of as many as the month has.
    """
    rows = await tx.all(
        """
        SELECT
            day AS date,
            SUM(storage_bytes)::bigint AS total_bytes,
            SUM(storage_bytes) / %(gb_bytes)s * %(price)s
                / EXTRACT(DAY FROM date_trunc('month', day) + interval '1 month - 1 day')
                AS estimated_cost_usd
        FROM repository_stats
        WHERE day >= %(first)s
        GROUP BY day
        ORDER BY date DESC
        """,
        {"price": price, "gb_bytes": gb_bytes, "first": first},
    )
    return [
        DailyCost(row["date"], row["total_bytes"], float(row["estimated_cost_usd"])) for row in rows
    ]


def _stored(store: str, row: Row, storage_class: StorageClass = StorageClass.HOT) -> Stored:
    return Stored(
        store=store,
        kind=Kind(row["kind"]),
        storage_class=storage_class,
        tenant=row["tenant"],
        amount=Amount(row["objects"], row["bytes"], row["small_objects"], row["small_bytes"]),
        is_estimate=row["is_estimate"],
    )


def _repository(row: Row) -> RepositoryStats:
    return RepositoryStats(
        repository=row["repository"],
        name=row["name"],
        tenant=row["owner_id"],
        commits=row["commits"],
        chunks=row["chunks"],
        logical_bytes=row["logical_bytes"],
        chunk_bytes=row["chunk_bytes"],
        stored_bytes=row["stored_bytes"],
        storage_bytes=row["storage_bytes"],
    )
