"""What a check has seen, on disk: however large a repository is, memory holds a little of it."""

import sqlite3
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from keyshelf.layout.repository import ChunkId
from keyshelf.repositories.carrier import StoredChunk
from keyshelf.repositories.check.judging import Wrong
from keyshelf.repositories.check.values import DamagedObject, Fault, HurtFile
from keyshelf.repositories.formats.nodes import NodeKind
from keyshelf.repositories.paths import path_text
from keyshelf.repositories.references import Named

_DATA = 0
_SCHEMA = """
    PRAGMA journal_mode = OFF;
    PRAGMA synchronous = OFF;
    CREATE TABLE needed (
        id BLOB, role INTEGER, size INTEGER, PRIMARY KEY (id, role)
    ) WITHOUT ROWID;
    CREATE TABLE stored (id BLOB PRIMARY KEY, size INTEGER, recorded INTEGER) WITHOUT ROWID;
    CREATE TABLE wrong (id BLOB PRIMARY KEY, fault TEXT, detail TEXT) WITHOUT ROWID;
    CREATE TABLE below (
        id BLOB, role INTEGER, above BLOB, above_role INTEGER,
        PRIMARY KEY (id, role, above, above_role)
    ) WITHOUT ROWID;
    CREATE TABLE hurt_nodes (id BLOB, role INTEGER, PRIMARY KEY (id, role)) WITHOUT ROWID;
    CREATE TABLE hurt (path BLOB PRIMARY KEY, commits INTEGER, one TEXT) WITHOUT ROWID;
"""


class NeededChunk(NamedTuple):
    """A chunk of a file, and what the listing of the store says of it."""

    id: bytes
    size: int
    """Bytes of content."""
    stored_size: int | None
    """Bytes of its object; None without one."""
    recorded_size: int | None
    """Bytes that it had when it was verified; None when nobody wrote that down."""


class Ledger:
    """Tables of one check; see `ledger`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def claim(self, named: Sequence[Named]) -> list[Named]:
        """Note what is needed, and return the nodes that were not noted yet."""
        fresh: list[Named] = []
        add = "INSERT OR IGNORE INTO needed VALUES (?, ?, ?)"
        for each in named:
            cursor = self._connection.execute(add, (*_place(each), each.size))
            if cursor.rowcount and each.kind is not None:
                fresh.append(each)
        return fresh

    def note_stored(self, chunks: Sequence[StoredChunk]) -> None:
        """Note what the store holds."""
        self._connection.executemany(
            "INSERT OR REPLACE INTO stored VALUES (?, ?, ?)",
            [(bytes.fromhex(each.id), each.stored_size, each.recorded_size) for each in chunks],
        )

    def note_wrong(self, chunk: bytes, wrong: Wrong) -> None:
        """Note that a chunk is not what it must be.

        What holds the content of no chunk that is stored is not swapped, but changed.
        """
        if wrong.holds is not None and not self._is_stored(wrong.holds):
            wrong = Wrong(Fault.CHANGED, "its bytes were changed")
        self._connection.execute(
            "INSERT OR REPLACE INTO wrong VALUES (?, ?, ?)", (chunk, wrong.fault, wrong.detail)
        )

    def note_hurt(self, paths: Sequence[bytes], commit: str) -> None:
        """Note that files of a commit are hurt."""
        self._connection.executemany(
            "INSERT INTO hurt VALUES (?, 1, ?) ON CONFLICT DO UPDATE SET commits = commits + 1",
            [(path, commit) for path in set(paths)],
        )

    def note_below(self, node: Named, named: Sequence[Named]) -> None:
        """Note which nodes a node names."""
        self._connection.executemany(
            "INSERT OR IGNORE INTO below VALUES (?, ?, ?, ?)",
            [(*_place(each), *_place(node)) for each in named if each.kind is not None],
        )

    def note_hurt_node(self, node: Named) -> None:
        """Note that a node needs what is damaged."""
        self._connection.execute("INSERT OR IGNORE INTO hurt_nodes VALUES (?, ?)", _place(node))

    def note_hurt_above(self) -> None:
        """Note that a node is hurt which names one that is, and so on."""
        self._connection.execute(
            """
            INSERT OR IGNORE INTO hurt_nodes
            WITH RECURSIVE up (id, role) AS (
                SELECT id, role FROM hurt_nodes
                UNION SELECT n.id, n.role FROM needed n JOIN wrong w ON w.id = n.id
                    WHERE n.role != ?
                UNION SELECT b.above, b.above_role FROM up
                    JOIN below b ON b.id = up.id AND b.role = up.role
            )
            SELECT id, role FROM up
            """,
            (_DATA,),
        )

    def is_hurt(self, named: Named) -> bool:
        """Say whether something is damaged, or known to need what is."""
        if self.is_wrong(named.id):
            return True
        found = self._connection.execute(
            "SELECT 1 FROM hurt_nodes WHERE id = ? AND role = ?", _place(named)
        )
        return found.fetchone() is not None

    def nodes_after(self, after: Named | None, *, limit: int) -> list[Named]:
        """Return the next nodes in the order of their ids, but for those that are damaged."""
        rows = self._connection.execute(
            """
            SELECT n.id, n.role FROM needed n
            WHERE n.role != ? AND (n.id, n.role) > (?, ?)
                AND NOT EXISTS (SELECT 1 FROM wrong w WHERE w.id = n.id)
            ORDER BY n.id, n.role LIMIT ?
            """,
            (_DATA, *(_place(after) if after else (b"", _DATA)), limit),
        )
        return [Named(node, NodeKind(role), None, None) for node, role in rows]

    def _is_stored(self, chunk: ChunkId) -> bool:
        found = self._connection.execute(
            "SELECT 1 FROM stored WHERE id = ?", (bytes.fromhex(chunk),)
        )
        return found.fetchone() is not None

    def is_wrong(self, chunk: bytes) -> bool:
        """Say whether a chunk is not what it must be."""
        found = self._connection.execute("SELECT 1 FROM wrong WHERE id = ?", (chunk,))
        return found.fetchone() is not None

    def needed_after(self, after: bytes, *, limit: int) -> list[NeededChunk]:
        """Return the next chunks of files in the order of their ids."""
        rows = self._connection.execute(
            """
            SELECT n.id, n.size, s.size, s.recorded FROM needed n LEFT JOIN stored s ON s.id = n.id
            WHERE n.role = ? AND n.id > ? ORDER BY n.id LIMIT ?
            """,
            (_DATA, after, limit),
        )
        return [NeededChunk(*row) for row in rows]

    def count_needed(self) -> int:
        """Return how many distinct chunks are needed, nodes among them."""
        return self._number("SELECT count(DISTINCT id) FROM needed")

    def count_wrong(self) -> int:
        """Return how many chunks are not what they must be."""
        return self._number("SELECT count(*) FROM wrong")

    def count_hurt(self) -> int:
        """Return how many paths are hurt."""
        return self._number("SELECT count(*) FROM hurt")

    def wrong(self, limit: int) -> list[DamagedObject]:
        """Return some chunks that are not what they must be."""
        rows = self._connection.execute("SELECT * FROM wrong ORDER BY id LIMIT ?", (limit,))
        return [
            DamagedObject("chunk", ChunkId(chunk.hex()), Fault(fault), detail)
            for chunk, fault, detail in rows
        ]

    def hurt(self, limit: int) -> list[HurtFile]:
        """Return some paths that are hurt, in their order."""
        rows = self._connection.execute("SELECT * FROM hurt ORDER BY path LIMIT ?", (limit,))
        return [HurtFile(path_text(path), commits, one) for path, commits, one in rows]

    def _number(self, sql: str) -> int:
        (number,) = self._connection.execute(sql).fetchone()
        return int(number)


def _place(named: Named) -> tuple[bytes, int]:
    return named.id, _DATA if named.kind is None else int(named.kind)


@contextmanager
def ledger() -> Generator[Ledger]:
    """Give tables that are gone at the end."""
    with TemporaryDirectory(prefix="keyshelf-check-") as folder:
        connection = sqlite3.connect(Path(folder) / "ledger", isolation_level=None)
        try:
            connection.executescript(_SCHEMA)
            connection.execute("BEGIN")
            yield Ledger(connection)
        finally:
            connection.close()
