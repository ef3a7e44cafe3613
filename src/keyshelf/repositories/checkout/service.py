"""Checkout: make a folder hold what a commit holds, touching only what differs."""

import stat
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import ParamSpec, TypeVar

import anyio.to_thread
import msgspec

from keyshelf.errors import IntegrityError
from keyshelf.layout.repository import ChunkId, CommitHash
from keyshelf.repositories import standing
from keyshelf.repositories.cache import FolderCache, RememberedFile, RememberedFolder
from keyshelf.repositories.checkout.batches import Fetcher, fetching
from keyshelf.repositories.checkout.clearing import NOTHING_KNOWN
from keyshelf.repositories.checkout.folders import Finish, FolderWork, Local
from keyshelf.repositories.checkout.judging import remembered
from keyshelf.repositories.checkout.keeping import Before
from keyshelf.repositories.checkout.parts import PartWriter, Target, Written
from keyshelf.repositories.checkout.places import OpenFolder, is_there, opened
from keyshelf.repositories.checkout.twins import link_twins
from keyshelf.repositories.checkout.values import (
    MOST_NAMED,
    CheckedOut,
    CheckoutOptions,
    Progress,
    TooDeepError,
    Unwritten,
    damaged,
    would_overwrite,
)
from keyshelf.repositories.checkout.wanted import Visit, check_paths, entries_wanted, wanted
from keyshelf.repositories.formats.entries import Entry, FileEntry, FolderEntry
from keyshelf.repositories.reading import Reader
from keyshelf.repositories.vouching import disavow_forgotten
from keyshelf.repositories.walking import AHEAD
from keyshelf.store.errors import NeedsRestoreError

Params = ParamSpec("Params")
Result = TypeVar("Result")
_DEEPEST = 300
_SAVED_EVERY = 256
_FINISHED_AT_ONCE = 1000


async def checkout(
    reader: Reader,
    root: FolderEntry,
    folder: bytes,
    *,
    commit: CommitHash | None = None,
    paths: Sequence[bytes] = (),
    cache: FolderCache,
    options: CheckoutOptions | None = None,
) -> CheckedOut:
    """Make a folder hold everything of a root, or what lies at some paths from the root.

    What is right is not touched, and what the root does not have is left, unless asked to
    delete it. What a person changed stays where the root has what the last version here had.
    With the `commit` that the root is of, the cache remembers that the folder stands on it,
    which a later commit of the folder asks for.

    Everything is looked at before anything is written: `PathNotFoundError` and
    `WouldOverwriteError` leave the folder as it was. A file appears under its name when
    all of it is there and verified. Stopped anywhere, the same checkout goes on where this
    one stopped, with what parts of files hold already. Raises `DamagedFileError` for what
    cannot be read, unless told to keep going, and what the carrier and the folder raise.
    """
    options = options or CheckoutOptions()
    await check_paths(reader, root, paths)
    await disavow_forgotten(reader.carrier, cache)
    # A dry run makes no folder; it compares with none, and opens any to begin with.
    is_new = options.dry_run and not is_there(folder)
    with opened(b"/" if is_new else folder, to_write=not options.dry_run) as place:
        run = _Checkout(reader, place, cache, options)
        first = Visit(b"", root, wanted(paths), is_new=is_new)
        would = await run.plan(first)
        if options.dry_run:
            return would
        standing.checkout_begins(cache, commit, is_all=not paths)
        try:
            await run.write(first)
        finally:
            cache.save()
        done = run.result
        if commit and not paths:
            is_whole = not done.unwritten
            standing.checkout_ended(cache, commit, left=done.left, is_whole=is_whole)
    return done


@dataclass(slots=True)
class _Checkout:
    reader: Reader
    place: OpenFolder
    cache: FolderCache
    options: CheckoutOptions
    result: CheckedOut = field(default_factory=CheckedOut)
    progress: Progress = field(default_factory=Progress)
    work: FolderWork = field(init=False)
    finishes: list[Finish] = field(default_factory=list[Finish])
    twins: list[tuple[Target, bytes]] = field(default_factory=list[tuple[Target, bytes]])
    locals: dict[bytes, Local] = field(default_factory=dict[bytes, Local])
    """The folders in which files are still being written, by path."""
    failed: list[Target] = field(default_factory=list[Target])
    """Files that cannot be read."""
    recorded: int = 0

    def __post_init__(self) -> None:
        self.work = FolderWork(self.place, self.cache, self.options)

    async def plan(self, first: Visit) -> CheckedOut:
        """See that nothing is in the way, and return what would be done.

        What lies in folders that are not there yet counts with a dry run only.
        """
        if first.wanted.all:
            self.progress.files_total, self.progress.bytes_total = (
                first.entry.files,
                first.entry.size,
            )
        blocked, would = list[bytes](), CheckedOut()
        before = Before(self.reader, self.cache)
        visits = _Visits(self.reader, first)
        while (visit := await visits.next()) and len(blocked) <= MOST_NAMED:
            local = Local(visit)
            async for entries, is_last in self._entries(visit, is_told=False):
                self._count(visit, entries)
                compared = await _in_thread(self.work.compare, local, entries, is_last=is_last)
                kept = await before.unchanged(compared.differing)
                self.work.kept |= kept
                would.kept += len(kept)
                blocked += [*compared.blocked, *(compared.differing.keys() - kept)]
                would.add(compared.would)
                visits.add(_to_compare(local, entries, all_of_them=self.options.dry_run))
        if blocked:
            raise would_overwrite(sorted(blocked))
        return would

    async def write(self, first: Visit) -> None:
        """Make everything, folders before what is in them, and finish them last."""
        writer = PartWriter(self.reader, self.place, self.options)
        async with fetching(self.reader, writer, self.options, self._on_written) as fetcher:
            visits = _Visits(self.reader, first)
            while visit := await visits.next():
                await self._folder(visit, visits, fetcher)
            await fetcher.flush()
            for target in await self._link_twins():
                await fetcher.add(target)
        await _in_thread(writer.remove_parts, self.failed)
        finishes = self.finishes[::-1]
        for start in range(0, len(finishes), _FINISHED_AT_ONCE):
            some = finishes[start : start + _FINISHED_AT_ONCE]
            self.result.warnings += await _in_thread(self.work.finish, some)

    async def _folder(self, visit: Visit, visits: "_Visits", fetcher: Fetcher) -> None:
        local = Local(visit)
        self.locals[visit.path] = local
        async for entries, is_last in self._entries(visit, is_told=True):
            done = await _in_thread(self.work.act, local, entries, is_last=is_last)
            self.result.add(done.did)
            self.twins += done.twins
            visits.add(done.visits)
            local.waiting += len(done.targets)
            self._progressed(done.files, done.bytes)
            for start in range(0, len(done.targets), AHEAD):
                some = done.targets[start : start + AHEAD]
                await self.reader.ahead(_lists(some))
                for target in some:
                    await fetcher.add(target)
        local.is_walked = True
        if finish := self.work.finish_of(local):
            self.finishes.append(finish)
        self._record_if_done(local)

    async def _entries(
        self, visit: Visit, *, is_told: bool
    ) -> AsyncIterator[tuple[Sequence[Entry], bool]]:
        """Give the entries of a folder, and with the last of them that they are the last."""
        before: Sequence[Entry] | None = None
        try:
            async for entries in entries_wanted(self.reader, visit):
                if before is not None:
                    yield before, False
                before = entries
        except (IntegrityError, NeedsRestoreError) as error:
            if not self.options.keep_going:
                raise damaged(visit.path, error) from error
            if is_told:
                self.result.unwritten.append(Unwritten(visit.path, damaged(visit.path, error)))
            if before is not None:
                yield before, False  # what is missing may be in any folder: nothing is removed
        else:
            yield before or (), True

    def _on_written(self, written: Written) -> None:
        self.result.bytes_written += written.bytes
        self.result.warnings += written.warnings
        self.result.written += len(written.files)
        for target, record in written.files:
            self._settled(target, record)
        self.failed += written.failed
        for target in written.failed:
            if target.error is not None:
                self.result.unwritten.append(Unwritten(target.path, target.error))
            self._settled(target, None)
        self._progressed(len(written.files), written.bytes)

    def _settled(self, target: Target, record: RememberedFile | None) -> None:
        """Note that a file is written, or cannot be."""
        local = self.locals.get(target.folder)
        if local is None:
            if record is not None:
                self._remember({target.path: record})
            return
        local.waiting -= 1
        if record is not None:
            local.files[target.entry.name] = record
        self._record_if_done(local)

    def _record_if_done(self, local: Local) -> None:
        if local.waiting or not local.is_walked:
            return
        del self.locals[local.visit.path]
        self.work.record(local)
        self.recorded += 1
        if self.recorded % _SAVED_EVERY == 0:
            self.cache.save()

    async def _link_twins(self) -> list[Target]:
        """Link further names to files; returns those that must be written themselves."""
        failed = {each.path: each.error for each in self.result.unwritten}
        hurt = [target for target, leader in self.twins if leader in failed]
        twins = [(target, leader) for target, leader in self.twins if leader not in failed]
        done = await _in_thread(link_twins, self.place, twins, overwrite=self.options.overwrite)
        self.result.written += len(done.linked)
        self.result.right += len(done.right)
        finished = done.linked + done.right
        self._progressed(len(finished), sum(target.entry.size for target in finished))
        entries = {target.path: target.entry for target in finished}
        entries |= {
            leader: msgspec.structs.replace(target.entry, name=leader.rpartition(b"/")[2])
            for target, leader in twins
            if target.path in entries
        }
        self._remember({path: remembered(entries[path], done.seen[path]) for path in entries})
        return done.unlinked + hurt

    def _remember(self, files: Mapping[bytes, RememberedFile]) -> None:
        """Remember files in folders that were recorded before."""
        by_folder: dict[bytes, dict[bytes, RememberedFile]] = {}
        for path, file in files.items():
            folder, _, name = path.rpartition(b"/")
            by_folder.setdefault(folder, {})[name] = file
        for folder, some in by_folder.items():
            found = self.cache.get(folder)
            known = found.committed() if found else NOTHING_KNOWN
            now = {**known.files, **some}
            if now != known.files:
                self.cache.put(folder, RememberedFolder(now, known.folders))

    def _count(self, visit: Visit, entries: Sequence[Entry]) -> None:
        for entry in () if visit.wanted.all else entries:
            if isinstance(entry, FileEntry):
                self.progress.files_total += 1
                self.progress.bytes_total += entry.size
            elif isinstance(entry, FolderEntry) and visit.wanted.of(entry.name).all:
                self.progress.files_total += entry.files
                self.progress.bytes_total += entry.size

    def _progressed(self, files: int, size: int) -> None:
        self.progress.files += files
        self.progress.bytes += size
        self.options.on_progress(self.progress)


class _Visits:
    """The folders that are still to look into, the nodes of those that come next at hand."""

    def __init__(self, reader: Reader, first: Visit) -> None:
        self._reader = reader
        self._stack = [first]
        self._fetched: set[bytes] = set()

    def add(self, visits: Sequence[Visit]) -> None:
        """Put folders before all others, in their order."""
        self._stack += visits[::-1]

    async def next(self) -> Visit | None:
        """Return the next folder; None at the end. Raises `TooDeepError`."""
        if not self._stack:
            return None
        visit = self._stack.pop()
        if visit.path.count(b"/") >= _DEEPEST:
            raise TooDeepError(f"more than {_DEEPEST} folders lie in each other")
        if visit.entry.node not in self._fetched:
            some = [visit.entry.node, *(each.entry.node for each in self._stack[:-AHEAD:-1])]
            self._fetched = set(some)
            await self._reader.ahead([ChunkId(node.hex()) for node in some])
        return visit


def _to_compare(local: Local, entries: Sequence[Entry], *, all_of_them: bool) -> list[Visit]:
    """Return the folders that must be compared too: those that are there, or named in part."""
    visits: list[Visit] = []
    for entry in entries:
        if isinstance(entry, FolderEntry):
            seen = local.seen.get(entry.name)
            is_folder = seen is not None and stat.S_ISDIR(seen.st_mode)
            visit = local.visit.below(entry, is_new=not is_folder)
            if is_folder or all_of_them or not visit.wanted.all:
                visits.append(visit)
    return visits


def _lists(targets: Sequence[Target]) -> list[ChunkId]:
    """Return the first nodes of the lists of files' chunks."""
    entries = (target.entry for target in targets)
    return [ChunkId(each.content.hex()) for each in entries if each.depth and each.content]


async def _in_thread(
    act: Callable[Params, Result], *args: Params.args, **options: Params.kwargs
) -> Result:
    return await anyio.to_thread.run_sync(partial(act, *args, **options))
