"""Which version a folder stands on, so that a commit of it takes back nobody else's work."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from keyshelf.errors import ConflictError
from keyshelf.layout.repository import CommitHash
from keyshelf.repositories.cache import FolderCache, Standing
from keyshelf.repositories.history.log import LogEntry, log_page
from keyshelf.repositories.reading import Reader
from keyshelf.repositories.values import RefName

_CHECKED_OUT = ""
_PUBLISHING = "publishing "
"""No branch has a space in its name."""
_NAMED = 3
_PAGE = 20
_MOST_WALKED = 200
_TITLE_LENGTH = 60


class FolderBehindError(ConflictError):
    """The branch has commits that the folder does not stand on, and a commit would undo them.

    The detail says who made what since, and the extras name where the branch is and what the
    folder stands on. Check the branch out into the folder, which keeps what was changed
    there, and commit then; or commit the folder as it is.
    """

    code = "folder-behind"


class FolderUnfinishedError(ConflictError):
    """A checkout left the folder as something other than the version that it brought.

    Only a part of that was asked for or could be written, or what it no longer has was left.
    The detail names the checkout that ends it; or commit the folder as it is.
    """

    code = "folder-unfinished"


@dataclass(frozen=True, slots=True)
class Place:
    """A folder that is committed to a branch."""

    reader: Reader
    cache: FolderCache
    folder: str
    """As a person is shown it."""
    branch: RefName

    async def require_current(self, head: CommitHash | None) -> bool:
        """See that a commit after `head` undoes nothing that the folder does not know of.

        Returns whether that is certain; it is not where nothing is remembered of the folder.
        Raises `FolderBehindError` and `FolderUnfinishedError`, and what reading raises.
        """
        if head is None:
            return True
        remembered = self.cache.standings()
        checked_out = remembered.get(_CHECKED_OUT)
        if checked_out is not None and not checked_out.is_whole:
            raise self._unfinished(checked_out)
        commits = {each.commit for each in remembered.values()}
        if head in commits:
            return True
        known = await _in_repository(self.reader, list(commits))
        for commit in known:
            if await _leads_to(self.reader, commit, head):
                return True
        if known:
            raise await self._behind(head, self._nearest(remembered, known))
        return False

    def about_to_publish(self, commit: CommitHash) -> None:
        """Note a commit before it is made: its answer may be lost, and the folder is in it."""
        self.cache.stand(f"{_PUBLISHING}{commit}", Standing(commit))
        self.cache.save()

    def committed(self, commit: CommitHash) -> None:
        """Note that the branch's commit holds the folder as it is; kept with the next `save`."""
        self.cache.stand(self.branch.name, Standing(commit))
        remembered = self.cache.standings()
        for name in remembered:
            if name.startswith(_PUBLISHING):
                self.cache.stand(name, None)
        checked_out = remembered.get(_CHECKED_OUT)
        if checked_out is not None and not checked_out.is_whole:
            self.cache.stand(_CHECKED_OUT, Standing(commit))

    def _nearest(
        self, remembered: Mapping[str, Standing], known: Sequence[CommitHash]
    ) -> tuple[str, CommitHash]:
        """Return as what the folder is known, of what is in the repository: this branch's first."""
        there = {name: each.commit for name, each in remembered.items() if each.commit in known}
        own = there.get(self.branch.name)
        return (self.branch.name, own) if own else list(there.items())[-1]

    async def _behind(
        self, head: CommitHash, stands_on: tuple[str, CommitHash]
    ) -> FolderBehindError:
        name, at = stands_on
        is_other = name not in (self.branch.name, _CHECKED_OUT) and " " not in name
        of_other = f" of the branch {name}" if is_other else ""
        since = await _since(self.reader, head, at)
        told = ", ".join(_told(entry) for entry in since[:_NAMED])
        more = f" and {len(since) - _NAMED:,} more before" if len(since) > _NAMED else ""
        return FolderBehindError(
            f"{self.branch.name} is at {head[:12]}, and {self.folder} stands on {at[:12]}"
            f"{of_other}."
            f" Since then: {told}{more}. `{self._checkout()}` brings that and keeps what you"
            " changed; then commit again. --as-is commits the folder as it is, without that",
            head=head,
            stands_on=at,
            since=[entry.commit for entry in since],
        )

    def _unfinished(self, found: Standing) -> FolderUnfinishedError:
        if found.left:
            files, it = ("1 file", "it") if found.left == 1 else (f"{found.left:,} files", "them")
            why = f"it has {files} of before that {found.commit[:12]} no longer has"
            fix = f"`{self._checkout()} --delete` removes {it}"
        else:
            why = f"only a part of {found.commit[:12]} was checked out into it"
            fix = f"`{self._checkout()}` brings the rest"
        return FolderUnfinishedError(
            f"{self.folder} is no whole version: {why}. {fix}; --as-is commits it as it is",
            stands_on=found.commit,
        )

    def _checkout(self) -> str:
        words = ["keyshelf", "checkout", self.branch.name, self.folder]
        return shlex.join([*words, "--repo", self.reader.carrier.repository.name])


async def base(reader: Reader, cache: FolderCache) -> CommitHash | None:
    """Return the last whole version that a folder stood on; None when none is known."""
    remembered = list(cache.standings().values())[::-1]
    commits = [each.whole for each in remembered]
    known = await _in_repository(reader, [each for each in commits if each])
    return known[0] if known else None


def checkout_begins(cache: FolderCache, commit: CommitHash | None, *, is_all: bool) -> None:
    """Note that a folder is made a version, or a part of it, and is neither for a while."""
    remembered = list(cache.standings().values())
    if is_all:
        before = next((each.whole for each in remembered[::-1] if each.whole), None)
        cache.stand_only(_CHECKED_OUT, _unfinished(commit, before))
    elif not remembered:
        cache.stand_only(_CHECKED_OUT, _unfinished(commit, None))
    cache.save()


def checkout_ended(cache: FolderCache, commit: CommitHash, *, left: int, is_whole: bool) -> None:
    """Note that a folder is a version, but for what is left in it of others."""
    found = cache.standings().get(_CHECKED_OUT)
    before = found.before if found else None
    cache.stand_only(_CHECKED_OUT, Standing(commit, is_part=not is_whole, left=left, before=before))
    cache.save()


def _unfinished(commit: CommitHash | None, before: CommitHash | None) -> Standing | None:
    return Standing(commit, is_part=True, before=before) if commit else None


async def _in_repository(reader: Reader, commits: Sequence[CommitHash]) -> list[CommitHash]:
    return [
        commit
        for commit in dict.fromkeys(commits)
        if commit in await reader.carrier.commits_like(commit)
    ]


async def _leads_to(reader: Reader, commit: CommitHash, older: CommitHash) -> bool:
    """Say whether an older commit is among those that led to a commit."""
    generation = (await reader.manifest(older)).generation
    start: tuple[CommitHash, ...] = (commit,)
    while start:
        page = await log_page(reader, start, limit=_PAGE)
        if any(entry.commit == older for entry in page.entries):
            return True
        # The log is ordered by generation: what led to it lies further on.
        if any(entry.manifest.generation < generation for entry in page.entries):
            return False
        start = page.next
    return False


async def _since(reader: Reader, head: CommitHash, at: CommitHash) -> list[LogEntry]:
    """Return the commits that led to one and not to the other, newest first."""
    known = {entry.commit for entry in (await log_page(reader, [at], limit=_MOST_WALKED)).entries}
    since: list[LogEntry] = []
    for entry in (await log_page(reader, [head], limit=_MOST_WALKED)).entries:
        if entry.commit in known:
            break
        since.append(entry)
    return since


def _told(entry: LogEntry) -> str:
    title = (entry.manifest.message.splitlines() or [""])[0]
    cut = title if len(title) <= _TITLE_LENGTH else f"{title[:_TITLE_LENGTH]}…"
    return f"{entry.commit[:12]} by {entry.manifest.author.name} ({cut})"
