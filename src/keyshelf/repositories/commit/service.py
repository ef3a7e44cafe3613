"""Commit: read what changed, send what is new, write the folders, and move the branch last."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from msgspec import structs

from keyshelf.clock import Clock, system_clock
from keyshelf.errors import InvalidInputError
from keyshelf.layout.repository import CommitHash
from keyshelf.repositories import bloom
from keyshelf.repositories.bloom import DamagedFilterError
from keyshelf.repositories.cache import CacheInUseError, FolderCache
from keyshelf.repositories.carrier import Carrier, Push
from keyshelf.repositories.commit.making import Making
from keyshelf.repositories.commit.survey import changed_folders, extent, vouchers_that_count
from keyshelf.repositories.commit.values import Commit, CommitOptions, Progress
from keyshelf.repositories.commit.walk import Known, Walk
from keyshelf.repositories.formats import frame, ids, manifest
from keyshelf.repositories.formats.entries import FolderEntry
from keyshelf.repositories.formats.frame import FrameType
from keyshelf.repositories.formats.manifest import Author, Manifest
from keyshelf.repositories.reading import Reader
from keyshelf.repositories.scanning import Kind, look, shown
from keyshelf.repositories.sending import MayHave, sending
from keyshelf.repositories.standing import Place
from keyshelf.repositories.values import RefName
from keyshelf.repositories.vouching import disavow_forgotten

# The standard library's, for the command line loads this: the other takes longer than most
# commands run.
_log = logging.getLogger(__name__)
_WORTH_A_FILTER = 64 * 1024 * 1024
"""So many bytes to read are worth fetching the filter of what is there."""


class FolderNeededError(InvalidInputError):
    """What is committed is a folder, and this is none; the detail names it."""

    code = "folder-needed"


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
    clock: Clock = system_clock,
) -> Commit:
    """Make a commit of a folder on a branch, after the branch's last one.

    When the folder is exactly what the branch's last commit holds, times included but its
    own, none is made unless `allow_empty` asks for it: `is_new` is then False and the last one
    is returned. What looks as it did when it was last read is not read again.

    Refused is what would undo what others committed: `FolderBehindError` when the branch
    has commits that the folder does not stand on as far as the cache remembers, and
    `FolderUnfinishedError`; `as_is` commits all the same.

    Chunks are in the repository before the manifest that needs them, and the manifest
    before the branch: a crash anywhere leaves the branch as it was, and the same commit
    goes on where it stopped: what was read is remembered, what was sent is not sent
    again. Raises `RefMovedError` when somebody moved the branch meanwhile,
    `FolderMissingError`, `FolderUnreadableError` and `FileChangingError`, which name what
    cannot be read or does not hold still, `IllegalPatternError`, `IllegalCommitError`, and
    what the carrier raises.
    """
    options = options or CommitOptions()
    manifest.check_words(message, author)
    if look(folder).kind is not Kind.FOLDER:
        raise FolderNeededError(f"{shown(folder)} is not a folder")
    async with carrier.push() as push:
        parent = await carrier.ref(branch)
        reader = Reader(carrier)
        place = Place(reader, cache, shown(folder), branch)
        is_sure = options.as_is or await place.require_current(parent)
        before = await reader.manifest(parent) if parent else None
        work = _Work(carrier, push, reader, folder, cache, options, clock)
        root = await work.send(await work.known(parent))
        if before and parent and _holds(before.root, root) and not options.allow_empty:
            made, commit_hash, is_new = before, parent, False
        else:
            made = Manifest(
                repository=carrier.repository.id,
                parents=(parent,) if parent else (),
                root=root,
                message=message,
                author=author,
                committed_at=at,
                generation=1 + (before.generation if before else 0),
            )
            commit_hash, is_new = await work.publish(made, place, parent), True
        work.note(commit_hash, place)
    return work.told(commit_hash, made, is_new=is_new, is_sure=is_sure)


def _holds(root: FolderEntry, folder: FolderEntry) -> bool:
    # The time of the root says only that something came or went there, which may be ignored
    # or gone: nobody means a version by it.
    return structs.replace(folder, mtime=root.mtime) == root


@dataclass(slots=True)
class _Work:
    carrier: Carrier
    push: Push
    reader: Reader
    folder: bytes
    cache: FolderCache
    options: CommitOptions
    clock: Clock
    progress: Progress = field(default_factory=Progress)
    files_read: int = 0
    skipped: Sequence[str] = ()

    async def known(self, parent: CommitHash | None) -> Known:
        """Return what need not be looked at again."""
        if self.options.paranoid:
            return Known(None, set(), is_distrusted=True)
        carrier, reader, cache = self.carrier, self.reader, self.cache
        await disavow_forgotten(carrier, cache)
        vouchers = await vouchers_that_count(carrier, reader, cache.vouchers(), parent)
        return Known(await changed_folders(self.folder, cache, vouchers), vouchers)

    async def send(self, known: Known) -> FolderEntry:
        """Send what is new, and return the root of everything."""
        options, progress = self.options, self.progress
        there_is = await extent(self._walk(known))
        progress.files_in_all, progress.bytes_to_read = there_is.files, there_is.bytes_to_read
        options.on_progress(progress)
        may_have = await self._filter(there_is.bytes_to_read)
        repository = self.carrier.repository
        async with sending(self.push, repository, options.sending, may_have) as sender:
            progress.sent = sender.sent
            making = Making(
                self.push, self.reader, sender, self.cache, self._walk(known), options, progress
            )
            root, self.skipped = await making.make()
            self.files_read = making.files_read
        options.on_progress(progress)
        return root

    async def publish(self, made: Manifest, place: Place, parent: CommitHash | None) -> CommitHash:
        """Store the manifest and move the branch to it."""
        keys = self.carrier.repository.keys
        content = manifest.encode(made)
        commit_hash = ids.commit_hash(content, keys)
        framed = frame.seal(
            content, type=FrameType.MANIFEST, digest=bytes.fromhex(commit_hash), keys=keys
        )
        place.about_to_publish(commit_hash)
        await self.push.publish(commit_hash, framed, made, branch=place.branch, expected=parent)
        return commit_hash

    def note(self, made: CommitHash, place: Place) -> None:
        """Note in the cache that the folder is in a commit; failing costs time, not the commit."""
        try:
            place.committed(made)
            self.cache.vouch(made)
        except CacheInUseError as error:
            _log.warning("the next commit asks about everything again: %s", error.detail)

    def told(
        self, commit_hash: CommitHash, made: Manifest, *, is_new: bool, is_sure: bool
    ) -> Commit:
        """Return what became of it all."""
        return Commit(
            hash=commit_hash,
            manifest=made,
            is_new=is_new,
            is_sure=is_sure,
            sent=self.progress.sent,
            files_read=self.files_read,
            bytes_read=self.progress.bytes_read,
            skipped=self.skipped,
        )

    def _walk(self, known: Known) -> Walk:
        options = self.options
        return Walk(self.folder, self.cache, known, self.clock, options.xattrs, options.own)

    async def _filter(self, bytes_to_read: int) -> MayHave | None:
        # A paranoid commit reads mostly what is there, of which the filter says nothing.
        if self.options.paranoid or bytes_to_read < _WORTH_A_FILTER:
            return None
        stored = await self.carrier.chunk_filter()
        try:
            return bloom.parse(stored).may_have if stored else None
        except DamagedFilterError as error:
            _log.warning("a commit does without the Bloom filter: %s", error.detail)
            return None
