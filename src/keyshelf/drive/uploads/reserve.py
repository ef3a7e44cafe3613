"""Reserving a name for bytes that are to come."""

import re
from dataclasses import dataclass

from keyshelf.database.transactions import ReadTransaction, Transaction
from keyshelf.drive.failures import UploadOpenError
from keyshelf.drive.mimetypes import UNKNOWN_MIMETYPE, mimetype_of
from keyshelf.drive.parts import DriveParts
from keyshelf.drive.settle.adopt import adopt
from keyshelf.drive.settle.deletions import delete_noted
from keyshelf.drive.tree import places
from keyshelf.drive.tree import queries as tree
from keyshelf.drive.tree.places import Place
from keyshelf.drive.uploads import queries
from keyshelf.drive.uploads.plan import Cutting, Parts, cut
from keyshelf.drive.uploads.values import NewUpload, Reservation, Upload, UploadState
from keyshelf.drive.values import DriveFile, FileState, OnConflict, Viewer
from keyshelf.errors import InvalidInputError
from keyshelf.layout import drive as layout
from keyshelf.layout.drive import OwnerId
from keyshelf.layout.names import FileName, file_name
from keyshelf.store.base import ObjectMeta
from keyshelf.store.errors import ObjectNotFoundError

_TOKEN = r"[A-Za-z0-9!#$&^_.+-]{1,100}"
_MIMETYPE = re.compile(rf"{_TOKEN}/{_TOKEN}(;[\x20-\x7e]{{0,100}})?")


async def reserve(parts: DriveParts, viewer: Viewer, wanted: NewUpload) -> Reservation:
    """Take a name for an upload; its file is `pending`, or the ready one being replaced.

    The file is in no list before the upload is complete, and holds its name until
    it is aborted or swept. A file being replaced keeps its bytes until then.

    Raises `NameTakenError` unless `on_conflict` says what to do, `UploadOpenError`
    when the file to replace is being uploaded already, `IllegalNameError`,
    `KeyTooLongError`, `ObjectTooLargeError`, and what `places.place_of` raises.
    """
    name = file_name(wanted.filename)
    # What is wrong with the wish itself is said before anything is looked up.
    mimetype = _mimetype(wanted.mimetype, name)
    _cut(parts, wanted.size)
    while True:
        way = await _clear_the_way(parts, viewer, wanted, name)
        async with parts.database.transaction() as tx:
            place = await places.lock_place(tx, wanted.target, viewer, likely=way.owner)
            found = await _look(tx, place, name, wanted.on_conflict)
            if isinstance(found, DriveFile):
                upload = _replacing(parts, viewer, wanted, found, mimetype)
                await queries.insert(tx, upload, owner=place.owner)
                return Reservation(found, upload)
            # Somebody took the name whose key was looked at: look at the next one.
            if found == way.free:
                return await _take(tx, parts, viewer, wanted, place=place, name=found)


@dataclass(frozen=True, slots=True)
class _Way:
    """The drive that an upload goes to, and a name that is likely free there.

    Nothing is at the key of that name. No name is for a replacement.
    """

    owner: OwnerId
    free: FileName | None


async def _clear_the_way(
    parts: DriveParts, viewer: Viewer, wanted: NewUpload, name: FileName
) -> _Way:
    """Look where an upload goes, and see to it that nothing is there.

    An object there that no row knows becomes a file, so that it is seen and not
    overwritten. Garbage there is deleted, so that it is not taken for the upload.
    """
    while True:
        async with parts.database.read() as tx:
            place = await places.place_of(tx, wanted.target, viewer)
            free = await _look(tx, place, name, wanted.on_conflict)
            if isinstance(free, DriveFile):
                return _Way(place.owner, None)
            key = place.key_of(free, is_folder=False)
            held = await tree.key_holder(tx, key) is not None
            is_garbage = await queries.is_awaiting_deletion(tx, key)
        if is_garbage:
            await delete_noted(parts, [key])
        if is_garbage or held:
            return _Way(place.owner, free)
        try:
            stranger = await parts.store.head(key)
        except ObjectNotFoundError:
            return _Way(place.owner, free)
        await _adopt(parts, place, free, stranger)


async def _adopt(parts: DriveParts, place: Place, name: FileName, stranger: ObjectMeta) -> None:
    async with parts.database.transaction() as tx:
        await tree.lock_drives(tx, [place.owner])
        if (
            await tree.key_holder(tx, stranger.key) is not None
            or await queries.is_awaiting_deletion(tx, stranger.key)
            or await tree.names_in(tx, owner=place.owner, parent_id=place.parent_id, names=[name])
        ):
            return
        await adopt(tx, parts, place, name, stranger)


async def _look(
    tx: ReadTransaction, place: Place, name: FileName, on_conflict: OnConflict
) -> DriveFile | FileName:
    """Return the file to replace, or the name of a new one.

    One look decides both: without the lock, somebody may take the name at any moment.
    """
    holder = await places.holder_of(tx, place, name)
    if holder is None:
        return name
    if holder.is_folder or on_conflict is not OnConflict.REPLACE:
        return await places.name_beside(tx, place, name, holder, on_conflict=on_conflict)
    if holder.state is FileState.PENDING or await queries.open_of(tx, holder.id) is not None:
        raise UploadOpenError(
            f"{name!r} is being uploaded already: complete or abort that upload first",
            id=str(holder.id),
        )
    return holder


def _replacing(
    parts: DriveParts, viewer: Viewer, wanted: NewUpload, file: DriveFile, mimetype: str
) -> Upload:
    # Parts become an object all at once, which a PUT under the key of a live file is
    # not: the file would change before anybody checked the bytes. Where there are no
    # parts, or the file's own key is about to change, the bytes arrive aside.
    in_place = parts.store.capabilities.multipart and not file.moving
    upload_id = parts.new_id()
    now = parts.clock()
    return Upload(
        id=upload_id,
        file_id=file.id,
        created_by=viewer.id,
        key=file.key if in_place else layout.aside_key(upload_id, FileName(file.filename)),
        filename=file.filename,
        size=wanted.size,
        mimetype=mimetype,
        replaces=True,
        cutting=_cut(parts, wanted.size, Parts.ALWAYS),
        multipart_id=None,
        state=UploadState.PENDING,
        error=None,
        created_at=now,
        expires_at=now + parts.options.upload_kept,
        parent_id=file.parent_id,
    )


async def _take(
    tx: Transaction,
    parts: DriveParts,
    viewer: Viewer,
    wanted: NewUpload,
    *,
    place: Place,
    name: FileName,
) -> Reservation:
    mimetype = _mimetype(wanted.mimetype, name)
    file_id = parts.new_id()
    claimed = await places.claim_key(tx, place, name, file_id=file_id, is_folder=False)
    now = parts.clock()
    file = await tree.insert_file(
        tx,
        tree.NewFile(
            id=file_id,
            key=claimed.key,
            filename=name,
            mimetype=mimetype,
            owner=place.owner,
            parent_id=place.parent_id,
            is_folder=False,
            at=now,
            state=FileState.PENDING,
            moving=claimed.moving,
        ),
    )
    upload = Upload(
        id=parts.new_id(),
        file_id=file_id,
        created_by=viewer.id,
        key=claimed.key,
        filename=name,
        size=wanted.size,
        mimetype=mimetype,
        replaces=False,
        cutting=_cut(parts, wanted.size),
        multipart_id=None,
        state=UploadState.PENDING,
        error=None,
        created_at=now,
        expires_at=now + parts.options.upload_kept,
        parent_id=place.parent_id,
    )
    await queries.insert(tx, upload, owner=place.owner)
    return Reservation(file, upload)


def _cut(parts: DriveParts, size: int, cutting: Parts = Parts.IF_LARGE) -> Cutting | None:
    return cut(
        size,
        single_put_bytes=parts.options.single_put_bytes,
        part_bytes=parts.options.part_bytes,
        parts=cutting if parts.store.capabilities.multipart else Parts.NEVER,
    )


def _mimetype(stated: str | None, name: FileName) -> str:
    if not stated:
        return mimetype_of(name) or UNKNOWN_MIMETYPE
    if not _MIMETYPE.fullmatch(stated):
        raise InvalidInputError("a MIME type looks like 'image/png'", mimetype=stated[:200])
    return stated
