"""The commits that led to a commit, newest first."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush

from keyshelf.errors import IntegrityError
from keyshelf.layout.repository import CommitHash
from keyshelf.repositories.formats.manifest import Manifest
from keyshelf.repositories.reading import Reader


@dataclass(frozen=True, slots=True)
class LogEntry:
    """A commit in its history."""

    commit: CommitHash
    manifest: Manifest

    @property
    def files(self) -> int:
        """How many files it holds."""
        return self.manifest.root.files

    @property
    def size(self) -> int:
        """How many bytes its files have."""
        return self.manifest.root.size


@dataclass(frozen=True, slots=True)
class LogPage:
    """Some commits, and where the log goes on."""

    entries: Sequence[LogEntry]
    next: tuple[CommitHash, ...]
    """What to begin the next page with; nothing at the end. Its order does not matter."""
    damaged: Mapping[CommitHash, IntegrityError]
    """Commits that belong here and cannot be read, and why. The log goes on beside them."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    entry: LogEntry

    def __lt__(self, other: "_Waiting") -> bool:
        return self._rank() > other._rank()

    def _rank(self) -> tuple[int, float, CommitHash]:
        manifest = self.entry.manifest
        return manifest.generation, manifest.committed_at.timestamp(), self.entry.commit


class _Frontier:
    """The commits that come next, of which the newest is taken first.

    A commit ranks below everything that it led to. So when it is taken nothing can lead to
    it any more, and what waits is all that has to be remembered for none to come twice.
    """

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._heap: list[_Waiting] = []
        self._waiting: set[CommitHash] = set()
        self.damaged: dict[CommitHash, IntegrityError] = {}

    async def add(self, commits: Sequence[CommitHash]) -> None:
        for commit in commits:
            if commit in self._waiting or commit in self.damaged:
                continue
            try:
                entry = LogEntry(commit, await self._reader.manifest(commit))
            except IntegrityError as error:
                self.damaged[commit] = error
            else:
                self._waiting.add(commit)
                heappush(self._heap, _Waiting(entry))

    async def take(self) -> LogEntry | None:
        if not self._heap:
            return None
        entry = heappop(self._heap).entry
        self._waiting.remove(entry.commit)
        await self.add(entry.manifest.parents)
        return entry

    def rest(self) -> tuple[CommitHash, ...]:
        return tuple(sorted(self._waiting))


async def log(reader: Reader, start: Sequence[CommitHash]) -> AsyncIterator[LogEntry]:
    """Give commits and all that led to them, each once: by generation, then time, newest first.

    Holds the manifests of lines of work that go on side by side. Raises what reading raises;
    of commits that are damaged or lost the first, when all others were given.
    """
    frontier = _Frontier(reader)
    await frontier.add(start)
    while entry := await frontier.take():
        yield entry
    for error in frontier.damaged.values():
        raise error


async def log_page(reader: Reader, start: Sequence[CommitHash], *, limit: int) -> LogPage:
    """Return up to `limit` commits of a log, and where it goes on."""
    frontier = _Frontier(reader)
    await frontier.add(start)
    entries: list[LogEntry] = []
    while len(entries) < limit and (entry := await frontier.take()):
        entries.append(entry)
    return LogPage(entries, frontier.rest(), frontier.damaged)
