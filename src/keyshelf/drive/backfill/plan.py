"""Which rows objects of a listing call for. Pure: decides, reads and writes nothing."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

from keyshelf.drive.mimetypes import mimetype_of
from keyshelf.drive.values import FOLDER_MIMETYPE
from keyshelf.layout import drive as layout
from keyshelf.layout.drive import SHARED, OwnerId, UnreadableKeyError
from keyshelf.layout.keys import ObjectKey
from keyshelf.layout.names import FileName, IllegalNameError
from keyshelf.store.base import ObjectMeta

# What there is one of for each object is a NamedTuple, made in a third of the time.
Path = tuple[OwnerId, tuple[FileName, ...]]
"""A place in a drive: whose, and the names from the root down."""


class Entry(NamedTuple):
    """An object that no row knows, and where it belongs."""

    meta: ObjectMeta
    path: Path
    mimetype: str
    """Empty when the name does not tell it."""
    is_folder: bool = False

    @property
    def filename(self) -> FileName:
        """The last name of its path."""
        return self.path[1][-1]


class Node(NamedTuple):
    """What is at a path: a live row, or one that this run makes."""

    id: UUID | None
    """None for a file that this run makes: the database gives it one."""
    is_folder: bool


@dataclass(frozen=True, slots=True)
class NewFolder:
    """A folder row to be made."""

    id: UUID
    path: Path
    parent_id: UUID | None

    @property
    def key(self) -> ObjectKey:
        """The key that its names spell."""
        owner, names = self.path
        return layout.key(owner, names, is_folder=True)


class NewFile(NamedTuple):
    """A file row to be made."""

    entry: Entry
    parent_id: UUID | None


@dataclass(slots=True)
class Plan:
    """The rows that objects call for, parents before children, and what cannot be one."""

    folders: list[NewFolder] = field(default_factory=list[NewFolder])
    files: list[NewFile] = field(default_factory=list[NewFile])
    registered: int = 0
    errors: list[str] = field(default_factory=list[str])

    @property
    def size_changes(self) -> dict[UUID, int]:
        """How many bytes come into which folder, directly."""
        changes: dict[UUID, int] = {}
        for file in self.files:
            if file.parent_id is not None and file.entry.meta.size:
                changes[file.parent_id] = changes.get(file.parent_id, 0) + file.entry.meta.size
        return changes


class KeyReader:
    """Reads keys; quickest when they come in order, because it remembers the last folder."""

    def __init__(self) -> None:
        self._folder = ""
        self._path: Path | None = None

    def read(self, meta: ObjectMeta) -> Entry | None:
        """Read the key of an object; None for a root, which needs no row.

        Raises `UnreadableKeyError` for what is no file or folder of a drive.
        """
        folder, _, name = meta.key.rpartition("/")
        if not name:
            return _read_folder(meta)
        if self._path is None or folder != self._folder:
            key = layout.parse(meta.key)
            self._folder, self._path = folder, (key.owner, key.parents)
        owner, names = self._path
        mimetype = mimetype_of(name) or ""
        return Entry(meta, (owner, (*names, layout.parse_name(name))), mimetype)


def _read_folder(meta: ObjectMeta) -> Entry | None:
    if _is_root(meta.key):
        return None
    key = layout.parse(meta.key)
    if meta.size:
        raise UnreadableKeyError(f"it ends in '/' as a folder does and holds {meta.size} bytes")
    return Entry(meta, (key.owner, key.names), FOLDER_MIMETYPE, is_folder=True)


def _is_root(spelled: ObjectKey) -> bool:
    owner = spelled.partition("/")[0]
    try:
        return spelled == layout.root(SHARED if owner == SHARED else layout.owner_id(owner))
    except IllegalNameError:
        return False


def decide(
    entries: Iterable[Entry],
    existing: Mapping[Path, Node],
    made: dict[Path, Node],
    *,
    new_id: Callable[[], UUID],
) -> Plan:
    """Return the rows for `entries`, with the folders that are missing above them.

    `existing` holds the live rows along the entries' paths. `made` holds what this
    run made before, and is added to.
    """
    decisions = _Decisions(existing, made, new_id)
    for entry in entries:
        decisions.place(entry)
    return decisions.plan


@dataclass(slots=True)
class _Decisions:
    existing: Mapping[Path, Node]
    made: dict[Path, Node]
    new_id: Callable[[], UUID]
    plan: Plan = field(default_factory=Plan)
    _last: tuple[Path, UUID | None] | None = None
    """The folder of the entry before: mostly that of the next one too."""

    def place(self, entry: Entry) -> None:
        owner, names = entry.path
        try:
            parent_id = self._parent((owner, names[:-1]))
        except _FileInPathError as error:
            reason = f"{error.name!r} in its path is a file, not a folder"
            self.plan.errors.append(error_of(entry.meta.key, reason))
            return
        node = self._known(entry.path)
        if node is None:
            self._make(entry, parent_id)
        elif node.is_folder and entry.is_folder:
            self.plan.registered += 1
        else:
            kind = "folder" if node.is_folder else "file"
            self.plan.errors.append(error_of(entry.meta.key, f"another {kind} has its name"))

    def _known(self, path: Path) -> Node | None:
        return self.existing.get(path) or self.made.get(path)

    def _parent(self, path: Path) -> UUID | None:
        if self._last is None or self._last[0] != path:
            self._last = (path, self._folder(*path))
        return self._last[1]

    def _folder(self, owner: OwnerId, names: tuple[FileName, ...]) -> UUID | None:
        """Return the folder at a path, making what is missing of it; None is the root."""
        if not names:
            return None
        node = self._known((owner, names))
        if node is None:
            return self._new_folder((owner, names), self._folder(owner, names[:-1]))
        if not node.is_folder:
            raise _FileInPathError(names[-1])
        return node.id

    def _make(self, entry: Entry, parent_id: UUID | None) -> None:
        if entry.is_folder:
            self._new_folder(entry.path, parent_id)
        else:
            self.made[entry.path] = Node(None, is_folder=False)
            self.plan.files.append(NewFile(entry, parent_id))

    def _new_folder(self, path: Path, parent_id: UUID | None) -> UUID:
        folder = NewFolder(self.new_id(), path, parent_id)
        self.made[path] = Node(folder.id, is_folder=True)
        self.plan.folders.append(folder)
        return folder.id


class _FileInPathError(Exception):
    def __init__(self, name: FileName) -> None:
        self.name = name


def forget_passed(made: dict[Path, Node], last: ObjectKey) -> None:
    """Drop from `made` what no key after `last` can meet, so that it stays small.

    Keys come in order, so that only what `last` begins with can come up again: the
    folders it is in, and files whose name a folder might yet want.
    """
    for owner, names in list(made):
        is_folder = made[owner, names].is_folder
        if not last.startswith(layout.key(owner, names, is_folder=is_folder)):
            del made[owner, names]


def error_of(key: str, reason: str) -> str:
    """Return an entry of the list of errors; what cannot be printed in a key is escaped."""
    printable = "".join(char if char.isprintable() else ascii(char)[1:-1] for char in key)
    return f"{printable}: {reason}"


def levels(entries: Sequence[Entry]) -> list[set[Path]]:
    """Return the paths of entries and of all folders above them, the outermost first."""
    found: list[set[Path]] = []
    for entry in entries:
        owner, names = entry.path
        while len(found) < len(names):
            found.append(set())
        while names and (owner, names) not in found[len(names) - 1]:
            found[len(names) - 1].add((owner, names))
            names = names[:-1]
    return found
