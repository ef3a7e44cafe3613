"""Which chunks there are and who needs them, on disk: memory holds a little of it."""

import sqlite3
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from keyshelf.layout.repository import ChunkId
from keyshelf.repositories.chunks.queries import VerifiedChunk
from keyshelf.repositories.references import Named

_SCHEMA = """
    PRAGMA journal_mode = OFF;
    PRAGMA synchronous = OFF;
    CREATE TABLE needed (
        id BLOB, repository INTEGER, role INTEGER, size INTEGER,
        PRIMARY KEY (id, repository, role)
    ) WITHOUT ROWID;
    CREATE TABLE stored (id BLOB PRIMARY KEY, size INTEGER) WITHOUT ROWID;
"""


class Ledger:
    """Tables of one rebuild; see `ledger`. Repositories are called by numbers of its own."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def note_stored(self, chunks: Sequence[tuple[ChunkId, int]]) -> None:
        """Note chunks that the store has, with the sizes of their objects."""
        self._connection.executemany(
            "INSERT OR REPLACE INTO stored VALUES (?, ?)",
            [(bytes.fromhex(chunk), size) for chunk, size in chunks],
        )

    def claim(self, repository: int, named: Sequence[Named]) -> list[Named]:
        """Note what a repository needs, and return the nodes that were not noted yet."""
        fresh: list[Named] = []
        for each in named:
            role = 0 if each.kind is None else int(each.kind)
            cursor = self._connection.execute(
                "INSERT OR IGNORE INTO needed VALUES (?, ?, ?, ?)",
                (each.id, repository, role, each.size),
            )
            if cursor.rowcount and each.kind is not None:
                fresh.append(each)
        return fresh

    def note_size(self, repository: int, chunk: bytes, size: int) -> None:
        """Note how much content a node has."""
        self._connection.execute(
            "UPDATE needed SET size = ? WHERE id = ? AND repository = ?", (size, chunk, repository)
        )

    def owned(self, repository: int, after: bytes, *, limit: int) -> list[VerifiedChunk]:
        """Return the next chunks of a repository that the store has, in the order of ids."""
        rows = self._connection.execute(
            """
            SELECT n.id, max(n.size), s.size FROM needed n JOIN stored s ON s.id = n.id
            WHERE n.repository = ? AND n.id > ? AND n.size IS NOT NULL
            GROUP BY n.id ORDER BY n.id LIMIT ?
            """,
            (repository, after, limit),
        )
        return [VerifiedChunk(ChunkId(chunk.hex()), *sizes) for chunk, *sizes in rows]

    def count_missing(self) -> int:
        """Return how many chunks are needed that the store does not have."""
        (number,) = self._connection.execute(
            "SELECT count(DISTINCT id) FROM needed WHERE id NOT IN (SELECT id FROM stored)"
        ).fetchone()
        return int(number)

    def unowned(self, after: bytes, *, limit: int) -> list[ChunkId]:
        """Return the next chunks of the store that nobody needs, in the order of ids."""
        rows = self._connection.execute(
            """
            SELECT id FROM stored WHERE id > ? AND id NOT IN (SELECT id FROM needed)
            ORDER BY id LIMIT ?
            """,
            (after, limit),
        )
        return [ChunkId(chunk.hex()) for (chunk,) in rows]


@contextmanager
def ledger() -> Generator[Ledger]:
    """Give tables that are gone at the end."""
    with TemporaryDirectory(prefix="keyshelf-rebuild-") as folder:
        connection = sqlite3.connect(Path(folder) / "ledger", isolation_level=None)
        try:
            connection.executescript(_SCHEMA)
            connection.execute("BEGIN")
            yield Ledger(connection)
        finally:
            connection.close()
