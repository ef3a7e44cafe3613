"""Renaming and moving: rows change at once, objects follow."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from keyshelf.database.transactions import ReadTransaction, Transaction
from keyshelf.drive.failures import FolderCycleError, UploadOpenError
from keyshelf.drive.parts import DriveParts
from keyshelf.drive.settle.schedule import follow
from keyshelf.drive.tree import places, queries
from keyshelf.drive.tree.places import Place
from keyshelf.drive.values import Changed, DriveFile, FileState, OnConflict, Target, Viewer
from keyshelf.layout.names import FileName, file_name


@dataclass(frozen=True, slots=True)
class Move:
    """What is to change of a file or folder; None leaves it as it is."""

    filename: str | None = None
    target: Target | None = None
    on_conflict: OnConflict = OnConflict.FAIL
    if_version: int | None = None


async def move(parts: DriveParts, viewer: Viewer, file_id: UUID, wanted: Move) -> Changed:
    """Rename or move a file or folder, with all that is below it.

    Every list shows it in its new place when this returns. Its objects are copied
    to their new keys afterwards by the job in the answer; until then, and whenever
    that work is interrupted, each file is whole under its old key or its new one.
    Nothing changes when the wish is already true.

    Raises `NameTakenError`, `FolderCycleError`, `ChangedError` (`if_version`),
    `UploadOpenError` for a file whose upload is not complete.
    """
    name = None if wanted.filename is None else file_name(wanted.filename)
    async with parts.database.transaction() as tx:
        file, place = await _lock(tx, viewer, file_id, wanted.target)
        places.refuse_stale(file, wanted.if_version)
        if file.state is FileState.PENDING:
            raise UploadOpenError(f"{file.filename!r} is still being uploaded", id=str(file.id))
        await refuse_cycle(tx, file, place)
        current = FileName(file.filename)
        if _same_place(file, place) and name in {None, current}:
            return Changed(file)
        free = await places.claim_name(
            tx, place, name or current, on_conflict=wanted.on_conflict, except_for=file.id
        )
        moved = await _relocate(tx, file, place, free, parts.clock())
        if not moved.moving:
            return Changed(moved)
        # The drive that it leaves may have reserved a key for it, and tidies that up.
        drives = [file.owner_id, place.owner]
        return Changed(moved, await follow(tx, parts, drives, asked_by=viewer.id))


async def _lock(
    tx: Transaction, viewer: Viewer, file_id: UUID, target: Target | None
) -> tuple[DriveFile, Place]:
    async def read() -> tuple[DriveFile, Place]:
        file = await places.live(tx, file_id, viewer)
        if target is None:
            return file, await places.around(tx, file)
        return file, await places.place_of(tx, target, viewer)

    return await places.read_locked(tx, read, lambda found: [found[0].owner_id, found[1].owner])


async def _relocate(
    tx: Transaction, file: DriveFile, place: Place, name: FileName, at: datetime
) -> DriveFile:
    # Spelled now, so that a path too long for a key is refused before anything changes.
    key = place.key_of(name, is_folder=file.is_folder)
    await places.refuse_long_keys_below(tx, file, place, name)
    if not _same_place(file, place):
        await queries.add_to_sizes(tx, file.parent_id, -file.size)
        await queries.add_to_sizes(tx, place.parent_id, file.size)
    moved = await queries.relocate(
        tx,
        file,
        filename=name,
        owner=place.owner,
        parent_id=place.parent_id,
        moving=key != file.key or file.is_folder,
        at=at,
    )
    if file.is_folder:
        await queries.mark_below_moving(tx, file.id, owner=place.owner)
    return moved


def _same_place(file: DriveFile, place: Place) -> bool:
    return (place.owner, place.parent_id) == (file.owner_id, file.parent_id)


async def refuse_cycle(tx: ReadTransaction, file: DriveFile, place: Place) -> None:
    """Raise `FolderCycleError` for a folder that would go into itself or below itself."""
    if not file.is_folder or place.parent_id is None:
        return
    if any(each.id == file.id for each in await queries.ancestors(tx, place.parent_id)):
        raise FolderCycleError(f"{file.filename!r} cannot go into itself or a folder below it")
