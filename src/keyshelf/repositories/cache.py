"""What is remembered of folders that were committed, so that what did not change is not read.

A cache: losing it costs time, and the knowledge of which version the folder stands on. One
SQLite file for each repository and folder, in the user's cache folder. What is remembered of
files is true of the folder; that their chunks are in the repository is certain only where a
commit vouches for it.
"""

import logging
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import RLock
from typing import Any, Self

import msgspec
from blake3 import blake3

from keyshelf.errors import UnavailableError
from keyshelf.layout.repository import CommitHash
from keyshelf.repositories.formats.entries import FileEntry, LinkEntry

COMPARE = -1
"""In place of a ctime: the times cannot tell a later change of a file, the content must."""
# The standard library's, for the command line loads this: the other takes longer than most
# commands run.
_log = logging.getLogger(__name__)
_VERSION = 3
_SCHEMA = f"""
    CREATE TABLE IF NOT EXISTS folders (
        path BLOB PRIMARY KEY,
        fingerprint BLOB NOT NULL,
        rules BLOB NOT NULL,
        node BLOB NOT NULL,
        files INTEGER NOT NULL,
        size INTEGER NOT NULL,
        entries INTEGER NOT NULL,
        has_links INTEGER NOT NULL,
        proof BLOB NOT NULL,
        run INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS contents (
        path BLOB PRIMARY KEY, remembered BLOB NOT NULL, proof BLOB NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS runs (run INTEGER PRIMARY KEY, vouched TEXT);
    CREATE TABLE IF NOT EXISTS standings (name TEXT PRIMARY KEY, standing BLOB NOT NULL);
    PRAGMA user_version = {_VERSION};
"""


class RememberedFile(msgspec.Struct, frozen=True, array_like=True):
    """A file or a link as it looked when it was read, and the entry that it gave."""

    inode: int
    ctime: int
    entry: FileEntry | LinkEntry


class RememberedFolder(msgspec.Struct, frozen=True, array_like=True):
    """A folder as it was."""

    files: Mapping[bytes, RememberedFile]
    """By name. Where times were too young to tell a later change, with `COMPARE`."""
    folders: tuple[bytes, ...] = ()
    """The names of the folders in it."""
    unsure: tuple[bytes, ...] = ()
    """The names of files that were read for a commit which was not made, as far as is known."""

    def committed(self) -> "RememberedFolder":
        """Return the same without the files that may be in no commit."""
        if not self.unsure:
            return self
        names = self.files.keys() - set(self.unsure)
        return RememberedFolder({name: self.files[name] for name in names}, self.folders)


@dataclass(frozen=True, slots=True)
class Summary:
    """A whole folder as a commit left it, all that is below it included."""

    fingerprint: bytes
    """Equal when nothing in the folder itself changed; empty when it cannot be told."""
    rules: bytes
    """By which rules files were left out of it and of what is below."""
    node: bytes
    files: int
    size: int
    entries: int
    """How many things are in the folder itself."""
    has_links: bool
    """Whether a file in it has several names: then where they are must be seen anew."""
    vouched: CommitHash | None = None
    """A commit that holds all of this; None when no commit was made of it yet."""


class Standing(msgspec.Struct, frozen=True, array_like=True):
    """A version that the folder is or was, whatever a person changed in it since."""

    commit: CommitHash
    is_part: bool = False
    """Whether only a part of it was checked out, or a checkout of it did not end."""
    left: int = 0
    """How many things that it no longer has a checkout of it left there."""
    before: CommitHash | None = None
    """The last one that was there whole before it."""

    @property
    def is_whole(self) -> bool:
        """Whether the folder is this version and nothing beside it."""
        return not (self.is_part or self.left)

    @property
    def whole(self) -> CommitHash | None:
        """The last version all of which was there."""
        return self.before if self.is_part else self.commit


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(RememberedFolder).decode
_decode_standing = msgspec.msgpack.Decoder(Standing).decode
_UNKNOWN = Summary(b"", b"", b"", 0, 0, 0, has_links=False)
_COLUMNS = "fingerprint, rules, node, files, size, entries, has_links, proof, vouched"


class CacheInUseError(UnavailableError):
    """Another program is at what is remembered of this folder. Wait for it to end."""

    code = "cache-in-use"


class FolderCache:
    """What is remembered of one folder tree in one repository. Threads take turns.

    Where the file cannot be used, as on a full disk, it goes on as after a crash: a warning
    says so once, what was saved before stays for another time, and nothing is remembered.
    Every function raises `CacheInUseError` while another program holds the file.
    """

    def __init__(self, connection: sqlite3.Connection | None, name: str = "in memory") -> None:
        """Without a connection nothing is remembered."""
        self._connection = connection
        self._name = name
        self._lock = RLock()
        self._run: int | None = None

    @classmethod
    def open(cls, file: Path) -> Self:
        """Open or make the cache; one that cannot be read is made anew."""
        try:
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            return cls(_opened(file), str(file))
        except (OSError, sqlite3.DatabaseError) as error:
            _raise_if_in_use(str(file), error)
            _warn(str(file), error)
            return cls(None, str(file))

    @classmethod
    def none(cls) -> Self:
        """Return a cache that remembers nothing."""
        return cls(None)

    @classmethod
    def in_memory(cls) -> Self:
        """Return a cache that remembers nothing beyond its own life."""
        return cls(_connect(Path(":memory:")))

    def get(self, path: bytes) -> RememberedFolder | None:
        """Return what is remembered of the files in a folder, given by its path from the root.

        A file that looks as remembered holds the bytes of its entry. Whether the
        repository still has them is another question. What the disk has changed is not
        remembered.
        """
        rows = self._execute(
            "SELECT remembered, contents.proof, vouched FROM contents"
            " LEFT JOIN folders USING (path) LEFT JOIN runs USING (run) WHERE path = ?",
            path,
        )
        if not rows or rows[0][1] != _proof(path, rows[0][0]):
            return None
        with suppress(msgspec.DecodeError):  # another version's: read again
            folder = _decode(rows[0][0])
            is_sure = rows[0][2] is not None
            return msgspec.structs.replace(folder, unsure=()) if is_sure else folder
        return None

    def put(self, path: bytes, folder: RememberedFolder, summary: Summary = _UNKNOWN) -> None:
        """Remember a folder; kept with the next `save`, vouched for with the next `vouch`.

        Without a summary a commit looks at each of its files, and reads none that is as
        remembered.
        """
        content, row = _encode(folder), _row(summary)
        with self._lock:
            if self._run is None:
                made = self._execute("INSERT INTO runs (vouched) VALUES (NULL) RETURNING run")
                self._run = made[0][0] if made else 0
            self._execute(
                "INSERT OR REPLACE INTO contents VALUES (?, ?, ?)",
                path, content, _proof(path, content),
            )  # fmt: skip
            self._execute(
                "INSERT OR REPLACE INTO folders VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                path, *row, _proof(path, _encode(row)), self._run,
            )  # fmt: skip

    def forget(self, path: bytes) -> None:
        """Forget a folder that is gone, with all that is below it."""
        with self._lock:
            for table in ("folders", "contents"):
                # "0" comes right after "/": everything below begins with the path and "/".
                self._execute(
                    f"DELETE FROM {table} WHERE path = ? OR (path > ? AND path < ?)",  # noqa: S608 -- a name from above
                    path, path + b"/", path + b"0",
                )  # fmt: skip

    def summary(self, path: bytes) -> Summary | None:
        """Return a folder as a commit left it."""
        rows = self._execute(
            f"SELECT {_COLUMNS} FROM folders JOIN runs USING (run) WHERE path = ?",  # noqa: S608 -- names from above
            path,
        )
        return _summary(path, rows[0]) if rows else None

    def summaries(self, *, at_once: int) -> Iterator[list[tuple[bytes, Summary]]]:
        """Give all folders in the order of their paths, so many at once."""
        after = None
        while rows := self._execute(
            f"SELECT path, {_COLUMNS} FROM folders JOIN runs USING (run)"  # noqa: S608 -- names from above
            " WHERE ? IS NULL OR path > ? ORDER BY path LIMIT ?",
            after, after, at_once,
        ):  # fmt: skip
            yield [(path, _summary(path, row)) for path, *row in rows]
            after = rows[-1][0]

    def vouchers(self) -> set[CommitHash]:
        """Return the commits that vouch for anything."""
        rows = self._execute("SELECT DISTINCT vouched FROM runs WHERE vouched IS NOT NULL")
        return {CommitHash(row[0]) for row in rows}

    def vouch(self, commit: CommitHash) -> None:
        """Note that a commit holds everything that is remembered, and keep it."""
        with self._lock:
            self._execute("UPDATE runs SET vouched = ?", commit)
            self.save()
            self._run = None

    def disavow(self, commit: CommitHash) -> None:
        """Note that a commit is gone: what it vouched for may be in none."""
        self._execute("UPDATE runs SET vouched = NULL WHERE vouched = ?", commit)
        self.save()

    def standings(self) -> Mapping[str, Standing]:
        """Return the versions that the folder stands on by the names that they were given.

        The one that was noted last comes last.
        """
        rows = self._execute("SELECT name, standing FROM standings ORDER BY rowid")
        with suppress(msgspec.DecodeError):  # another version's
            return {name: _decode_standing(standing) for name, standing in rows}
        return {}

    def stand(self, name: str, standing: Standing | None) -> None:
        """Note a version that the folder stands on, or forget one; kept with the next `save`."""
        if standing is None:
            self._execute("DELETE FROM standings WHERE name = ?", name)
        else:
            self._execute("INSERT OR REPLACE INTO standings VALUES (?, ?)", name, _encode(standing))

    def stand_only(self, name: str, standing: Standing | None) -> None:
        """Note the one version that the folder stands on, or none; kept with the next `save`."""
        with self._lock:
            self._execute("DELETE FROM standings")
            self.stand(name, standing)

    def save(self) -> None:
        """Keep what was put. A crash before it forgets what was put since the last."""
        with self._lock:
            if self._connection is not None and self._connection.in_transaction:
                self._execute("COMMIT")

    def close(self) -> None:
        """Close the file."""
        if self._connection is not None:
            self._connection.close()

    def _execute(self, statement: str, *values: bytes | str | int | None) -> list[Any]:
        """Return rows, of what SQLite gives; none when nothing is remembered."""
        with self._lock:
            if self._connection is None:
                return []
            try:
                return self._connection.execute(statement, values).fetchall()
            except sqlite3.DatabaseError as error:
                _raise_if_in_use(self._name, error)
                _warn(self._name, error)
                self.close()
                self._connection = None
                return []


def _row(summary: Summary) -> tuple[bytes | int, ...]:
    return (
        summary.fingerprint,
        summary.rules,
        summary.node,
        summary.files,
        summary.size,
        summary.entries,
        int(summary.has_links),
    )


def _summary(path: bytes, row: Sequence[Any]) -> Summary:  # Any: as SQLite gives it
    """Return what a row says; nothing that counts when the disk has changed it."""
    fingerprint, rules, node, files, size, entries, has_links, proof, vouched = row
    if proof != _proof(path, _encode(row[:7])):
        return _UNKNOWN
    return Summary(
        fingerprint, rules, node, files, size, entries, has_links=bool(has_links), vouched=vouched
    )


def _proof(path: bytes, content: bytes) -> bytes:
    return blake3(content).update(path).digest(8)


def _raise_if_in_use(name: str, error: Exception) -> None:
    if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY:
        raise CacheInUseError(
            f"{name} is in use: wait for the other commit or checkout of this folder"
        ) from error


def _warn(name: str, error: Exception) -> None:
    _log.warning(
        "goes on without a cache, and reads everything the next time: %s: %s."
        " Make room for it, or set XDG_CACHE_HOME to another folder",
        name,
        error,
    )


def _opened(file: Path) -> sqlite3.Connection:
    try:
        return _connect(file)
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError as error:
        _log.warning("the cache %s is made anew: %s", file, error)
        for ending in ("", "-wal", "-shm"):
            file.with_name(file.name + ending).unlink(missing_ok=True)
        return _connect(file)


def _connect(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file, check_same_thread=False)
    try:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version not in (0, _VERSION):
            connection.executescript(
                "DROP TABLE IF EXISTS folders; DROP TABLE IF EXISTS contents;"
                "DROP TABLE IF EXISTS runs;"
            )
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.executescript(_SCHEMA)
    except sqlite3.DatabaseError:
        connection.close()
        raise
    return connection
