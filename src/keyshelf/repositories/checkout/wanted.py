"""Which part of a commit is wanted: everything, or what lies at some paths."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

from keyshelf.errors import NotFoundError
from keyshelf.repositories.formats.entries import Entry, FolderEntry
from keyshelf.repositories.paths import components, joined, path_text
from keyshelf.repositories.reading import Reader
from keyshelf.repositories.walking import entry_runs, find_entry


class PathMissingError(NotFoundError):
    """A commit has nothing at a path that is to be checked out; the extras name it."""

    code = "checkout-path-missing"


@dataclass(slots=True)
class Wanted:
    """What is wanted of one folder."""

    all: bool = False
    below: "dict[bytes, Wanted]" = field(default_factory=dict[bytes, "Wanted"])

    def of(self, name: bytes) -> "Wanted":
        """Return what is wanted of what has a name in it."""
        return EVERYTHING if self.all else self.below[name]


EVERYTHING = Wanted(all=True)


@dataclass(frozen=True, slots=True)
class Visit:
    """A folder of the commit that is looked into."""

    path: bytes
    entry: FolderEntry
    wanted: Wanted
    is_new: bool = False
    """Whether the local folder was made for it, and holds nothing yet."""

    def below(self, entry: FolderEntry, *, is_new: bool = False) -> "Visit":
        """Return the visit of a folder in it."""
        path = joined(self.path, entry.name)
        return Visit(path, entry, self.wanted.of(entry.name), is_new=is_new)


def wanted(paths: Sequence[bytes]) -> Wanted:
    """Return what paths name, from the root; everything without any."""
    root = Wanted(all=not paths)
    for path in paths:
        place = root
        for name in components(path):
            place = place.below.setdefault(name, Wanted())
        place.all = True
    return root


async def entries_wanted(reader: Reader, visit: Visit) -> AsyncIterator[Sequence[Entry]]:
    """Give the entries of a folder that are wanted, some at a time.

    Raises `PathMissingError` for a path that is not there, and what reading raises.
    """
    if visit.wanted.all:
        async for run in entry_runs(reader.node, visit.entry.node, ahead=reader.ahead):
            yield run
        return
    found: list[Entry] = []
    for name, below in sorted(visit.wanted.below.items()):
        entry = await find_entry(reader.node, visit.entry.node, name)
        if entry is None or not (below.all or isinstance(entry, FolderEntry)):
            path = path_text(joined(visit.path, name if entry is None else _first(name, below)))
            raise PathMissingError(f"the commit has nothing at {path!r}", path=path)
        found.append(entry)
    yield found


def _first(name: bytes, below: Wanted) -> bytes:
    return joined(name, min(below.below))
