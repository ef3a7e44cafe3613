"""The shapes of answers about what was committed."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal, Self

from keyshelf.api.schemas import Answer
from keyshelf.layout.repository import CommitHash
from keyshelf.repositories.formats.entries import Entry, FileEntry, FolderEntry, LinkEntry
from keyshelf.repositories.formats.ids import Keys, asset_hash
from keyshelf.repositories.formats.manifest import Manifest
from keyshelf.repositories.history.by_folder import FolderChanges
from keyshelf.repositories.history.changes import Change, ChangeKind
from keyshelf.repositories.history.summary import CommitSummary
from keyshelf.repositories.paths import path_text
from keyshelf.repositories.values import Ref, RefKind

EntryKind = Literal["file", "folder", "link"]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class AuthorOut(Answer):
    """Who made a commit, as they want to be named."""

    name: str
    email: str


class RefNameOut(Answer):
    """A branch or tag."""

    kind: RefKind
    name: str


class CommitOut(Answer):
    """A commit, with the branches and tags that are there."""

    hash: str
    parents: list[str]
    message: str
    author: AuthorOut
    committed_at: datetime
    generation: int
    files: int
    bytes: int
    refs: list[RefNameOut]

    @classmethod
    def of(cls, commit: CommitHash, manifest: Manifest, refs: Sequence[Ref]) -> Self:
        """Show a commit."""
        return cls(
            hash=commit,
            parents=list(manifest.parents),
            message=manifest.message,
            author=AuthorOut(name=manifest.author.name, email=manifest.author.email),
            committed_at=manifest.committed_at,
            generation=manifest.generation,
            files=manifest.root.files,
            bytes=manifest.root.size,
            refs=[
                RefNameOut(kind=each.name.kind, name=each.name.name)
                for each in refs
                if each.commit == commit
            ],
        )


class CommitList(Answer):
    """One page of a log."""

    items: list[CommitOut]
    next_cursor: str | None


class CountsOut(Answer):
    """How many files something happened to, and their bytes."""

    added: int
    changed: int
    touched: int
    removed: int
    renamed: int
    others: int
    """Folders and links."""
    bytes_added: int
    bytes_changed: int
    bytes_removed: int

    @classmethod
    def of(cls, changes: CommitSummary | FolderChanges) -> Self:
        """Show counts."""
        return cls(**counts_of(changes))


def counts_of(changes: CommitSummary | FolderChanges) -> Mapping[str, int]:
    """Return the counts of changes by their names."""
    return {
        "added": changes.added,
        "changed": changes.changed,
        "touched": changes.touched,
        "removed": changes.removed,
        "renamed": changes.renamed,
        "others": changes.others,
        "bytes_added": changes.bytes_added,
        "bytes_changed": changes.bytes_changed,
        "bytes_removed": changes.bytes_removed,
    }


class CommitDetail(CommitOut):
    """A commit, and what it changed of its first parent."""

    changes: CountsOut
    new_bytes: int
    """Bytes that its first parent did not have: what it really added, before compression."""
    is_most: bool
    """It may be less: not all could be compared."""


class EntryOut(Answer):
    """A file, folder or link of a commit."""

    name: str
    path: str
    kind: EntryKind
    size: int
    files: int | None
    """How many are below a folder."""
    mode: int
    mtime: datetime | None
    """None for a time that no calendar has."""
    mtime_ns: str
    """Nanoseconds since 1970."""
    hash: str | None
    """BLAKE3 of a file's bytes."""
    asset: str | None
    """What the proxies of a file's content are kept under."""
    target: str | None

    @classmethod
    def of(cls, path: bytes, entry: Entry, keys: Keys | None) -> Self:
        """Show an entry."""
        is_file = isinstance(entry, FileEntry) and bool(entry.hash)
        file_hash = entry.hash if isinstance(entry, FileEntry) else b""
        return cls(
            name=path_text(path.rpartition(b"/")[2]),
            path=path_text(path),
            kind=kind_of(entry),
            size=_size(entry),
            files=entry.files if isinstance(entry, FolderEntry) else None,
            mode=entry.mode,
            mtime=_time(entry.mtime),
            mtime_ns=str(entry.mtime),
            hash=file_hash.hex() if is_file else None,
            asset=asset_hash(file_hash, keys) if is_file else None,
            target=path_text(entry.target) if isinstance(entry, LinkEntry) else None,
        )


class TreeAnswer(Answer):
    """An entry; and of a folder one page of what is in it."""

    commit: str
    path: str
    entry: EntryOut
    items: list[EntryOut]
    next_cursor: str | None


class ChangeOut(Answer):
    """What happened at one path."""

    kind: ChangeKind
    path: str
    old_path: str | None
    """Where it was before it was renamed."""
    entry_kind: EntryKind
    size_before: int
    size_after: int

    @classmethod
    def of(cls, change: Change) -> Self:
        """Show a change."""
        return cls(
            kind=change.kind,
            path=path_text(change.path),
            old_path=path_text(change.source) if change.source is not None else None,
            entry_kind=kind_of(change.after or change.before),
            size_before=change.size_before,
            size_after=change.size_after,
        )


class ChangeList(Answer):
    """One page of changes."""

    items: list[ChangeOut]
    next_cursor: str | None
    are_renames_complete: bool
    """Otherwise more changed than is compared: what was renamed may be removed and added here."""
    new_bytes: int | None
    """Bytes of chunks that there were not before; None where they were not measured."""
    is_most: bool
    """It may be less: not all could be compared."""


class FolderChangeOut(CountsOut):
    """What happened to one thing in a folder, and to what is below it."""

    name: str
    path: str
    entry_kind: EntryKind
    kind: ChangeKind | None
    """What happened to it itself; None for a folder that only holds changes."""
    size_before: int
    size_after: int

    @classmethod
    def line(cls, path: bytes, line: FolderChanges) -> Self:
        """Show a line."""
        return cls(
            **counts_of(line),
            name=path_text(line.name),
            path=path_text(path),
            entry_kind=kind_of(line.after or line.before),
            kind=line.kind,
            size_before=line.size_before,
            size_after=line.size_after,
        )


class FolderChangeList(Answer):
    """One page of the changes in a folder."""

    items: list[FolderChangeOut]
    next_cursor: str | None


def kind_of(entry: Entry | None) -> EntryKind:
    """Return what an entry is."""
    match entry:
        case FolderEntry():
            return "folder"
        case LinkEntry():
            return "link"
        case _:
            return "file"


def _size(entry: Entry) -> int:
    return len(entry.target) if isinstance(entry, LinkEntry) else entry.size


def _time(nanoseconds: int) -> datetime | None:
    try:
        return _EPOCH + timedelta(microseconds=nanoseconds // 1000)
    except OverflowError:
        return None
