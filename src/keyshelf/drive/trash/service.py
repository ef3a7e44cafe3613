"""The trash: throwing away, restoring, and deleting for ever."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from keyshelf.database.transactions import Transaction
from keyshelf.drive.failures import (
    FileNotFoundInDriveError,
    NotTrashedError,
    ParentGoneError,
    UploadOpenError,
)
from keyshelf.drive.parts import DriveParts
from keyshelf.drive.settle.schedule import follow, schedule_purge
from keyshelf.drive.trash import queries
from keyshelf.drive.tree import places
from keyshelf.drive.tree import queries as tree
from keyshelf.drive.tree.places import Place
from keyshelf.drive.values import Changed, DriveFile, OnConflict, Target, Viewer
from keyshelf.layout.drive import OwnerId
from keyshelf.layout.names import FileName


@dataclass(frozen=True, slots=True)
class TrashContent:
    """How much a deletion would take away."""

    files: int
    folders: int
    bytes: int


async def trash(
    parts: DriveParts, viewer: Viewer, file_id: UUID, *, if_version: int | None = None
) -> DriveFile:
    """Put a file, or a folder with all below it, into the trash.

    It disappears from every list and gives its name back at once; its objects stay
    where they are. One that is in the trash already is returned as it is. Raises
    `UploadOpenError` while an upload below it is under way.
    """
    async with parts.database.transaction() as tx:
        file = await places.lock_file(tx, file_id, viewer)
        if file.deleted_at is not None:
            return file
        places.refuse_stale(file, if_version)
        if await queries.open_uploads_below(tx, file_id):
            raise UploadOpenError(
                f"{file.filename!r} still has uploads under way: complete or abort them first",
                id=str(file_id),
            )
        await tree.add_to_sizes(tx, file.parent_id, -file.size)
        await queries.mark_trashed(tx, file, parts.clock())
        if await queries.is_in_flight(tx, file_id):
            # The copy that is under way is of no use any more: it is tidied up.
            await follow(tx, parts, [file.owner_id], asked_by=viewer.id)
        return await places.visible(tx, file_id, viewer)


async def restore(
    parts: DriveParts,
    viewer: Viewer,
    file_id: UUID,
    *,
    on_conflict: OnConflict = OnConflict.FAIL,
    target: Target | None = None,
) -> Changed:
    """Bring back what was trashed, to where it was or to `target`.

    Raises `ParentGoneError` when its folder is in the trash or purged and no target
    is given, `NameTakenError` when its name is taken meanwhile, `KeyTooLongError` in a
    place too deep for it, `NotTrashedError` for what went into the trash inside a
    folder (restore that folder). One that is
    not in the trash is returned as it is.
    """
    async with parts.database.transaction() as tx:
        file, place = await _lock(tx, viewer, file_id, target)
        if file.deleted_at is None:
            return Changed(file)
        _refuse_inner(file)
        await _refuse_half_purged(tx, file)
        name = await places.claim_name(tx, place, FileName(file.filename), on_conflict=on_conflict)
        await places.refuse_long_keys_below(tx, file, place, name)
        await tree.relocate(
            tx,
            file,
            filename=name,
            owner=place.owner,
            parent_id=place.parent_id,
            moving=True,
            at=file.updated_at,
        )
        if place.owner != file.owner_id:
            await tree.mark_below_moving(tx, file.id, owner=place.owner)
        await queries.mark_restored(tx, file)
        await tree.add_to_sizes(tx, place.parent_id, file.size)
        job_id = await follow(tx, parts, [file.owner_id, place.owner], asked_by=viewer.id)
        return Changed(await places.visible(tx, file_id, viewer), job_id)


async def _lock(
    tx: Transaction, viewer: Viewer, file_id: UUID, target: Target | None
) -> tuple[DriveFile, Place]:
    async def read() -> tuple[DriveFile, Place]:
        file = await places.visible(tx, file_id, viewer)
        return file, await _place_for(tx, viewer, file, target)

    return await places.read_locked(tx, read, lambda found: [found[0].owner_id, found[1].owner])


async def _place_for(
    tx: Transaction, viewer: Viewer, file: DriveFile, target: Target | None
) -> Place:
    if target is not None:
        return await places.place_of(tx, target, viewer)
    if file.parent_id is not None:
        parent = await places.visible(tx, file.parent_id, viewer)
        if parent.deleted_at is not None:
            raise ParentGoneError(
                f"the folder {parent.filename!r} that it was in is in the trash too:"
                " restore that folder, or choose another place",
                choices=["root"],
                parent_id=str(parent.id),
            )
    return await places.around(tx, file)


def _refuse_inner(file: DriveFile) -> None:
    if file.trashed_with != file.id:
        raise NotTrashedError(
            f"{file.filename!r} went into the trash with a folder above it: act on that folder",
            trashed_with=str(file.trashed_with),
        )


async def _refuse_half_purged(tx: Transaction, file: DriveFile) -> None:
    if any(each.purging for each in await tree.ancestors(tx, file.id)):
        raise FileNotFoundInDriveError(
            f"{file.filename!r} is being deleted for ever with a folder above it", id=str(file.id)
        )


async def delete_for_ever(parts: DriveParts, viewer: Viewer, file_id: UUID) -> UUID:
    """Delete what is in the trash, with all below it; returns the job that does it.

    It is gone for everybody at once and cannot be restored; its rows and objects go
    afterwards. Raises `NotTrashedError`.
    """
    async with parts.database.transaction() as tx:
        file = await places.lock_file(tx, file_id, viewer)
        if file.deleted_at is None:
            raise NotTrashedError(f"{file.filename!r} is not in the trash", id=str(file_id))
        _refuse_inner(file)
        await queries.mark_purging(tx, [file.id])
        return await schedule_purge(tx, parts, [file.owner_id], before=None, asked_by=viewer.id)


async def empty(parts: DriveParts, viewer: Viewer, owners: Sequence[OwnerId]) -> UUID:
    """Have what is in the trash of these drives now deleted for ever; returns the job."""
    async with parts.database.transaction() as tx:
        return await schedule_purge(tx, parts, owners, before=parts.clock(), asked_by=viewer.id)


async def measure(parts: DriveParts, owners: Sequence[OwnerId]) -> TrashContent:
    """Return what emptying the trash of these drives would delete."""
    async with parts.database.read() as tx:
        row = await queries.content(tx, owners)
    return TrashContent(files=row["files"], folders=row["folders"], bytes=row["bytes"])
