"""What is remembered of folders that were committed, so that what did not change is not read.

A cache: losing it costs time and nothing else. One SQLite file for each repository and
folder, in the user's cache folder.
"""

import sqlite3
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Self

import msgspec

from keyshelf.repositories.formats.entries import FileEntry
from keyshelf.telemetry import get_logger

_log = get_logger(__name__)
_VERSION = 1
_SCHEMA = f"""
    CREATE TABLE IF NOT EXISTS folders (
        path BLOB PRIMARY KEY, remembered BLOB NOT NULL
    ) WITHOUT ROWID;
    PRAGMA user_version = {_VERSION};
"""


class RememberedFile(msgspec.Struct, frozen=True, array_like=True):
    """A file as it looked when it was read, and the entry that it gave."""

    inode: int
    device: int
    ctime: int
    entry: FileEntry


class RememberedFolder(msgspec.Struct, frozen=True, array_like=True):
    """A folder as it was: its fingerprint, its node when nothing is below it, its files."""

    fingerprint: bytes
    node: bytes
    files: int
    size: int
    read: Mapping[bytes, RememberedFile]
    """By name. Only files whose times were old enough to tell a later change."""


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(RememberedFolder).decode


class FolderCache:
    """What is remembered of one folder tree in one repository. Serves one thread at a time."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    @classmethod
    def open(cls, file: Path) -> Self:
        """Open or make the cache; one that cannot be read is made anew."""
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            return cls(_connect(file))
        except sqlite3.DatabaseError as error:
            _log.warning("a cache is made anew", file=str(file), error=str(error))
            file.unlink(missing_ok=True)
            return cls(_connect(file))

    @classmethod
    def in_memory(cls) -> Self:
        """Return a cache that remembers nothing beyond its own life."""
        return cls(_connect(Path(":memory:")))

    def get(self, path: bytes) -> RememberedFolder | None:
        """Return what is remembered of a folder, given by its path from the root."""
        row = self._connection.execute(
            "SELECT remembered FROM folders WHERE path = ?", (path,)
        ).fetchone()
        with suppress(msgspec.DecodeError):  # another version's: read again
            return _decode(row[0]) if row else None
        return None

    def put(self, path: bytes, folder: RememberedFolder) -> None:
        """Remember a folder; kept with the next `save`."""
        self._connection.execute(
            "INSERT OR REPLACE INTO folders VALUES (?, ?)",
            (path, _encode(folder)),
        )

    def save(self) -> None:
        """Keep what was put. A crash before it forgets what was put since the last."""
        self._connection.commit()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()


def _connect(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file, check_same_thread=False)
    try:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version not in (0, _VERSION):
            connection.execute("DROP TABLE folders")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.executescript(_SCHEMA)
    except sqlite3.DatabaseError:
        connection.close()
        raise
    return connection
