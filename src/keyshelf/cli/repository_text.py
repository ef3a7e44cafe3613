"""How repositories and what is in them are printed."""

from datetime import datetime

from keyshelf.cli import output
from keyshelf.layout.repository import CommitHash
from keyshelf.repositories.catalog.values import Filled
from keyshelf.repositories.formats.entries import Entry, FileEntry, FolderEntry, LinkEntry
from keyshelf.repositories.formats.manifest import Manifest
from keyshelf.repositories.history.changes import Change, ChangeKind
from keyshelf.repositories.host import RepositoryInfo
from keyshelf.repositories.paths import path_shown, path_text

_SHORT = 12
_SIGNS = {
    ChangeKind.ADDED: "A",
    ChangeKind.CHANGED: "M",
    ChangeKind.TOUCHED: "T",
    ChangeKind.REMOVED: "D",
    ChangeKind.RENAMED: "R",
    ChangeKind.REPLACED: "K",
}


def info_document(info: RepositoryInfo) -> dict[str, object]:
    """Return a repository for programs; what opens it is in `repo key list`."""
    filled = info.filled
    return {
        "id": info.id,
        "name": info.name,
        "is_shared": info.is_shared,
        "is_encrypted": info.is_encrypted,
        "created_at": info.created_at,
        "changed_at": filled.changed_at,
        "commits": filled.commits,
        "logical_bytes": filled.logical_bytes,
        "chunks": filled.chunks,
        "chunk_bytes": filled.chunk_bytes,
        "stored_bytes": filled.stored_bytes,
    }


def filled_lines(filled: Filled) -> list[str]:
    """Return how much a repository holds."""
    chunks = output.count_text(filled.chunks, "chunk")
    return [
        f"commits    {filled.commits:,}",
        f"logical    {output.size_text(filled.logical_bytes)}",
        f"distinct   {output.size_text(filled.chunk_bytes)} in {chunks}",
        f"stored     {output.size_text(filled.stored_bytes)}",
        f"saved      {percent_saved(filled)}",
    ]


def percent_saved(filled: Filled) -> str:
    """Return how much of the logical size needs no room."""
    if not filled.logical_bytes or filled.stored_bytes >= filled.logical_bytes:
        return "0 %"
    return f"{100 * (1 - filled.stored_bytes / filled.logical_bytes):.0f} %"


def commit_document(commit: CommitHash, manifest: Manifest) -> dict[str, object]:
    """Return a commit for programs."""
    return {
        "hash": commit,
        "parents": list(manifest.parents),
        "message": manifest.message,
        "author": {"name": manifest.author.name, "email": manifest.author.email},
        "committed_at": manifest.committed_at,
        "files": manifest.root.files,
        "bytes": manifest.root.size,
    }


def short(commit: CommitHash) -> str:
    """Return enough of a commit's hash for a person."""
    return commit[:_SHORT]


def commit_time(moment: datetime) -> str:
    """Return when a commit was made, in the time zone of whoever made it."""
    return moment.strftime("%Y-%m-%d %H:%M %z")


def entry_document(path: bytes, entry: Entry) -> dict[str, object]:
    """Return an entry for programs."""
    document: dict[str, object] = {
        "path": path_text(path),
        "kind": kind_of(entry),
        "mode": f"{entry.mode:04o}",
        "mtime_ns": entry.mtime,
    }
    match entry:
        case FileEntry():
            return document | {"size": entry.size, "hash": entry.hash.hex()}
        case FolderEntry():
            return document | {"size": entry.size, "files": entry.files}
        case LinkEntry():
            return document | {"target": path_text(entry.target)}


def kind_of(entry: Entry) -> str:
    """Return what an entry is: file, folder or link."""
    match entry:
        case FileEntry():
            return "file"
        case FolderEntry():
            return "folder"
        case LinkEntry():
            return "link"


def change_document(change: Change) -> dict[str, object]:
    """Return a change for programs."""
    entry = change.after or change.before
    return {
        "kind": change.kind.value,
        "path": path_text(change.path),
        "old_path": path_text(change.source) if change.source is not None else None,
        "entry_kind": kind_of(entry) if entry else None,
        "size_before": change.size_before if change.before else None,
        "size_after": change.size_after if change.after else None,
    }


def change_line(change: Change) -> str:
    """Return a change for a person: its sign, the path, and the sizes."""
    name = path_shown(change.path)
    if change.source is not None:
        name = f"{path_shown(change.source)} -> {name}"
    return f"{_SIGNS[change.kind]}  {name}{_sizes(change)}"


def _sizes(change: Change) -> str:
    match change.kind:
        case ChangeKind.ADDED:
            return f"  ({output.size_text(change.size_after)})"
        case ChangeKind.REMOVED:
            return f"  ({output.size_text(change.size_before)})"
        case ChangeKind.CHANGED:
            before = output.size_text(change.size_before)
            after = output.size_text(change.size_after)
            return f"  ({before} -> {after})"
        case _:
            return ""
