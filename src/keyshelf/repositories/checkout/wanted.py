"""Which part of a commit is wanted: everything, or what lies at some paths."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

from keyshelf.repositories.formats.entries import Entry, FolderEntry
from keyshelf.repositories.history.folders import find
from keyshelf.repositories.paths import components, joined
from keyshelf.repositories.reading import Reader
from keyshelf.repositories.walking import entry_runs, find_entry


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


async def check_paths(reader: Reader, root: FolderEntry, paths: Sequence[bytes]) -> None:
    """See that a commit has something at each path.

    Raises `PathNotFoundError` and `PathNotFolderError`, which name what is missing,
    `IllegalPathError`, and what reading raises.
    """
    for path in paths:
        await find(reader, root, path)


async def entries_wanted(reader: Reader, visit: Visit) -> AsyncIterator[Sequence[Entry]]:
    """Give the entries of a folder that are wanted, some at a time. Raises what reading raises."""
    if visit.wanted.all:
        async for run in entry_runs(reader.node, visit.entry.node, ahead=reader.ahead):
            yield run
        return
    found = [
        await find_entry(reader.node, visit.entry.node, name) for name in sorted(visit.wanted.below)
    ]
    yield [entry for entry in found if entry is not None]
