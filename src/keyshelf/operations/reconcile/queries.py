"""Statements on reconciliations and what they found."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from keyshelf.database.transactions import ReadTransaction, Row, Transaction
from keyshelf.layout.keys import ObjectKey
from keyshelf.operations.reconcile.values import Counts, Finding, Kind, Report

_COUNTS = (
    "objects",
    "bytes",
    "rows",
    "orphans",
    "orphan_bytes",
    "missing",
    "wrong_sizes",
    "young",
    "repaired",
)


async def try_lock(tx: Transaction, store: str) -> bool:
    """Take the one right to compare a store until the transaction ends; says whether it was free."""
    # The transaction only holds the lock, however long the work takes.
    await tx.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
    taken: bool = await tx.value(
        "SELECT pg_try_advisory_xact_lock(hashtextextended(%(what)s, 0))",
        {"what": f"keyshelf.reconcile:{store}"},
    )
    return taken


async def confirm_lock(tx: Transaction) -> None:
    """Raise `DatabaseUnavailableError` when the connection that holds the lock is gone."""
    await tx.value("SELECT 1")


async def unfinished(tx: ReadTransaction, store: str) -> Report | None:
    """Return the reconciliation of a store that has not finished."""
    row = await tx.one(
        "SELECT * FROM reconciliations WHERE store = %(store)s AND finished_at IS NULL",
        {"store": store},
    )
    return _report(row) if row else None


async def begin(tx: Transaction, report: Report, *, keeping: int) -> None:
    """Note that a reconciliation begins, and forget all of its store but the last ones."""
    told = {
        "id": report.id,
        "store": report.store,
        "repairs": report.repairs,
        "started": report.started_at,
        "keeping": keeping,
    }
    await tx.execute(
        """
        DELETE FROM reconciliations WHERE store = %(store)s AND (
            finished_at IS NULL OR id NOT IN (
                SELECT id FROM reconciliations WHERE store = %(store)s
                ORDER BY started_at DESC LIMIT %(keeping)s
            )
        )
        """,
        told,
    )
    await tx.execute(
        """
        INSERT INTO reconciliations (id, store, repairs, started_at)
        VALUES (%(id)s, %(store)s, %(repairs)s, %(started)s)
        """,
        told,
    )


async def note(tx: Transaction, report_id: UUID, *, compared_to: str, counts: Counts) -> None:
    """Note how far a reconciliation has come."""
    await tx.execute(
        """
        UPDATE reconciliations SET compared_to = %(to)s, objects = %(objects)s, bytes = %(bytes)s,
            rows = %(rows)s, orphans = %(orphans)s, orphan_bytes = %(orphan_bytes)s,
            missing = %(missing)s, wrong_sizes = %(wrong_sizes)s, young = %(young)s,
            repaired = %(repaired)s
        WHERE id = %(id)s
        """,
        {"id": report_id, "to": compared_to, **asdict(counts)},
    )


async def add_findings(tx: Transaction, report_id: UUID, findings: Sequence[Finding]) -> None:
    """Keep findings; one of the same key takes the place of what was found before."""
    told = [
        {
            "kind": each.kind,
            "key": each.key,
            "size": each.size,
            "expected": each.expected,
            "repair": each.repair,
        }
        for each in findings
    ]
    await tx.execute(
        """
        INSERT INTO reconciliation_findings (reconciliation, kind, key, size, expected, repair)
        SELECT %(id)s, kind, key, size, expected, repair FROM json_to_recordset(%(found)s::json)
            AS f (kind text, key text, size bigint, expected bigint, repair text)
        ON CONFLICT (reconciliation, key) DO UPDATE SET kind = excluded.kind, size = excluded.size,
            expected = excluded.expected, repair = excluded.repair
        """,
        {"id": report_id, "found": json.dumps(told)},
    )


async def count_findings(tx: ReadTransaction, report_id: UUID) -> int:
    """Return how many findings of a reconciliation are kept."""
    count: int = await tx.value(
        "SELECT count(*) FROM reconciliation_findings WHERE reconciliation = %(id)s",
        {"id": report_id},
    )
    return count


async def findings(
    tx: ReadTransaction, report_id: UUID, *, limit: int, after: str = ""
) -> list[Finding]:
    """Return the first findings of a reconciliation after a key, by key."""
    rows = await tx.all(
        """
        SELECT kind, key, size, expected, repair FROM reconciliation_findings
        WHERE reconciliation = %(id)s AND key > %(after)s ORDER BY key LIMIT %(limit)s
        """,
        {"id": report_id, "limit": limit, "after": after},
    )
    return [
        Finding(
            Kind(row["kind"]), ObjectKey(row["key"]), row["size"], row["expected"], row["repair"]
        )
        for row in rows
    ]


async def forget_findings(tx: Transaction, report_id: UUID, *, keeping: int) -> None:
    """Forget all findings of a reconciliation but the first ones, by key."""
    await tx.execute(
        """
        DELETE FROM reconciliation_findings WHERE reconciliation = %(id)s AND key >= (
            SELECT key FROM reconciliation_findings WHERE reconciliation = %(id)s
            ORDER BY key OFFSET %(keeping)s LIMIT 1
        )
        """,
        {"id": report_id, "keeping": keeping},
    )


async def finish(tx: Transaction, report_id: UUID, *, at: datetime) -> None:
    """Note that a reconciliation has compared everything."""
    await tx.execute(
        "UPDATE reconciliations SET finished_at = %(at)s WHERE id = %(id)s",
        {"id": report_id, "at": at},
    )


async def find(tx: ReadTransaction, report_id: UUID) -> Report | None:
    """Return a reconciliation without its findings."""
    row = await tx.one("SELECT * FROM reconciliations WHERE id = %(id)s", {"id": report_id})
    return _report(row) if row else None


async def newest(tx: ReadTransaction) -> list[Report]:
    """Return all reconciliations that are kept, the newest first, without their findings."""
    sql: LiteralString = "SELECT * FROM reconciliations ORDER BY started_at DESC, store"
    return [_report(row) for row in await tx.all(sql)]


def _report(row: Row) -> Report:
    counts = Counts(**{name: row[name] for name in _COUNTS})
    return Report(
        row["id"],
        row["store"],
        row["repairs"],
        row["started_at"],
        row["finished_at"],
        row["compared_to"],
        counts,
    )
