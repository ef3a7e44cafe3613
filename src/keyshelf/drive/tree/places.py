"""Where something goes: a folder of a drive, and what is already there."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from keyshelf.database.transactions import ReadTransaction, Transaction
from keyshelf.drive.failures import (
    ChangedError,
    FileNotFoundInDriveError,
    NameTakenError,
    NotAFolderError,
)
from keyshelf.drive.tree import queries
from keyshelf.drive.values import DriveFile, OnConflict, Target, Viewer
from keyshelf.layout import drive as layout
from keyshelf.layout.drive import OwnerId
from keyshelf.layout.keys import ObjectKey
from keyshelf.layout.names import FileName, numbered

_NUMBERS_AT_ONCE = 100

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Place:
    """A folder, or the root of a drive without `parent_id`."""

    owner: OwnerId
    parent_id: UUID | None
    names: tuple[FileName, ...]
    """The folders from the root down to this one."""

    def key_of(self, name: FileName, *, is_folder: bool) -> ObjectKey:
        """Return the key that a name in this place spells."""
        return layout.key(self.owner, (*self.names, name), is_folder=is_folder)


async def visible(tx: ReadTransaction, file_id: UUID, viewer: Viewer) -> DriveFile:
    """Return a row that the viewer may see, trashed or not, unless it is being purged."""
    file = await queries.find(tx, file_id, viewer_id=viewer.id)
    if file is None or file.purging or file.owner_id not in viewer.owners:
        raise FileNotFoundInDriveError("there is no such file or folder", id=str(file_id))
    return file


async def live(tx: ReadTransaction, file_id: UUID, viewer: Viewer) -> DriveFile:
    """Return a row that the viewer may see and that is not in the trash."""
    file = await visible(tx, file_id, viewer)
    if file.deleted_at is not None:
        raise FileNotFoundInDriveError("this is in the trash: restore it first", id=str(file_id))
    return file


class _MoreDrivesError(Exception):
    """What was read under the lock is in drives that are not locked."""

    def __init__(self, owners: set[OwnerId]) -> None:
        super().__init__()
        self.owners = owners


async def read_locked(
    tx: Transaction,
    read: Callable[[], Awaitable[Found]],
    owners_of: Callable[[Found], Iterable[OwnerId]],
    *,
    likely: Iterable[OwnerId] | None = None,
) -> Found:
    """Lock the drives that something is in, and return it as it is under the lock.

    It may have moved to another drive while this transaction waited. Then all locks
    are given back and taken again with the new one, in the one order that everybody
    keeps, so that nobody deadlocks. `likely` are the drives that it was in a moment
    ago, which saves looking before the first lock.
    """
    owners = set(owners_of(await read()) if likely is None else likely)
    while True:
        try:
            async with tx.savepoint():
                await queries.lock_drives(tx, sorted(owners))
                found = await read()
                _refuse_unlocked(set(owners_of(found)) - owners)
        except _MoreDrivesError as more:
            owners |= more.owners
        else:
            return found


def _refuse_unlocked(owners: set[OwnerId]) -> None:
    if owners:
        raise _MoreDrivesError(owners)


async def lock_file(tx: Transaction, file_id: UUID, viewer: Viewer) -> DriveFile:
    """Lock the drive of a row that the viewer may see, trashed or not, and return the row."""
    return await read_locked(tx, lambda: visible(tx, file_id, viewer), lambda file: [file.owner_id])


async def lock_place(
    tx: Transaction, target: Target, viewer: Viewer, *, likely: OwnerId | None = None
) -> Place:
    """Lock the drive that a target is in, and return the place; raises as `place_of`.

    `likely` is the drive that it was in a moment ago.
    """
    return await read_locked(
        tx,
        lambda: place_of(tx, target, viewer),
        lambda place: [place.owner],
        likely=None if likely is None else [likely],
    )


def refuse_stale(file: DriveFile, if_version: int | None) -> None:
    """Raise `ChangedError` when the caller saw another version of the row."""
    if if_version is not None and file.version != if_version:
        raise ChangedError(f"{file.filename!r} was changed meanwhile: read it again")


async def place_of(tx: ReadTransaction, target: Target, viewer: Viewer) -> Place:
    """Return the place that a target names.

    Raises `FileNotFoundInDriveError` for a folder that the viewer does not see or
    that is in the trash, `NotAFolderError` for a file.
    """
    if target.parent_id is None:
        return Place(owner=viewer.owner_of(target.space), parent_id=None, names=())
    folder = await live(tx, target.parent_id, viewer)
    return await inside(tx, folder)


async def inside(tx: ReadTransaction, folder: DriveFile) -> Place:
    """Return a folder as a place."""
    if not folder.is_folder:
        raise NotAFolderError(f"{folder.filename!r} is a file, not a folder", id=str(folder.id))
    return Place(owner=folder.owner_id, parent_id=folder.id, names=await names_of(tx, folder.id))


async def around(tx: ReadTransaction, file: DriveFile) -> Place:
    """Return the place that a row is in."""
    names = () if file.parent_id is None else await names_of(tx, file.parent_id)
    return Place(owner=file.owner_id, parent_id=file.parent_id, names=names)


async def names_of(tx: ReadTransaction, file_id: UUID) -> tuple[FileName, ...]:
    """Return the names from the root down to a row, its own last."""
    return tuple(FileName(each.filename) for each in await queries.ancestors(tx, file_id))


async def free_name(tx: ReadTransaction, place: Place, name: FileName) -> FileName:
    """Return `name`, or the first of `name (2)`, `name (3)`, … that is free."""
    first = 1
    while True:
        numbers = range(first, first + _NUMBERS_AT_ONCE)
        candidates = [name if number == 1 else numbered(name, number) for number in numbers]
        taken = await queries.names_in(
            tx, owner=place.owner, parent_id=place.parent_id, names=candidates
        )
        for candidate in candidates:
            if candidate not in taken:
                return candidate
        first += _NUMBERS_AT_ONCE


async def claim_name(
    tx: ReadTransaction,
    place: Place,
    name: FileName,
    *,
    on_conflict: OnConflict,
    except_for: UUID | None = None,
) -> FileName:
    """Return a name that is free in a place: `name`, or a numbered one with `RENAME`.

    The drive must be locked. Raises `NameTakenError` otherwise; a row called
    `except_for` does not count as holding its own name.
    """
    holder = await holder_of(tx, place, name)
    if holder is None or holder.id == except_for:
        return name
    return await name_beside(tx, place, name, holder, on_conflict=on_conflict)


async def holder_of(tx: ReadTransaction, place: Place, name: FileName) -> DriveFile | None:
    """Return the live row, reserved or ready, that has this name in this place."""
    return await queries.name_holder(tx, owner=place.owner, parent_id=place.parent_id, name=name)


async def name_beside(
    tx: ReadTransaction,
    place: Place,
    name: FileName,
    holder: DriveFile,
    *,
    on_conflict: OnConflict,
) -> FileName:
    """Return a numbered name beside `holder` with `RENAME`, else raise `NameTakenError`."""
    suggested = await free_name(tx, place, name)
    if on_conflict is OnConflict.RENAME:
        return suggested
    raise NameTakenError.of(
        name=name,
        existing_id=holder.id,
        state=holder.state,
        is_folder=holder.is_folder,
        suggested=suggested,
    )


async def refuse_long_keys_below(
    tx: ReadTransaction, file: DriveFile, place: Place, name: FileName
) -> None:
    """Raise `KeyTooLongError` when a row, or one below it, would get too long a key as `name`.

    Counts what is live, or for a row in the trash what went there with it.
    """
    key = place.key_of(name, is_folder=file.is_folder)
    if file.is_folder:
        below = await queries.longest_path_below(tx, file.id, trashed_with=file.trashed_with)
        layout.check_key_length(key, below=below)


@dataclass(frozen=True, slots=True)
class ClaimedKey:
    """Where the object of a new row goes, and whether it has to follow its name later."""

    key: ObjectKey
    moving: bool


async def claim_key(
    tx: Transaction, place: Place, name: FileName, *, file_id: UUID, is_folder: bool
) -> ClaimedKey:
    """Return the key for a new row: the one its names spell, unless another row's object is there.

    A trashed or moving row may still hold it; the new row then starts aside. The
    drive must be locked. Garbage waiting for deletion at the key is the new row's
    to overwrite.
    """
    wanted = place.key_of(name, is_folder=is_folder)
    await queries.forget_deletion(tx, wanted)
    if await queries.key_holder(tx, wanted) is None:
        return ClaimedKey(wanted, moving=False)
    return ClaimedKey(layout.aside_key(file_id, name, is_folder=is_folder), moving=True)
