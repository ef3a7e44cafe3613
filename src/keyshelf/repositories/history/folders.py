"""What lies in a commit: one entry, a page of a folder, or everything below it."""

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass

from keyshelf.errors import InvalidInputError, NotFoundError
from keyshelf.repositories import walking
from keyshelf.repositories.formats.entries import Entry, FileEntry, FolderEntry
from keyshelf.repositories.formats.nodes import FolderRef, Node
from keyshelf.repositories.paths import components, joined, path_shown, path_text
from keyshelf.repositories.reading import Reader
from keyshelf.repositories.walking import entries_of, folder_node


class PathNotFoundError(NotFoundError):
    """A commit has nothing at a path; the detail names the part that is missing."""

    code = "path-not-in-commit"


class PathNotFolderError(InvalidInputError):
    """What a commit has at a path is a file or a link, and a folder is needed."""

    code = "path-not-folder"


class PathNotFileError(InvalidInputError):
    """What a commit has at a path is a folder or a link, and a file is needed."""

    code = "path-not-file"


@dataclass(frozen=True, slots=True)
class FolderPage:
    """Some entries of a folder in the order of their names' bytes."""

    entries: Sequence[Entry]
    next: bytes | None
    """The name to ask on after; None at the end."""


async def find(reader: Reader, root: FolderEntry, path: bytes) -> Entry:
    """Return what is at a path below a root; the root for `b""`.

    Raises `PathNotFoundError` and `PathNotFolderError`, which name the part that is
    missing or no folder, and `IllegalPathError`.
    """
    entry: Entry = root
    way = b""
    for name in components(path):
        folder = _folder(entry, way)
        way = joined(way, name)
        found = await walking.find_entry(reader.node, folder.node, name)
        if found is None:
            raise PathNotFoundError(f"there is no '{path_shown(way)}'", path=path_text(way))
        entry = found
    return entry


async def find_folder(reader: Reader, root: FolderEntry, path: bytes) -> FolderEntry:
    """Return the folder at a path below a root. Raises what `find` raises."""
    return _folder(await find(reader, root, path), path)


async def find_file(reader: Reader, root: FolderEntry, path: bytes) -> FileEntry:
    """Return the file at a path below a root. Raises what `find` raises, `PathNotFileError`."""
    entry = await find(reader, root, path)
    if not isinstance(entry, FileEntry):
        raise PathNotFileError(f"'{path_shown(path)}' is no file", path=path_text(path))
    return entry


async def list_folder(
    reader: Reader, root: FolderEntry, path: bytes, *, after: bytes | None = None, limit: int
) -> FolderPage:
    """Return up to `limit` entries of a folder whose names come after `after`.

    Reads the nodes on the way and those that hold the page. Raises what `find` raises.
    """
    folder = await find_folder(reader, root, path)
    entries: list[Entry] = []
    stack = [_after(await folder_node(reader.node, folder.node, None), after)]
    while stack:
        level, items = stack[-1]
        item = next(items, None)
        if item is None:
            stack.pop()
        elif len(entries) == limit:
            return FolderPage(entries, entries[-1].name if entries else after)
        elif isinstance(item, FolderRef):
            stack.append(_after(await folder_node(reader.node, item.id, level), after))
        else:
            entries.append(item)
    return FolderPage(entries, None)


async def walk(
    reader: Reader, root: FolderEntry, path: bytes = b""
) -> AsyncIterator[tuple[bytes, Entry]]:
    """Give everything below a path with its path from the root, folders before what is in them.

    Holds a node of each level. Raises what `find` raises.
    """
    folder = await find_folder(reader, root, path)
    start = b"/".join(components(path))
    stack = [(start, _entries(reader, folder))]
    while stack:
        way, entries = stack[-1]
        entry = await anext(entries, None)
        if entry is None:
            stack.pop()
            continue
        place = joined(way, entry.name)
        yield place, entry
        if isinstance(entry, FolderEntry):
            stack.append((place, _entries(reader, entry)))


def _folder(entry: Entry, path: bytes) -> FolderEntry:
    if not isinstance(entry, FolderEntry):
        raise PathNotFolderError(f"'{path_shown(path)}' is no folder", path=path_text(path))
    return entry


def _entries(reader: Reader, folder: FolderEntry) -> AsyncIterator[Entry]:
    return entries_of(reader.node, folder.node, ahead=reader.ahead)


def _after(
    node: Node[Entry] | Node[FolderRef], name: bytes | None
) -> tuple[int, Iterator[Entry | FolderRef]]:
    """Return a node's level, and its items that hold names after one."""
    return node.level, (item for item in node.items if name is None or _last_name(item) > name)


def _last_name(item: Entry | FolderRef) -> bytes:
    return item.last_name if isinstance(item, FolderRef) else item.name
