"""Keeping what a person changed, where the new version has what the last one here had."""

from collections.abc import Mapping
from dataclasses import dataclass

from keyshelf.errors import IntegrityError
from keyshelf.repositories import standing
from keyshelf.repositories.cache import FolderCache
from keyshelf.repositories.formats.entries import Entry, FileEntry, FolderEntry, LinkEntry
from keyshelf.repositories.history.folders import PathNotFolderError, PathNotFoundError, find
from keyshelf.repositories.reading import Reader


@dataclass(slots=True)
class Before:
    """The last version that the folder stood on, read when something differs."""

    reader: Reader
    cache: FolderCache
    _is_read: bool = False
    _root: FolderEntry | None = None

    async def unchanged(self, wanted: Mapping[bytes, Entry]) -> set[bytes]:
        """Return which paths had in it what they have in the new version.

        None of them when it cannot be read: then what a person changed is in the way.
        """
        try:
            root = await self._read() if wanted else None
            if root is None:
                return set()
            return {path for path, entry in wanted.items() if await self._had(root, path, entry)}
        except IntegrityError:
            return set()

    async def _read(self) -> FolderEntry | None:
        if not self._is_read:
            self._is_read = True
            commit = await standing.base(self.reader, self.cache)
            self._root = (await self.reader.manifest(commit)).root if commit else None
        return self._root

    async def _had(self, root: FolderEntry, path: bytes, entry: Entry) -> bool:
        try:
            was = await find(self.reader, root, path)
        except (PathNotFoundError, PathNotFolderError):
            return False
        match was, entry:
            case FileEntry(), FileEntry():
                return (was.content, was.size) == (entry.content, entry.size)
            case LinkEntry(), LinkEntry():
                return was.target == entry.target
            case _:
                return False
