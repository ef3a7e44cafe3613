"""Which rows a page of a listing calls for. Pure: decides, reads and writes nothing."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from keyshelf.layout import drive as layout
from keyshelf.layout.drive import SHARED, SYSTEM_PREFIX, DriveKey, OwnerId, UnreadableKeyError
from keyshelf.layout.keys import ObjectKey
from keyshelf.layout.names import FileName, IllegalNameError
from keyshelf.store.base import ObjectMeta

Path = tuple[OwnerId, tuple[FileName, ...]]
"""A place in a drive: whose, and the names from the root down."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An object that no row knows, with its key read."""

    meta: ObjectMeta
    key: DriveKey
    mimetype: str

    @property
    def path(self) -> Path:
        """Where it belongs."""
        return self.key.owner, self.key.names


@dataclass(frozen=True, slots=True)
class Node:
    """What is at a path: a live row, or one that this run makes."""

    id: UUID
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


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file row to be made."""

    id: UUID
    entry: Entry
    parent_id: UUID | None


@dataclass(slots=True)
class PagePlan:
    """The rows that a page calls for, parents before children, and what cannot be one."""

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


def read_key(meta: ObjectMeta) -> DriveKey | None:
    """Read the key of an object; None for a root, which needs no row.

    Raises `UnreadableKeyError` for what is no file or folder of a drive.
    """
    if _is_root(meta.key):
        return None
    key = layout.parse(meta.key)
    if key.is_folder and meta.size:
        raise UnreadableKeyError(f"it ends in '/' as a folder does and holds {meta.size} bytes")
    return key


def _is_root(spelled: ObjectKey) -> bool:
    owner = spelled.partition("/")[0]
    try:
        return spelled == layout.root(SHARED if owner == SHARED else layout.owner_id(owner))
    except IllegalNameError:
        return False


def is_own(spelled: str) -> bool:
    """Say whether a key lies in Keyshelf's own area."""
    return spelled.startswith(SYSTEM_PREFIX)


def decide(
    entries: Iterable[Entry],
    existing: Mapping[Path, Node],
    made: dict[Path, Node],
    *,
    new_id: Callable[[], UUID],
) -> PagePlan:
    """Return the rows for `entries`, with the folders that are missing above them.

    `existing` holds the live rows along the entries' paths. `made` holds what this
    run made before, and is added to.
    """
    plan = PagePlan()
    for entry in entries:
        _place(entry, existing, made, plan, new_id=new_id)
    return plan


def forget_passed(made: dict[Path, Node], last: ObjectKey) -> None:
    """Drop from `made` what no key after `last` can meet, so that it stays small.

    Keys come in order, so that only what `last` begins with can come up again: the
    folders it is in, and files whose name a folder might yet want.
    """
    for owner, names in list(made):
        is_folder = made[owner, names].is_folder
        if not last.startswith(layout.key(owner, names, is_folder=is_folder)):
            del made[owner, names]


def _place(
    entry: Entry,
    existing: Mapping[Path, Node],
    made: dict[Path, Node],
    plan: PagePlan,
    *,
    new_id: Callable[[], UUID],
) -> None:
    owner, names = entry.path
    parent_id: UUID | None = None
    for depth in range(1, len(names)):
        path = (owner, names[:depth])
        node = existing.get(path) or made.get(path)
        if node is None:
            node = made[path] = Node(new_id(), is_folder=True)
            plan.folders.append(NewFolder(node.id, path, parent_id))
        if not node.is_folder:
            plan.errors.append(
                error_of(
                    entry.meta.key, f"{names[depth - 1]!r} in its path is a file, not a folder"
                )
            )
            return
        parent_id = node.id
    node = existing.get(entry.path) or made.get(entry.path)
    if node is None:
        _make(entry, parent_id, made, plan, new_id())
    elif node.is_folder and entry.key.is_folder:
        plan.registered += 1
    else:
        kind = "folder" if node.is_folder else "file"
        plan.errors.append(error_of(entry.meta.key, f"another {kind} has its name"))


def _make(
    entry: Entry, parent_id: UUID | None, made: dict[Path, Node], plan: PagePlan, new_id: UUID
) -> None:
    made[entry.path] = Node(new_id, is_folder=entry.key.is_folder)
    if entry.key.is_folder:
        plan.folders.append(NewFolder(new_id, entry.path, parent_id))
    else:
        plan.files.append(NewFile(new_id, entry, parent_id))


def error_of(key: str, reason: str) -> str:
    """Return an entry of the list of errors; what cannot be printed in a key is escaped."""
    printable = "".join(char if char.isprintable() else ascii(char)[1:-1] for char in key)
    return f"{printable}: {reason}"


def levels(entries: Sequence[Entry]) -> list[set[Path]]:
    """Return the paths of entries and of all folders above them, the outermost first."""
    found: list[set[Path]] = []
    for entry in entries:
        owner, names = entry.path
        for depth in range(len(names)):
            if depth == len(found):
                found.append(set())
            found[depth].add((owner, names[: depth + 1]))
    return found
