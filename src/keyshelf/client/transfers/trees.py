"""Walks local folders and folders of the drive, for transfers of whole trees."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from anyio import to_thread

from keyshelf.client.paths import DrivePath, Place
from keyshelf.client.routes import Routes
from keyshelf.client.transfers.local_failures import LocalFileError, translated
from keyshelf.client.transfers.observing import Outcome
from keyshelf.client.values import File
from keyshelf.errors import Error, UnauthenticatedError, UnavailableError
from keyshelf.layout.names import file_name

STOPPING = (UnavailableError, UnauthenticatedError)
"""What makes going on with the rest of a tree senseless."""


@dataclass(frozen=True, slots=True)
class ToSend:
    """A local file, and where it goes."""

    source: Path
    into: Place
    filename: str

    @property
    def target(self) -> DrivePath:
        """The whole path that the file will have."""
        return self.into.path / self.filename


@dataclass(frozen=True, slots=True)
class ToFetch:
    """A file of the drive, and where it goes."""

    source: DrivePath
    file: File
    target: Path


@dataclass(frozen=True, slots=True)
class _Level:
    folders: Sequence[Path]
    files: Sequence[Path]
    odd: Sequence[Path]


async def walk_local(routes: Routes, folder: Path, into: Place) -> AsyncIterator[ToSend | Outcome]:
    """Iterate over the files of a local tree, making its folders in the drive as they come.

    What cannot be sent comes as a failed outcome; folders behind symbolic links
    are such, because they may lead round in circles.
    """
    waiting = [(folder, into)]
    while waiting:
        here, above = waiting.pop()
        try:
            name = file_name(here.name)
            made = await routes.create_folder(
                name, parent_id=above.folder_id, space=above.space, on_conflict="existing"
            )
            with translated():
                level = await to_thread.run_sync(_read_level, here)
        except STOPPING:
            raise
        except Error as error:
            yield Outcome("failed", str(here), str(above.path), error=error)
            continue
        place = Place(above.path / name, made.id)
        for path in level.odd:
            reason = LocalFileError(f"{path} is neither a file nor a folder: it is not sent")
            yield Outcome("failed", str(path), str(place.path), error=reason)
        for path in level.files:
            yield ToSend(path, place, path.name)
        waiting += [(path, place) for path in reversed(level.folders)]


async def walk_drive(
    routes: Routes, folder: File, path: DrivePath, target: Path
) -> AsyncIterator[ToFetch | Outcome]:
    """Iterate over the files below a folder of the drive, making local folders as they come."""
    waiting = [(folder, path, target)]
    while waiting:
        here, where, local = waiting.pop()
        try:
            with translated():
                await to_thread.run_sync(_make_folder, local)
        except Error as error:
            yield Outcome("failed", str(where), str(local), error=error)
            continue
        async for file in routes.folder(here.id):
            below = where / file.filename
            try:
                # A name is believed only when it cannot lead out of the folder.
                name = file_name(file.filename)
            except Error as error:
                yield Outcome("failed", str(below), str(local), file=file, error=error)
                continue
            if file.is_folder:
                waiting.append((file, below, local / name))
            else:
                yield ToFetch(below, file, local / name)


def _make_folder(path: Path) -> None:
    path.mkdir(parents=True, exist_ok=True)


def _read_level(folder: Path) -> _Level:
    folders: list[Path] = []
    files: list[Path] = []
    odd: list[Path] = []
    for path in sorted(folder.iterdir()):
        if path.is_dir():
            (odd if path.is_symlink() else folders).append(path)
        else:
            (files if path.is_file() else odd).append(path)
    return _Level(folders, files, odd)
