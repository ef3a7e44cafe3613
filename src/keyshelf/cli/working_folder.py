"""A folder that is committed and checked out into: where it is, and what is remembered of it."""

import os
from collections.abc import Generator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from blake3 import blake3

from keyshelf import settings
from keyshelf.cli import output
from keyshelf.errors import ConflictError
from keyshelf.repositories.cache import FolderCache
from keyshelf.repositories.formats.entries import FolderEntry
from keyshelf.repositories.history.folders import PathNotFolderError, PathNotFoundError, find
from keyshelf.repositories.paths import path_shown
from keyshelf.repositories.reading import Reader
from keyshelf.repositories.values import Repository
from keyshelf.settings import NoHomeError


class OwnFolderError(ConflictError):
    """Keyshelf keeps its own data there, the stores and the database. Name another folder."""

    code = "own-folder"


@contextmanager
def remembered(repository: Repository, folder: Path) -> Generator[FolderCache]:
    """Open what is remembered of a folder in a repository; losing it costs time only."""
    place = blake3(os.fsencode(folder.resolve())).hexdigest()[:16]
    try:
        caches = settings.load().cache_folder
    except NoHomeError as error:
        output.message(f"keyshelf: goes on without a cache: {error.detail}")
        cache = FolderCache.none()
    else:
        cache = FolderCache.open(caches / "repositories" / f"{repository.id}-{place}.sqlite")
    with closing(cache):
        yield cache


def own_folders(folder: Path) -> frozenset[bytes]:
    """Return where in a folder Keyshelf keeps its own data, from that folder.

    A copy of a running database is none, and a version put over it would end every
    repository. Raises `OwnFolderError` when the folder itself is or lies in the data folder.
    """
    given, place = settings.load(), folder.resolve()
    data = given.data_folder.resolve()
    if data == place or data in place.parents:
        raise OwnFolderError(f"{folder} is in Keyshelf's own data folder, {data}: name another")
    own = [data]
    with suppress(NoHomeError):  # then there is no cache
        own.append(given.cache_folder.resolve())
    return frozenset(os.fsencode(each.relative_to(place)) for each in own if place in each.parents)


async def keep_own(reader: Reader, root: FolderEntry, folder: Path) -> None:
    """See that a version has nothing where Keyshelf keeps its data. Raises `OwnFolderError`."""
    for path in own_folders(folder):
        with suppress(PathNotFoundError, PathNotFolderError):
            await find(reader, root, path)
            raise OwnFolderError(
                f"this version has a folder {path_shown(path)}, and there Keyshelf keeps its own"
                " data: check out into another folder"
            )
