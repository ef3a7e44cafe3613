"""Commit: read what changed, send what is new, write the folders, and move the branch last."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import anyio.to_thread

from keyshelf.errors import InvalidInputError
from keyshelf.layout.repository import CommitHash
from keyshelf.repositories.cache import FolderCache, RememberedFile, RememberedFolder
from keyshelf.repositories.carrier import Carrier
from keyshelf.repositories.commit.files import send_file
from keyshelf.repositories.commit.ignoring import Ignored
from keyshelf.repositories.formats import frame, ids, manifest
from keyshelf.repositories.formats.entries import (
    HAS_HOLES,
    Entry,
    FileEntry,
    FolderEntry,
    LinkEntry,
)
from keyshelf.repositories.formats.frame import FrameType
from keyshelf.repositories.formats.manifest import Author, Manifest
from keyshelf.repositories.formats.nodes import NodeKind
from keyshelf.repositories.reading import Reader
from keyshelf.repositories.scanning import Found, Kind, list_folder, look
from keyshelf.repositories.sending import Sender, SendingOptions, Sent, sending
from keyshelf.repositories.trees import TreeBuilder
from keyshelf.repositories.values import RefName

_SETTLED = 2_000_000_000
"""A time within so many nanoseconds of now may hide a later change within the same tick."""
_DEEPEST = 256


class NotAFolderError(InvalidInputError):
    """What is committed is a folder."""

    code = "not-a-folder"


class TooDeepError(InvalidInputError):
    """Folders lie in each other more deeply than a repository holds."""

    code = "folders-too-deep"


@dataclass(slots=True)
class Progress:
    """How far a commit is."""

    files: int = 0
    """Files that were looked at."""
    bytes_read: int = 0
    sent: Sent = field(default_factory=Sent)


@dataclass(frozen=True, slots=True)
class CommitOptions:
    """How a commit is made."""

    paranoid: bool = False
    """Read every file, also those that look as they did."""
    sending: SendingOptions = field(default_factory=SendingOptions)
    on_progress: Callable[[Progress], None] = lambda _: None


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit that was made."""

    hash: CommitHash
    manifest: Manifest
    sent: Sent
    """What was new in it."""
    skipped: Sequence[str]
    """Sockets, pipes and devices, which are not kept."""


async def commit(
    carrier: Carrier,
    folder: bytes,
    *,
    branch: RefName,
    message: str,
    author: Author,
    at: datetime,
    cache: FolderCache,
    options: CommitOptions | None = None,
) -> Commit:
    """Make a commit of a folder on a branch, after the branch's last one.

    Chunks are in the repository before nodes that name them, nodes before the manifest,
    and the manifest before the branch: a crash anywhere leaves the branch as it was, and
    the same commit goes on where it stopped. Raises `RefMovedError` when somebody moved
    the branch meanwhile, and what cannot be read or does not hold still.
    """
    options = options or CommitOptions()
    if look(folder).kind is not Kind.FOLDER:
        raise NotAFolderError(f"{os.fsdecode(folder)!r} is not a folder")
    async with carrier.push() as push:
        parent = await carrier.ref(branch)
        progress = Progress()
        async with sending(push, carrier.repository, options.sending) as sender:
            progress.sent = sender.sent
            walk = _Walk(sender, folder, cache, options, progress, int(at.timestamp() * 1e9))
            root = await walk.folder(b"", look(folder), Ignored())
        cache.save()
        made = Manifest(
            repository=carrier.repository.id,
            parents=(parent,) if parent else (),
            root=root,
            message=message,
            author=author,
            committed_at=at,
            generation=1 + (await _generation(carrier, parent) if parent else 0),
        )
        content = manifest.encode(made)
        keys = carrier.repository.keys
        commit_hash = ids.commit_hash(content, keys)
        framed = frame.seal(
            content, type=FrameType.MANIFEST, digest=bytes.fromhex(commit_hash), keys=keys
        )
        await push.publish(commit_hash, framed, made, branch=branch, expected=parent)
    return Commit(commit_hash, made, progress.sent, walk.skipped)


async def _generation(carrier: Carrier, parent: CommitHash) -> int:
    return (await Reader(carrier).manifest(parent)).generation


@dataclass(slots=True)
class _Walk:
    sender: Sender
    base: bytes
    cache: FolderCache
    options: CommitOptions
    progress: Progress
    now: int
    skipped: list[str] = field(default_factory=list[str])
    linked: dict[tuple[int, int], bytes] = field(default_factory=dict[tuple[int, int], bytes])
    """Where the first name was of each file that has several."""

    async def folder(self, path: bytes, found: Found, ignored: Ignored) -> FolderEntry:
        if path.count(b"/") >= _DEEPEST:
            raise TooDeepError(f"more than {_DEEPEST} folders lie in each other")
        place = os.path.join(self.base, path) if path else self.base
        listing = await anyio.to_thread.run_sync(list_folder, place)
        ignored = ignored.within(path, place)
        remembered = None if self.options.paranoid else self.cache.get(path)
        read: dict[bytes, RememberedFile] = {}
        builder = TreeBuilder[Entry](NodeKind.FOLDER, self._put_node)
        files = size = 0
        for each in listing.found:
            below = os.path.join(path, each.name) if path else each.name
            if ignored.ignores(below, is_folder=each.kind is Kind.FOLDER):
                continue
            entry = await self._entry(below, each, ignored, remembered, read)
            if entry is None:
                self.skipped.append(os.fsdecode(below))
                continue
            files, size = _counted(entry, files, size)
            await builder.add(entry)
        root = await builder.finish()
        self.cache.put(path, RememberedFolder(listing.fingerprint(), root.id, files, size, read))
        return FolderEntry(
            found.name if path else b"", found.permissions, found.mtime, root.id, files, size
        )

    async def _entry(
        self,
        path: bytes,
        found: Found,
        ignored: Ignored,
        remembered: RememberedFolder | None,
        read: dict[bytes, RememberedFile],
    ) -> Entry | None:
        match found.kind:
            case Kind.FOLDER:
                return await self.folder(path, found, ignored)
            case Kind.LINK:
                target = os.readlink(os.path.join(self.base, path))
                return LinkEntry(found.name, found.permissions, found.mtime, target)
            case Kind.FILE:
                known = remembered.read.get(found.name) if remembered else None
                file = await self._file(path, found, known)
                read[found.name] = file
                return file.entry
            case Kind.OTHER:
                return None

    async def _file(
        self, path: bytes, found: Found, known: RememberedFile | None
    ) -> RememberedFile:
        link = self._first_name(path, found)
        if known is None or not self._is_unchanged(found, known):
            found, content = await send_file(
                self.sender, os.path.join(self.base, path), found, on_bytes=self._on_bytes
            )
            where = content.content, content.depth, content.hash
        else:
            where = known.entry.content, known.entry.depth, known.entry.hash
        self.progress.files += 1
        self.options.on_progress(self.progress)
        entry = FileEntry(
            found.name,
            found.permissions,
            found.mtime,
            found.size,
            *where,
            HAS_HOLES if found.has_holes else 0,
            link,
        )
        return RememberedFile(found.inode, found.device, found.ctime, entry)

    def _is_unchanged(self, found: Found, known: RememberedFile) -> bool:
        return (
            (found.inode, found.device, found.ctime) == (known.inode, known.device, known.ctime)
            and (found.size, found.mtime) == (known.entry.size, known.entry.mtime)
            # A change in the very tick in which it was read would show in no time.
            and found.ctime < self.now - _SETTLED
        )

    def _first_name(self, path: bytes, found: Found) -> bytes | None:
        if found.links < 2:
            return None
        return self.linked.setdefault((found.device, found.inode), path)

    def _on_bytes(self, count: int) -> None:
        self.progress.bytes_read += count
        self.options.on_progress(self.progress)

    async def _put_node(self, content: bytes) -> bytes:
        node = self.sender.id_of(content)
        await self.sender.add(node, content)
        return bytes.fromhex(node)


def _counted(entry: Entry, files: int, size: int) -> tuple[int, int]:
    match entry:
        case FileEntry():
            return files + 1, size + entry.size
        case FolderEntry():
            return files + entry.files, size + entry.size
        case LinkEntry():
            return files, size
