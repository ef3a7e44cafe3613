"""Statements on what a run of the collector has marked, and what it goes by."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import LiteralString
from uuid import UUID

from keyshelf.database.transactions import ReadTransaction, Row, Transaction
from keyshelf.layout.repository import CommitHash
from keyshelf.repositories.catalog.values import RepositoryNumber
from keyshelf.repositories.formats.nodes import NodeKind
from keyshelf.repositories.references import Named

_BEGUN = b"\0"
"""The mark that says that a run's marks are all there: a crash of the server drops the table."""
_NEVER = 2**63 - 1


class Reach(IntEnum):
    """What leads to something that is marked. Marks begin with a byte that says so."""

    REFS = 0x00
    """A branch or tag, by way of commits."""
    ROWS = 0x10
    """Only a commit that is not deleted yet: somebody may still put a tag on it."""


class _Mark(IntEnum):
    CHUNK = 1
    FOLDER = 2
    LIST = 3
    COMMIT = 4


_NODES = {NodeKind.FOLDER: _Mark.FOLDER, NodeKind.LIST: _Mark.LIST}
_KINDS = {mark: kind for kind, mark in _NODES.items()}

COMMIT_REACHED: LiteralString = r"""
    EXISTS (SELECT FROM repository_marks m WHERE m.run = %(run)s AND m.id = '\x04'::bytea || c.hash)
"""
COMMIT_MARKED: LiteralString = r"""
    EXISTS (
        SELECT FROM repository_marks m
        WHERE m.run = %(run)s AND m.id IN ('\x04'::bytea || c.hash, '\x14'::bytea || c.hash)
    )
"""
CHUNK_REACHED: LiteralString = r"""
    EXISTS (SELECT FROM repository_marks m WHERE m.run = %(run)s AND m.id = '\x01'::bytea || c.id)
"""
CHUNK_MARKED: LiteralString = r"""
    EXISTS (
        SELECT FROM repository_marks m
        WHERE m.run = %(run)s AND m.id IN ('\x01'::bytea || c.id, '\x11'::bytea || c.id)
    )
"""
MAY_GO: LiteralString = """
    coalesce(c.condemned_at, %(now)s) <= %(cutoff)s
    AND coalesce(c.condemned_epoch, %(epoch)s) <= %(oldest)s
"""
"""Condemned before the grace, and before every push began that is open; what is not
condemned counts as condemned by this very transaction."""


@dataclass(frozen=True, slots=True)
class Horizon:
    """What a transaction of the collector goes by."""

    number: RepositoryNumber
    run: UUID
    now: datetime
    cutoff: datetime
    """What was condemned until then may go."""
    generation: int
    """The repository's: refs are as they were when it was the same."""
    epoch: int
    """With which this transaction condemns."""
    oldest: int
    """The least epoch of the open pushes."""

    @property
    def params(self) -> dict[str, object]:
        """What the statements name."""
        return {
            "number": self.number,
            "run": self.run,
            "now": self.now,
            "cutoff": self.cutoff,
            "epoch": self.epoch,
            "oldest": self.oldest,
        }


async def begin_run(tx: Transaction, run: UUID, *, now: datetime) -> None:
    """Note a run, whose marks are swept when it does not do so itself."""
    await tx.execute(
        "INSERT INTO repository_collections (run, started_at) VALUES (%(run)s, %(now)s)",
        {"run": run, "now": now},
    )
    await tx.execute(
        "INSERT INTO repository_marks (run, id) VALUES (%(run)s, %(begun)s)",
        {"run": run, "begun": _BEGUN},
    )


async def end_run(tx: Transaction, run: UUID) -> None:
    """Forget a run and its marks."""
    await tx.execute("DELETE FROM repository_collections WHERE run = %(run)s", {"run": run})
    await tx.execute("DELETE FROM repository_marks WHERE run = %(run)s", {"run": run})


async def sweep_runs(tx: Transaction, *, before: datetime) -> int:
    """Forget runs that began before a time, with all marks of no run; returns how many marks."""
    await tx.execute(
        "DELETE FROM repository_collections WHERE started_at < %(before)s", {"before": before}
    )
    return await tx.execute(
        "DELETE FROM repository_marks WHERE run NOT IN (SELECT run FROM repository_collections)"
    )


async def has_marks(tx: ReadTransaction, run: UUID) -> bool:
    """Say whether all marks of a run are there."""
    row = await tx.one(
        "SELECT FROM repository_marks WHERE run = %(run)s AND id = %(begun)s",
        {"run": run, "begun": _BEGUN},
    )
    return row is not None


async def hold_marks(tx: Transaction, run: UUID) -> bool:
    """Keep the marks of a run from being swept until the transaction ends; False without them."""
    row = await tx.one(
        "SELECT FROM repository_marks WHERE run = %(run)s AND id = %(begun)s FOR KEY SHARE",
        {"run": run, "begun": _BEGUN},
    )
    return row is not None


async def mark(
    tx: Transaction, run: UUID, named: Sequence[Named], reach: Reach
) -> list[tuple[bytes, NodeKind]]:
    """Mark chunks, and return the nodes among them that had not been walked."""
    # A file may hold the bytes of a node. As such it leads nowhere, and its mark must not
    # keep the node from being walked: so a node has a mark as a chunk, and one as a node.
    marks = {bytes([reach + _Mark.CHUNK]) + each.id for each in named}
    marks |= {
        bytes([reach + _NODES[each.kind]]) + each.id for each in named if each.kind is not None
    }
    rows = await _insert_marks(tx, run, marks, reach)
    return [
        (row["id"][1:], _KINDS[found])
        for row in rows
        if (found := _Mark(row["id"][0] - reach)) in _KINDS
    ]


async def mark_commits(
    tx: Transaction, run: UUID, commits: Sequence[CommitHash], reach: Reach
) -> None:
    """Mark commits as walked."""
    marks = {bytes([reach + _Mark.COMMIT]) + bytes.fromhex(commit) for commit in commits}
    await _insert_marks(tx, run, marks, reach)


async def _insert_marks(tx: Transaction, run: UUID, marks: set[bytes], reach: Reach) -> list[Row]:
    return await tx.all(
        """
        INSERT INTO repository_marks (run, id)
        SELECT %(run)s, mark FROM unnest(%(marks)s::bytea[]) AS mark
        WHERE %(reach)s = 0 OR NOT EXISTS (
            SELECT FROM repository_marks m
            WHERE m.run = %(run)s AND m.id = set_byte(mark, 0, get_byte(mark, 0) - %(reach)s)
        )
        ON CONFLICT DO NOTHING RETURNING id
        """,
        {"run": run, "marks": list(marks), "reach": int(reach)},
    )


async def unmarked_by_refs(
    tx: ReadTransaction, number: RepositoryNumber, run: UUID
) -> list[CommitHash]:
    """Return the commits that refs lead to and that are not marked as such."""
    sql: LiteralString = rf"""
        WITH RECURSIVE found (hash) AS (
            SELECT c.hash FROM (
                SELECT commit_hash AS hash FROM repository_refs WHERE repository = %(number)s
            ) c WHERE NOT {COMMIT_REACHED}
            UNION
            SELECT c.hash FROM (
                SELECT unnest(row.parents) AS hash FROM found
                JOIN repository_commits row
                    ON row.repository = %(number)s AND row.hash = found.hash
            ) c WHERE NOT {COMMIT_REACHED}
        )
        SELECT encode(hash, 'hex') AS hash FROM found
    """
    rows = await tx.all(sql, {"number": number, "run": run})
    return [CommitHash(row["hash"]) for row in rows]


async def unmarked_rows(
    tx: ReadTransaction, horizon: Horizon, *, are_dropped: bool
) -> list[CommitHash]:
    """Return the commits that are not marked at all.

    Those that may go are among them once the others are dropped: their rows are still
    there, and a tag may be put on them.
    """
    sql: LiteralString = f"""
        SELECT encode(c.hash, 'hex') AS hash FROM repository_commits c
        WHERE c.repository = %(number)s AND NOT {COMMIT_MARKED}
            AND (%(dropped)s OR NOT ({MAY_GO}))
    """
    rows = await tx.all(sql, {**horizon.params, "dropped": are_dropped})
    return [CommitHash(row["hash"]) for row in rows]


async def horizon(
    tx: ReadTransaction, number: RepositoryNumber, run: UUID, *, now: datetime, cutoff: datetime
) -> Horizon | None:
    """Return what a transaction would go by that condemned now; None without the repository."""
    row = await tx.one(
        """
        SELECT generation, epoch + 1 AS epoch, (
            SELECT min(p.epoch) FROM repository_pushes p
            WHERE p.repository = number AND p.expires_at > %(now)s
        ) AS oldest
        FROM repositories WHERE number = %(number)s
        """,
        {"number": number, "now": now},
    )
    return _horizon(row, number, run, now, cutoff) if row else None


async def begin_condemning(
    tx: Transaction, number: RepositoryNumber, run: UUID, *, now: datetime, cutoff: datetime
) -> Horizon | None:
    """Lock a repository against pushes that begin, publish or take chunks in.

    Returns what the transaction goes by; None without the repository.
    """
    row = await tx.one(
        """
        UPDATE repositories SET epoch = epoch + 1 WHERE number = %(number)s
        RETURNING generation, epoch
        """,
        {"number": number},
    )
    if row is None:
        return None
    # A statement of its own: it sees every push that began before the lock. One that has
    # expired counts too, for only without its row it is sure not to publish any more.
    oldest = await tx.value(
        "SELECT min(epoch) FROM repository_pushes WHERE repository = %(number)s",
        {"number": number},
    )
    return _horizon({**row, "oldest": oldest}, number, run, now, cutoff)


async def generation(tx: ReadTransaction, number: RepositoryNumber) -> int | None:
    """Return how often a repository was changed; None without it."""
    found: int | None = await tx.value(
        "SELECT generation FROM repositories WHERE number = %(number)s", {"number": number}
    )
    return found


def _horizon(
    row: Row, number: RepositoryNumber, run: UUID, now: datetime, cutoff: datetime
) -> Horizon:
    return Horizon(
        number=number,
        run=run,
        now=now,
        cutoff=cutoff,
        generation=row["generation"],
        epoch=row["epoch"],
        oldest=_NEVER if row["oldest"] is None else row["oldest"],
    )
