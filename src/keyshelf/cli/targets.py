"""Takes apart the arguments of commands that move things within the drive."""

from keyshelf.client.asynchronous import AsyncClient
from keyshelf.client.paths import DrivePath, NotAFolderError, PathNotFoundError, Place
from keyshelf.errors import InvalidInputError


class MissingTargetError(InvalidInputError):
    """Only one path was given. Name what to move or copy, then where to."""

    code = "missing-target"


def split(arguments: list[str]) -> tuple[list[DrivePath], str]:
    """Return what to move or copy, and where to: the last argument."""
    if len(arguments) < 2:
        raise MissingTargetError("name what to move or copy, and where to")
    *sources, target = arguments
    return [DrivePath.parse(source) for source in sources], target


async def destination(
    client: AsyncClient, target: str, *, several: bool
) -> tuple[Place, str | None]:
    """Return the folder that `target` means, and the new name of a single thing there.

    An existing folder is gone into; any other path is the new name of one thing.
    """
    path = DrivePath.parse(target)
    found = None if path.is_root else await client.paths.find(path)
    if path.is_root or (found and found.is_folder):
        return await client.paths.place(path), None
    if several or target.endswith("/"):
        if found:
            raise NotAFolderError(f"{path} is a file: name a folder")
        raise PathNotFoundError(f"there is no folder {path}")
    return await client.paths.place(path.parent), path.name
