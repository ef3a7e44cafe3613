"""One folder of a checkout: compared with what is there, and made so. For a thread to do."""

import os
import stat
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import msgspec

from keyshelf.repositories.cache import FolderCache, RememberedFile, RememberedFolder
from keyshelf.repositories.checkout import judging
from keyshelf.repositories.checkout.clearing import NOTHING_KNOWN, Cleared, Clearing
from keyshelf.repositories.checkout.judging import Verdict
from keyshelf.repositories.checkout.parts import Target
from keyshelf.repositories.checkout.places import (
    PERMISSIONS,
    OpenFolder,
    Telling,
    has_xattrs,
    set_xattrs,
)
from keyshelf.repositories.checkout.values import (
    CheckedOut,
    CheckoutOptions,
    InTheWayError,
    would_overwrite,
)
from keyshelf.repositories.checkout.wanted import Visit
from keyshelf.repositories.formats.entries import Entry, FileEntry, FolderEntry, LinkEntry
from keyshelf.repositories.part_names import is_of_checkout, part_name
from keyshelf.repositories.paths import joined, path_shown

_WRITABLE = 0o700
_LARGE_BYTES = 64 * 1024


@dataclass(slots=True)
class Local:
    """What lies in a folder, what is remembered of it, and what comes of it."""

    visit: Visit
    seen: dict[bytes, os.stat_result] = field(default_factory=dict[bytes, os.stat_result])
    known: RememberedFolder = NOTHING_KNOWN
    is_listed: bool = False
    files: dict[bytes, RememberedFile] = field(default_factory=dict[bytes, RememberedFile])
    """What is remembered anew."""
    names: set[bytes] = field(default_factory=set[bytes])
    """What the commit has in it."""
    folders: set[bytes] = field(default_factory=set[bytes])
    """Which of these are folders."""
    parts: set[bytes] = field(default_factory=set[bytes])
    """What files are called that are being written."""
    waiting: int = 0
    """How many files are still being written."""
    is_walked: bool = False
    is_writable: bool = False
    """Whether it is certain that it can be written into."""
    was_mode: int | None = None
    """Its permissions, when they were widened to write into it."""

    def gone(self) -> set[bytes]:
        """Return what an earlier version had in it and the commit has not."""
        return ({*self.known.files, *self.known.folders} & self.seen.keys()) - self.names


@dataclass(frozen=True, slots=True)
class Finish:
    """What a folder is to be when all below it is done."""

    path: bytes
    mode: int
    mtime: int | None
    xattrs: Sequence[tuple[bytes, bytes]] | None = None


@dataclass(slots=True)
class Done:
    """What was done for some entries of a folder, and what is left to do."""

    did: CheckedOut = field(default_factory=CheckedOut)
    targets: list[Target] = field(default_factory=list[Target])
    """Files to write."""
    twins: list[tuple[Target, bytes]] = field(default_factory=list[tuple[Target, bytes]])
    """Further names of files, and the path that was met first."""
    visits: list[Visit] = field(default_factory=list[Visit])
    """Folders to look into."""
    files: int = 0
    """Files that are done."""
    bytes: int = 0
    """Their bytes."""


@dataclass(slots=True)
class Compared:
    """What making some entries of a folder takes."""

    blocked: list[bytes] = field(default_factory=list[bytes])
    """Paths of what is in the way and may not be removed."""
    differing: dict[bytes, Entry] = field(default_factory=dict[bytes, Entry])
    """What belongs where a person has something else, by path."""
    would: CheckedOut = field(default_factory=CheckedOut)
    """What would be done."""

    def take(self, cleared: Cleared, *, is_whole: bool) -> None:
        """Take in what would be removed; `is_whole` when nothing may be left."""
        self.would.removed += cleared.removed
        self.blocked += cleared.changed + (cleared.foreign if is_whole else [])


class FolderWork:
    """Compares folders with a commit, and makes everything in them but the bytes of files."""

    def __init__(self, root: OpenFolder, cache: FolderCache, options: CheckoutOptions) -> None:
        self._root = root
        self._cache = cache
        self._options = options
        self._compared: dict[bytes, RememberedFile] = {}
        """Large files whose bytes were read and found right, so that they are read once."""
        self._leaders: dict[tuple[object, ...], bytes] = {}
        self.kept: set[bytes] = set()
        """Paths at which what a person has stays although it differs."""

    def compare(self, local: Local, entries: Sequence[Entry], *, is_last: bool) -> Compared:
        """Tell what making these entries takes, and what is in the way; changes nothing."""
        compared = Compared()
        if local.visit.is_new:
            for entry in entries:
                _count(compared.would, entry, Verdict.WRITE)
            return compared
        with self._root.within(local.visit.path) as place:
            self._begin(place, local, entries)
            for entry in entries:
                path = joined(local.visit.path, entry.name)
                verdict = self._verdict(place, local, entry)
                self._note_compared(local, entry, verdict)
                if verdict is Verdict.BLOCKED and not self._options.overwrite:
                    compared.differing[path] = entry
                    continue
                _count(compared.would, entry, verdict)
                if verdict is Verdict.CLEAR:
                    compared.take(self._clear(place, path, act=False), is_whole=True)
            if is_last and self._deletes(local):
                compared.take(self._remove_rest(place, local, act=False), is_whole=False)
            elif is_last:
                compared.would.left += self._left(place, local)
        return compared

    def act(self, local: Local, entries: Sequence[Entry], *, is_last: bool) -> Done:
        """Make what can be made of entries, and tell what is to be written.

        After the last of a folder, what is not of the commit is removed if that is asked.
        Raises `WouldOverwriteError` for what came in the way since it was planned.
        """
        done = Done()
        with self._root.within(local.visit.path) as place:
            self._begin(place, local, entries)
            for entry in entries:
                verdict = self._verdict(place, local, entry)
                if verdict is Verdict.BLOCKED and not self._options.overwrite:
                    self._keep(local, entry, done)
                    continue
                if verdict is not Verdict.RIGHT:
                    _widen(place, local)
                if verdict is Verdict.CLEAR:
                    self._clear_for(place, local, entry, done)
                match entry:
                    case FolderEntry():
                        self._folder(place, local, entry, verdict, done)
                    case FileEntry():
                        self._file(place, local, entry, verdict, done)
                    case LinkEntry():
                        self._link(place, local, entry, verdict, done)
            if is_last:
                self._close(place, local, done)
        return done

    def record(self, local: Local) -> None:
        """Remember a folder in which everything is done, unless nothing changed in it."""
        known, visit = local.known, local.visit
        others = local.seen.keys() - local.files.keys()
        files = {name: known.files[name] for name in others if name in known.files}
        folders = {name for name in known.folders if name in local.seen} | local.folders
        now = RememberedFolder({**files, **local.files}, tuple(sorted(folders)))
        if now.files != known.files or folders != set(known.folders) or visit.is_new:
            self._cache.put(visit.path, now)

    def finish_of(self, local: Local) -> Finish | None:
        """Return what the folder is to be in the end; None when it stays as it is."""
        visit, entry = local.visit, local.visit.entry
        if visit.wanted.all or visit.is_new:
            return Finish(visit.path, entry.mode & PERMISSIONS, entry.mtime, entry.xattrs)
        if local.was_mode is not None:
            return Finish(visit.path, local.was_mode, None)
        return None

    def finish(self, finishes: Iterable[Finish]) -> list[str]:
        """Give folders their permissions and times, those below others first.

        Returns what could not be set, in words.
        """
        warnings: list[str] = []
        for each in finishes:
            with self._root.within(each.path) as place, Telling(place.path):
                now = os.fstat(place.descriptor)
                if each.xattrs and not has_xattrs(place.descriptor, each.xattrs):
                    warnings += set_xattrs(place.descriptor, each.xattrs, each.path)
                if stat.S_IMODE(now.st_mode) != each.mode:
                    os.fchmod(place.descriptor, each.mode)
                if each.mtime is not None and now.st_mtime_ns != each.mtime:
                    os.utime(place.descriptor, ns=(each.mtime, each.mtime))
                if self._options.durable:
                    os.fsync(place.descriptor)
        return warnings

    def _begin(self, place: OpenFolder, local: Local, entries: Sequence[Entry]) -> None:
        local.names |= {entry.name for entry in entries}
        if not local.is_listed:
            local.is_listed = True
            known = self._cache.get(local.visit.path)
            local.known = known.committed() if known else NOTHING_KNOWN
            local.seen = {} if local.visit.is_new else place.listing()

    def _keep(self, local: Local, entry: Entry, done: Done) -> None:
        path = joined(local.visit.path, entry.name)
        if path not in self.kept:
            raise would_overwrite([path])
        done.did.kept += 1
        done.files += 1
        done.bytes += entry.size if isinstance(entry, FileEntry) else 0

    def _deletes(self, local: Local) -> bool:
        return self._options.delete and local.visit.wanted.all

    def _close(self, place: OpenFolder, local: Local, done: Done) -> None:
        if self._deletes(local):
            done.did.removed += self._remove_rest(place, local, act=True).removed
        else:
            done.did.left += self._left(place, local)
        if local.visit.wanted.all:
            for name in local.seen.keys() - local.names - local.parts:
                if is_of_checkout(name):
                    _widen(place, local)
                    place.remove(name)

    def _verdict(self, place: OpenFolder, local: Local, entry: Entry) -> Verdict:
        seen, known = local.seen.get(entry.name), local.known.files.get(entry.name)
        match entry:
            case FolderEntry():
                return judging.judge_folder(place, entry, seen, known)
            case LinkEntry():
                return judging.judge_link(place, entry, seen, known)
            case FileEntry():
                compared = self._compared.get(joined(local.visit.path, entry.name))
                paranoid = self._options.paranoid and compared is None
                return judging.judge_file(place, entry, seen, compared or known, paranoid=paranoid)

    def _note_compared(self, local: Local, entry: Entry, verdict: Verdict) -> None:
        seen, known = local.seen.get(entry.name), local.known.files.get(entry.name)
        if verdict not in (Verdict.RIGHT, Verdict.ADJUST) or seen is None:
            return
        if isinstance(entry, FileEntry) and entry.size >= _LARGE_BYTES:
            looks_known = known is not None and judging.looks_as(known, seen)
            if self._options.paranoid or not looks_known:
                held = msgspec.structs.replace(entry, mtime=seen.st_mtime_ns, xattrs=None)
                path = joined(local.visit.path, entry.name)
                self._compared[path] = judging.remembered(held, seen)

    def _folder(
        self, place: OpenFolder, local: Local, entry: FolderEntry, verdict: Verdict, done: Done
    ) -> None:
        local.folders.add(entry.name)
        if verdict is not Verdict.RIGHT:
            if entry.name in local.seen:
                place.remove(entry.name)
            place.make(entry.name)
        done.visits.append(local.visit.below(entry, is_new=verdict is not Verdict.RIGHT))

    def _file(
        self, place: OpenFolder, local: Local, entry: FileEntry, verdict: Verdict, done: Done
    ) -> None:
        seen = None if verdict is Verdict.CLEAR else local.seen.get(entry.name)
        target = Target(local.visit.path, entry, seen)
        if entry.link is not None:
            same = entry.link, entry.content, entry.size, entry.mode, entry.mtime
            leader = self._leaders.setdefault(same, target.path)
            if leader != target.path:
                done.twins.append((target, leader))
                return
        if verdict is Verdict.ADJUST:
            seen = self._adjust(place, target, done)
        elif verdict is Verdict.RIGHT:
            done.did.right += 1
        else:
            left = local.seen.get(target.part_name)
            target.part_bytes = left.st_size if left else 0
            local.parts.add(target.part_name)
            done.targets.append(target)
            return
        if seen is not None:
            local.files[entry.name] = judging.kept_or_new(
                local.known.files.get(entry.name), entry, seen
            )
        done.files, done.bytes = done.files + 1, done.bytes + entry.size

    def _adjust(self, place: OpenFolder, target: Target, done: Done) -> os.stat_result:
        entry = target.entry
        descriptor = place.open(entry.name)
        try:
            with Telling(place.path, entry.name):
                if entry.xattrs and not has_xattrs(descriptor, entry.xattrs):
                    done.did.warnings += set_xattrs(descriptor, entry.xattrs, target.path)
                os.fchmod(descriptor, entry.mode & PERMISSIONS)
                os.utime(descriptor, ns=(entry.mtime, entry.mtime))
            done.did.adjusted += 1
            return os.fstat(descriptor)
        finally:
            os.close(descriptor)

    def _link(
        self, place: OpenFolder, local: Local, entry: LinkEntry, verdict: Verdict, done: Done
    ) -> None:
        name = entry.name
        if verdict is Verdict.RIGHT:
            done.did.right += 1
        elif verdict is Verdict.ADJUST:
            place.set_times(name, entry.mtime)
            done.did.adjusted += 1
        else:
            part = part_name(FileEntry(name, 0, 0, 0, entry.target))
            place.remove(part)  # of a checkout that was interrupted just then
            place.link_to(part, entry.target, mtime=entry.mtime)
            place.replace(name, part)
            done.did.written += 1
            if entry.xattrs:
                path = path_shown(joined(local.visit.path, name))
                done.did.warnings.append(f"{path}: extended attributes of links are not kept")
        seen = place.look(name)
        if seen is not None:
            local.files[name] = judging.kept_or_new(local.known.files.get(entry.name), entry, seen)

    def _clear(self, place: OpenFolder, path: bytes, *, act: bool) -> Cleared:
        cleared = Cleared()
        clearing = Clearing(self._cache, act=act, overwrite=False)
        clearing.folder(place, path.rpartition(b"/")[2], path, cleared)
        return cleared

    def _clear_for(self, place: OpenFolder, local: Local, entry: Entry, done: Done) -> None:
        path = joined(local.visit.path, entry.name)
        looked = self._clear(place, path, act=False)
        if left := looked.changed + looked.foreign:
            raise would_overwrite(left)
        done.did.removed += self._clear(place, path, act=True).removed
        if place.look(entry.name) is not None:
            raise InTheWayError(f"{path_shown(path)} is a folder that cannot be removed")

    def _left(self, place: OpenFolder, local: Local) -> int:
        """Count what an earlier version had in a folder and this one has not."""
        if not (local.visit.wanted.all and (gone := local.gone())):
            return 0
        cleared = self._remove_rest(place, local, act=False)
        return max(cleared.removed + len(cleared.changed), len(gone))

    def _remove_rest(self, place: OpenFolder, local: Local, *, act: bool) -> Cleared:
        known, cleared, gone = local.known, Cleared(), local.gone()
        if gone and act:
            _widen(place, local)
        clearing = Clearing(self._cache, act=act, overwrite=self._options.overwrite)
        clearing.names(place, local.visit.path, gone, known, cleared)
        for name in gone if act else ():
            if place.look(name) is None:
                local.seen.pop(name)
        return cleared


def _count(did: CheckedOut, entry: Entry, verdict: Verdict) -> None:
    if isinstance(entry, FolderEntry):
        return
    if verdict is Verdict.RIGHT:
        did.right += 1
    elif verdict is Verdict.ADJUST:
        did.adjusted += 1
    else:
        did.written += 1
        did.bytes_written += entry.size if isinstance(entry, FileEntry) else 0


def _widen(place: OpenFolder, local: Local) -> None:
    """See that a folder can be written into; its permissions come back in the end."""
    if local.is_writable:
        return
    mode = stat.S_IMODE(os.fstat(place.descriptor).st_mode)
    if mode & _WRITABLE != _WRITABLE:
        with Telling(place.path):
            os.fchmod(place.descriptor, mode | _WRITABLE)
        local.was_mode = mode
    local.is_writable = True
