"""Completing uploads: the bytes are checked, then the file is shown."""

from collections.abc import Sequence
from uuid import UUID

from keyshelf.database.transactions import ReadTransaction, Transaction
from keyshelf.drive.content.inspecting import schedule_inspection
from keyshelf.drive.failures import UploadGoneError, UploadMismatchError
from keyshelf.drive.parts import DriveParts
from keyshelf.drive.settle.schedule import follow
from keyshelf.drive.tree import places
from keyshelf.drive.tree import queries as tree
from keyshelf.drive.uploads import queries
from keyshelf.drive.uploads.plan import Cutting
from keyshelf.drive.uploads.values import Upload, UploadState
from keyshelf.drive.values import Changed, DriveFile, FileState, Viewer
from keyshelf.layout.drive import OwnerId
from keyshelf.store.base import CompletedPart, ObjectMeta, Part
from keyshelf.store.errors import InvalidPartError, ObjectNotFoundError, UploadNotFoundError

UPLOAD_MARK = "keyshelf-upload"
"""Metadata of an object made of parts: the id of its upload."""


async def complete(
    parts: DriveParts,
    viewer: Viewer,
    file_id: UUID,
    stated: Sequence[CompletedPart] | None = None,
) -> Changed:
    """Check with the store that all announced bytes are there, and show the file.

    What the caller states of the parts is compared, never believed; one PUT counts as
    part 1. Twice is the same answer, also after a crash between the store and the
    database. Until this succeeds nobody sees a change; after `UploadMismatchError` the
    upload is still open, so that what is missing can be sent.

    Raises `UploadMismatchError`, `UploadGoneError` for an upload that was aborted or
    swept, `FileNotFoundInDriveError`.
    """
    async with parts.database.read() as tx:
        file = await places.live(tx, file_id, viewer)
        upload = await latest(tx, file_id, viewer)
        if upload.state is UploadState.READY:
            # Another completion may have come between the two reads: the file as it left it.
            return Changed(await places.live(tx, file_id, viewer))
    _refuse_ended(upload)
    meta = await _stored(parts, file, upload, stated)
    return await publish(parts, upload, meta, likely=file.owner_id)


async def latest(tx: ReadTransaction, file_id: UUID, viewer: Viewer) -> Upload:
    """Return the viewer's newest upload of a file. Raises `UploadGoneError`."""
    upload = await queries.latest_of(tx, file_id, creator=viewer.id)
    if upload is None:
        raise UploadGoneError("you have no upload of this file", id=str(file_id))
    return upload


async def landed(parts: DriveParts, file: DriveFile | None, upload: Upload) -> ObjectMeta | None:
    """Return the object that the parts of an upload became, or None when they did not.

    It tells whether a completion happened whose answer was lost.
    """
    try:
        meta = await parts.store.head(upload.key)
    except ObjectNotFoundError:
        return None
    if meta.size != upload.size:
        return None
    if parts.store.capabilities.metadata:
        mark = meta.attributes.metadata.get(UPLOAD_MARK) if meta.attributes else None
        return meta if mark == str(upload.id) else None
    # Without metadata: the key was free, or held bytes with another ETag.
    is_old = file is not None and file.key == meta.key and file.object_etag == meta.etag
    return None if is_old else meta


async def publish(
    parts: DriveParts, upload: Upload, meta: ObjectMeta, *, likely: OwnerId | None = None
) -> Changed:
    """Show the file with the bytes that `meta` describes; `likely` in the drive it is in.

    Bytes before names: the object is durable already, and a crash before this
    commits leaves it to be found by the next completion. Raises `UploadGoneError`
    when the file was given up meanwhile.
    """
    async with parts.database.transaction() as tx:
        file = await locked_file(tx, upload, likely=likely)
        now_upload = await queries.find(tx, upload.id)
        if now_upload is None or file is None or file.deleted_at is not None:
            raise UploadGoneError("this upload was aborted", id=str(upload.file_id))
        if now_upload.state is UploadState.READY:
            return Changed(file)
        # Parts that became the object of a live file did so for good, whatever the
        # row of the upload says by now; one PUT aside did not.
        if not (now_upload.replaces and now_upload.multipart_id):
            _refuse_ended(now_upload)
        if now_upload.key != meta.key:
            raise UploadMismatchError("these bytes were given up, and others have not arrived")
        return await _show(tx, parts, file=file, upload=now_upload, meta=meta)


async def locked_file(
    tx: Transaction, upload: Upload, *, likely: OwnerId | None = None
) -> DriveFile | None:
    """Lock the drive of an upload's file and return the file; None when it has gone."""
    file_id = upload.file_id
    if file_id is None:
        return None
    return await places.read_locked(
        tx,
        lambda: tree.find(tx, file_id, viewer_id=upload.created_by),
        lambda file: [] if file is None else [file.owner_id],
        likely=None if likely is None else [likely],
    )


def check_parts(cutting: Cutting, held: Sequence[Part]) -> None:
    """Raise `UploadMismatchError` unless exactly the planned parts are there, whole."""
    by_number = {part.number: part for part in held}
    wrong = [
        number
        for number in range(1, cutting.part_count + 1)
        if number not in by_number or by_number[number].size != cutting.bytes_of(number)
    ]
    if wrong:
        raise UploadMismatchError(
            f"{len(wrong)} of {cutting.part_count} parts are missing or have the wrong size,"
            f" the first is part {wrong[0]}",
            wrong_parts=wrong[:100],
        )
    if len(by_number) > cutting.part_count:
        raise UploadMismatchError(f"there are more than the {cutting.part_count} announced parts")


def check_stated(stated: Sequence[CompletedPart] | None, held: Sequence[Part]) -> None:
    """Raise `UploadMismatchError` when the caller sent other parts than the store holds."""
    if stated is None:
        return
    ours = {part.number: part.etag.strip('"') for part in held}
    theirs = {part.number: part.etag.strip('"') for part in stated}
    different = sorted(
        number for number in ours.keys() | theirs.keys() if ours.get(number) != theirs.get(number)
    )
    if different:
        raise UploadMismatchError(
            f"the store holds other parts than the ones stated, the first is part {different[0]}",
            wrong_parts=different[:100],
        )


async def _stored(
    parts: DriveParts,
    file: DriveFile,
    upload: Upload,
    stated: Sequence[CompletedPart] | None,
) -> ObjectMeta:
    if upload.cutting is None:
        meta = await _single(parts, upload)
        check_stated(stated, [Part(1, meta.etag, meta.size)])
        return meta
    if upload.multipart_id is None:
        raise UploadMismatchError("no part has arrived", id=str(file.id))
    try:
        held = await parts.store.list_parts(upload.key, upload.multipart_id)
        check_parts(upload.cutting, held)
        check_stated(stated, held)
        numbered = [CompletedPart(part.number, part.etag) for part in held]
        return await parts.store.complete_upload(upload.key, upload.multipart_id, numbered)
    except InvalidPartError as error:
        raise UploadMismatchError(f"the store refused the parts: {error.detail}") from error
    except UploadNotFoundError as error:
        meta = await landed(parts, file, upload)
        if meta is None:
            await _begin_again(parts, upload)
            raise UploadMismatchError(
                "the store has dropped the parts: ask for URLs and send them again"
            ) from error
        return meta


async def _single(parts: DriveParts, upload: Upload) -> ObjectMeta:
    try:
        meta = await parts.store.head(upload.key)
    except ObjectNotFoundError as error:
        raise UploadMismatchError("no bytes have arrived", expected=upload.size) from error
    if meta.size != upload.size:
        raise UploadMismatchError(
            f"{upload.size} bytes were announced and {meta.size} have arrived",
            expected=upload.size,
            found=meta.size,
        )
    return meta


async def _begin_again(parts: DriveParts, upload: Upload) -> None:
    async with parts.database.transaction() as tx:
        await queries.swap_multipart_id(tx, upload.id, old=upload.multipart_id, new=None)


async def _show(
    tx: Transaction, parts: DriveParts, *, file: DriveFile, upload: Upload, meta: ObjectMeta
) -> Changed:
    now = parts.clock()
    is_elsewhere = meta.key != file.key
    await tree.forget_deletion(tx, meta.key)
    if is_elsewhere:
        await tree.request_deletions(tx, [file.key], now)
    before = file.size if file.state is FileState.READY else 0
    shown = await queries.make_ready(
        tx,
        file.id,
        meta,
        mimetype=upload.mimetype,
        moving=file.moving or is_elsewhere,
        at=now,
    )
    await tree.add_to_sizes(tx, file.parent_id, meta.size - before)
    await queries.finish(tx, upload.id, state=UploadState.READY, at=now)
    await schedule_inspection(tx, parts, shown, asked_by=upload.created_by)
    if not shown.moving:
        return Changed(shown)
    job_id = await follow(tx, parts, [file.owner_id], asked_by=upload.created_by)
    return Changed(shown, job_id)


def _refuse_ended(upload: Upload) -> None:
    if upload.state is not UploadState.PENDING:
        raise UploadGoneError(
            f"this upload has ended: {upload.error or upload.state}", id=str(upload.file_id)
        )
