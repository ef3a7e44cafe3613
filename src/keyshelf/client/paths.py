"""How places in the drive are spelled, and which file or folder a spelling means.

/Projects/a.jpg     in my files
shared:/Team/a.jpg  in the files that everybody shares
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self
from uuid import UUID

from keyshelf.client.routes import Routes
from keyshelf.client.values import SPACES, File, Space, TrashedFile
from keyshelf.errors import ConflictError, InvalidInputError, NotFoundError
from keyshelf.layout.names import FileName, file_name

MY_FILES: Space = "my-files"
_SPACES: Mapping[str, Space] = {space: space for space in SPACES}


class InvalidPathError(InvalidInputError):
    """A drive path that is not spelled as one. Begin with `/` or `shared:/`."""

    code = "invalid-path"


class PathNotFoundError(NotFoundError):
    """A drive path at which there is nothing. List the folder above."""

    code = "path-not-found"


class NotAFolderError(ConflictError):
    """A drive path where a folder is needed and a file is. Name a folder."""

    code = "path-not-a-folder"


@dataclass(frozen=True, slots=True)
class DrivePath:
    """A place in the drive: a space, and names from its root down; none is the root itself."""

    space: Space
    names: tuple[FileName, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a drive path. Names come out in NFC, as the drive keeps them.

        Raises `InvalidPathError`, and `IllegalNameError` for a name that no file has.
        """
        prefix, colon, rest = text.partition(":/")
        if not colon or "/" in prefix:
            prefix, rest = MY_FILES, text.removeprefix("/")
            if not text.startswith("/"):
                raise InvalidPathError(f"{text!r} is not a drive path: begin with / or shared:/")
        space = _SPACES.get(prefix)
        if space is None:
            raise InvalidPathError(f"{prefix!r} is not a space of the drive: begin with shared:/")
        return cls(space, tuple(file_name(name) for name in rest.split("/") if name))

    @classmethod
    def before_trash(cls, file: TrashedFile) -> Self:
        """Return where a file was before it was trashed."""
        above = [FileName(name) for name in file.original_path.split("/") if name]
        return cls(_SPACES.get(file.space, MY_FILES), (*above, FileName(file.filename)))

    def __str__(self) -> str:
        root = "/" if self.space == MY_FILES else f"{self.space}:/"
        return root + "/".join(self.names)

    def __truediv__(self, name: str) -> "DrivePath":
        return DrivePath(self.space, (*self.names, FileName(name)))

    @property
    def is_root(self) -> bool:
        """Whether this is the root of a space, which is no file and has no name."""
        return not self.names

    @property
    def parent(self) -> "DrivePath":
        """The folder above; the root's is itself."""
        return DrivePath(self.space, self.names[:-1])

    @property
    def name(self) -> FileName:
        """The last name; of a root, `InvalidPathError`."""
        if self.is_root:
            raise InvalidPathError(f"{self} is a whole space: name something in it")
        return self.names[-1]


@dataclass(frozen=True, slots=True)
class Place:
    """A folder to put things in, or the root of a space."""

    path: DrivePath
    folder_id: UUID | None

    @property
    def space(self) -> Space:
        """The space that the place is in."""
        return self.path.space


class Resolver:
    """Finds what drive paths mean, level by level; folders are remembered."""

    def __init__(self, routes: Routes) -> None:
        self._routes = routes
        self._folders: dict[DrivePath, UUID] = {}

    async def find(self, path: DrivePath) -> File | None:
        """Return the file or folder at `path`, or None; also where a folder above is missing."""
        try:
            above = await self.place(path.parent)
        except PathNotFoundError:
            return None
        level = self._routes.folder(above.folder_id, space=path.space, name=path.name)
        async for file in level:
            if file.filename == path.name:
                if file.is_folder:
                    self._folders[path] = file.id
                return file
        return None

    async def file(self, path: DrivePath) -> File:
        """Return the file or folder at `path`; raises `PathNotFoundError`."""
        found = await self.find(path)
        if found is None:
            raise PathNotFoundError(f"there is nothing at {path}", path=str(path))
        return found

    async def place(self, path: DrivePath) -> Place:
        """Return the folder at `path`, or the root of its space.

        Raises `PathNotFoundError`, `NotAFolderError`.
        """
        if path.is_root:
            return Place(path, None)
        if path not in self._folders:
            found = await self.file(path)
            if not found.is_folder:
                raise NotAFolderError(f"{path} is a file, not a folder", path=str(path))
        return Place(path, self._folders[path])

    async def make(self, path: DrivePath) -> Place:
        """Return the folder at `path`, having made it and those above where they were missing."""
        try:
            return await self.place(path)
        except PathNotFoundError:
            above = await self.make(path.parent)
        made = await self._routes.create_folder(
            path.name, parent_id=above.folder_id, space=above.space, on_conflict="existing"
        )
        self._folders[path] = made.id
        return Place(path, made.id)
