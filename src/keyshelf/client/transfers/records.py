"""Remembers unfinished transfers on disk, so that the next run goes on where one stopped.

One small JSON file for each transferred file, named by a hash of where it comes
from and goes to. A record is written before what it speaks of can be needed and
replaced by renaming, so a kill at any point leaves the old one or the new one.
Losing a record costs time, never data.
"""

import hashlib
import json
import os
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar
from uuid import UUID

from keyshelf.client import wire
from keyshelf.client.failures import UnexpectedAnswerError

VERSION = 2
KEPT = timedelta(days=30)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class SentPart:
    """A part that the store has taken; its ETag is empty where the store tells none."""

    number: int
    etag: str


@dataclass(frozen=True, slots=True)
class UploadRecord:
    """An upload that was begun, from a local file as it was then.

    `parts` are those whose success was seen, the whole of a file that goes in one
    request being part 1. `is_done` where the upload is complete and only its tree is not.
    """

    version: int
    source: str
    size: int
    modified_ns: int
    on_conflict: str
    idempotency_key: str
    file_id: UUID | None
    parts: tuple[SentPart, ...]
    is_done: bool


@dataclass(frozen=True, slots=True)
class DownloadRecord:
    """A download that was begun, and the parts that are on the disk.

    `validator` is the store's ETag of what the parts belong to, `md5` the hash of
    the whole where the store keeps one.
    """

    version: int
    file_id: UUID
    size: int
    part_bytes: int
    validator: str | None
    md5: str | None
    done: tuple[int, ...]
    is_done: bool


class Records:
    """The records in one folder of the user."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @staticmethod
    def name(*facts: str) -> str:
        """Return the name of the record for what `facts` identify."""
        joined = "\0".join(facts).encode(errors="surrogateescape")
        return hashlib.sha256(joined).hexdigest()[:40]

    def read(self, kind: type[T], name: str) -> T | None:
        """Return a record, or None where there is none that this version understands."""
        try:
            text = self._path(name).read_bytes()
        except FileNotFoundError:
            return None
        try:
            record = wire.decode(kind, wire.loads(text))
        except UnexpectedAnswerError:
            return None  # cut short by a full disk, or of another version: begin anew
        return record if getattr(record, "version", None) == VERSION else None

    def write(self, name: str, record: UploadRecord | DownloadRecord) -> None:
        """Replace a record at once."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=self._folder, prefix=".")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(json.dumps(wire.encode(record)))
        Path(temporary).replace(self._path(name))

    def forget(self, names: Sequence[str]) -> None:
        """Remove records; those that are not there are passed over."""
        for name in names:
            self._path(name).unlink(missing_ok=True)

    def forget_old(self, now: datetime) -> None:
        """Remove what nobody went on with for `KEPT`: the service has given it up long before."""
        if not self._folder.is_dir():
            return
        oldest = (now - KEPT).timestamp()
        for path in self._folder.iterdir():
            with suppress(FileNotFoundError):  # another command has just removed it
                if path.stat().st_mtime < oldest:
                    path.unlink()

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.json"
