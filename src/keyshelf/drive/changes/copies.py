"""Copying files and folders inside the drive."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from keyshelf.concurrency import for_each
from keyshelf.drive.changes import queries
from keyshelf.drive.changes.folders import create_folder
from keyshelf.drive.changes.moves import refuse_cycle
from keyshelf.drive.failures import FileNotFoundInDriveError, UploadOpenError
from keyshelf.drive.parts import DriveParts
from keyshelf.drive.settle.schedule import follow, schedule_copy
from keyshelf.drive.tree import places
from keyshelf.drive.tree import queries as tree
from keyshelf.drive.tree.places import Place
from keyshelf.drive.values import (
    Changed,
    DriveFile,
    FileState,
    OnConflict,
    Target,
    Viewer,
)
from keyshelf.layout.names import FileName, file_name
from keyshelf.store.base import ObjectMeta
from keyshelf.store.errors import ObjectNotFoundError

_PAGE = 200

Progress = Callable[[int], Awaitable[None]]
"""Called with how many files are copied so far."""


@dataclass(frozen=True, slots=True)
class Copy:
    """What is to be copied where. Without a filename it keeps its own."""

    target: Target
    filename: str | None = None
    on_conflict: OnConflict = OnConflict.FAIL


@dataclass(frozen=True, slots=True)
class _Copied:
    meta: ObjectMeta
    content_hash: str | None


async def start_copy(parts: DriveParts, viewer: Viewer, file_id: UUID, wanted: Copy) -> Changed:
    """Reserve the name of a copy and schedule the job that fills it.

    A folder is visible at once and fills up; a file appears when its bytes are
    there. Raises `NameTakenError`, `FolderCycleError` for a folder into itself,
    `KeyTooLongError` in a place too deep for it or for what is below it.
    """
    name = None if wanted.filename is None else file_name(wanted.filename)
    async with parts.database.transaction() as tx:
        place = await places.lock_place(tx, wanted.target, viewer)
        # Read under the lock: a rename that was asked for before has its new name.
        source = await places.live(tx, file_id, viewer)
        if source.state is FileState.PENDING:
            raise UploadOpenError(f"{source.filename!r} is still being uploaded")
        await refuse_cycle(tx, source, place)
        free = await places.claim_name(
            tx, place, name or FileName(source.filename), on_conflict=wanted.on_conflict
        )
        await places.refuse_long_keys_below(tx, source, place, free)
        copy = await _reserve(tx, parts, source, place, free)
        job_id = await schedule_copy(
            tx, parts, source_id=source.id, copy_id=copy.id, asked_by=viewer.id
        )
    return Changed(copy, job_id)


async def _reserve(
    tx: tree.Transaction, parts: DriveParts, source: DriveFile, place: Place, name: FileName
) -> DriveFile:
    copy_id = parts.new_id()
    claimed = await places.claim_key(tx, place, name, file_id=copy_id, is_folder=source.is_folder)
    return await tree.insert_file(
        tx,
        tree.NewFile(
            id=copy_id,
            key=claimed.key,
            filename=name,
            mimetype=source.mimetype,
            owner=place.owner,
            parent_id=place.parent_id,
            is_folder=source.is_folder,
            at=parts.clock(),
            state=FileState.READY if source.is_folder else FileState.PENDING,
            moving=claimed.moving,
        ),
    )


async def run_copy(
    parts: DriveParts, viewer: Viewer, *, source_id: UUID, copy_id: UUID, progress: Progress
) -> int:
    """Fill a copy; returns how many files it copied.

    Run again after a crash it goes on: what is there by name is not copied twice.
    Files that are deleted meanwhile are left out. Raises `FileNotFoundInDriveError`
    when the source is gone or the copy was trashed before it began.
    """
    try:
        async with parts.database.read() as tx:
            source = await places.visible(tx, source_id, viewer)
            copy = await places.live(tx, copy_id, viewer)
    except FileNotFoundInDriveError:
        await _give_up(parts, copy_id)
        raise
    if not source.is_folder:
        await _copy_files(parts, viewer, [(source, copy)])
        return 1
    await parts.markers.put(copy.key)
    done = 0
    folders = [(source.id, copy.id)]
    while folders:
        source_folder, copy_folder = folders.pop()
        async with parts.database.read() as tx:
            # Ids alone are small, and pages of them miss nothing that is renamed meanwhile.
            ids = await queries.child_ids(tx, source_folder)
        for first in range(0, len(ids), _PAGE):
            async with parts.database.read() as tx:
                some = ids[first : first + _PAGE]
                page = await queries.children_among(tx, source_folder, some)
            # The copy may lie below a folder that is copied later: it is not its own source.
            page = [each for each in page if each.id != copy_id]
            folders += await _copy_folders(parts, viewer, page, copy_folder)
            pairs = await _reserve_files(parts, viewer, page, copy_folder)
            await _copy_files(parts, viewer, pairs)
            done += sum(not each.is_folder for each in page)
            await progress(done)
    return done


async def count_files(parts: DriveParts, file_id: UUID) -> int:
    """Count the files that copying this copies."""
    async with parts.database.read() as tx:
        return await queries.count_files_below(tx, file_id)


async def sweep_reservations(parts: DriveParts, before: datetime) -> int:
    """Give back names reserved before a time for copies that never finished."""
    async with parts.database.transaction() as tx:
        return await queries.drop_reservations(tx, at=parts.clock(), before=before)


async def _give_up(parts: DriveParts, copy_id: UUID) -> None:
    async with parts.database.transaction() as tx:
        await queries.drop_reservations(tx, at=parts.clock(), within=copy_id)


async def _copy_folders(
    parts: DriveParts, viewer: Viewer, page: list[DriveFile], copy_folder: UUID
) -> list[tuple[UUID, UUID]]:
    pairs: list[tuple[UUID, UUID]] = []
    for each in page:
        if each.is_folder:
            made, _ = await create_folder(
                parts,
                viewer,
                name=each.filename,
                target=Target(copy_folder),
                on_conflict=OnConflict.EXISTING,
            )
            pairs.append((each.id, made.file.id))
    return pairs


async def _reserve_files(
    parts: DriveParts, viewer: Viewer, page: list[DriveFile], copy_folder: UUID
) -> list[tuple[DriveFile, DriveFile]]:
    pairs: list[tuple[DriveFile, DriveFile]] = []
    async with parts.database.transaction() as tx:
        place = await places.lock_place(tx, Target(copy_folder), viewer)
        for source in page:
            if source.is_folder:
                continue
            name = FileName(source.filename)
            there = await tree.name_holder(
                tx, owner=place.owner, parent_id=place.parent_id, name=name
            )
            if there is None:
                pairs.append((source, await _reserve(tx, parts, source, place, name)))
            elif there.state is FileState.PENDING and not await tree.has_open_upload(tx, there.id):
                pairs.append((source, there))
    return pairs


async def _copy_files(
    parts: DriveParts, viewer: Viewer, pairs: list[tuple[DriveFile, DriveFile]]
) -> None:
    async def copy_one(pair: tuple[DriveFile, DriveFile]) -> None:
        await _copy_file(parts, viewer, *pair)

    await for_each(pairs, copy_one, at_once=parts.options.copies_at_once)


async def _copy_file(parts: DriveParts, viewer: Viewer, source: DriveFile, copy: DriveFile) -> None:
    if copy.state is FileState.READY:
        return
    copied = await _copy_object(parts, viewer, source.id, copy)
    async with parts.database.transaction() as tx:
        now = await places.lock_file(tx, copy.id, viewer)
        if copied is not None and await queries.finish_copy(
            tx,
            copy.id,
            size=copied.meta.size,
            etag=copied.meta.etag,
            content_hash=copied.content_hash,
            at=parts.clock(),
        ):
            await tree.add_to_sizes(tx, now.parent_id, copied.meta.size)
            if now.moving:
                await follow(tx, parts, [now.owner_id], asked_by=viewer.id)
        else:
            # The source has no bytes, or the copy was thrown away while they came.
            await queries.drop_reservations(tx, at=parts.clock(), within=copy.id)


async def _copy_object(
    parts: DriveParts, viewer: Viewer, source_id: UUID, copy: DriveFile
) -> _Copied | None:
    """Copy the bytes of a file, wherever they move meanwhile; None when they are gone.

    Between reading the row and copying, the key may have become another file's: the
    copy counts only when the row still says the same afterwards.
    """
    source = await _source(parts, viewer, source_id)
    while source is not None:
        meta = None
        try:
            meta = await parts.store.copy(source.key, copy.key)
        except ObjectNotFoundError:
            pass  # gone, or moved since its row was read: the row tells
        now = await _source(parts, viewer, source_id)
        if now is not None and (now.key, now.object_etag) == (source.key, source.object_etag):
            return _Copied(meta, now.content_hash) if meta else None
        source = now
    return None


async def _source(parts: DriveParts, viewer: Viewer, file_id: UUID) -> DriveFile | None:
    async with parts.database.read() as tx:
        try:
            return await places.visible(tx, file_id, viewer)
        except FileNotFoundInDriveError:
            return None
