"""Where the bytes of an upload go, and which of them have arrived."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from keyshelf.drive.failures import BadCursorError, UploadGoneError
from keyshelf.drive.lists.cursors import Cursor, decode
from keyshelf.drive.parts import DriveParts
from keyshelf.drive.tree import places
from keyshelf.drive.tree import queries as tree
from keyshelf.drive.uploads import queries
from keyshelf.drive.uploads.complete import (
    UPLOAD_MARK,
    landed,
    latest,
    locked_file,
    publish,
)
from keyshelf.drive.uploads.plan import Cutting, PartRange
from keyshelf.drive.uploads.values import (
    PartUrl,
    Upload,
    UploadPage,
    UploadProgress,
    UploadState,
    UploadUrls,
)
from keyshelf.drive.values import DriveFile, Viewer
from keyshelf.layout import drive as layout
from keyshelf.layout.names import FileName
from keyshelf.store.base import Attributes, Condition, Part, PresignOptions, PutOptions
from keyshelf.store.errors import UploadNotFoundError

_ORDER = "uploads"
_WORTH_KEEPING = 0.01
"""The share of its time that an upload must have lost before it is given more."""


async def urls(
    parts: DriveParts,
    viewer: Viewer,
    file_id: UUID,
    asked: PartRange | None = None,
    *,
    again: bool = False,
) -> UploadUrls:
    """Return signed requests for the bytes: one PUT, or one for each part asked for.

    Without a range the first 1,000 parts. Asking once more gives fresh URLs for the
    same upload and more time before it is swept. `again` says that a PUT of the whole
    was begun whose success was not seen: what it wrote, or writes yet, is given up.
    Raises `UploadGoneError` when the file has no open upload of the viewer's,
    `InvalidInputError` for parts it has not.
    """
    upload = await _open_upload(parts, viewer, file_id)
    if again and upload.cutting is None:
        upload = await _elsewhere(parts, upload)
    numbers = upload.cutting.numbers(asked) if upload.cutting else range(0)
    await _keep(parts, upload)
    if upload.cutting is None:
        return await _single_url(parts, upload)
    return await _part_urls(parts, upload, upload.cutting, numbers)


async def progress(parts: DriveParts, viewer: Viewer, file_id: UUID) -> UploadProgress:
    """Return an upload and the parts that the store holds, to go on where it stopped.

    An upload whose completion happened and whose answer was lost is completed here,
    and comes back as `ready`. Raises `UploadGoneError` when the viewer began none.
    """
    async with parts.database.read() as tx:
        file = await places.live(tx, file_id, viewer)
        upload = await latest(tx, file_id, viewer)
    if upload.state is not UploadState.PENDING or upload.multipart_id is None:
        return UploadProgress(upload, ())
    try:
        held = await parts.store.list_parts(upload.key, upload.multipart_id)
    except UploadNotFoundError:
        return await _after_loss(parts, viewer, file, upload)
    return UploadProgress(upload, held)


async def open_uploads(
    parts: DriveParts, viewer: Viewer, *, limit: int = 100, cursor: str | None = None
) -> UploadPage:
    """Return the uploads that the viewer began and that are not finished, newest first."""
    before = _position(cursor)
    async with parts.database.read() as tx:
        found = await queries.open_by(tx, viewer.id, before=before, limit=limit + 1)
    items = found[:limit]
    if len(found) <= limit:
        return UploadPage(items, None)
    last = Cursor(order=_ORDER, value=items[-1].created_at.isoformat(), id=items[-1].id)
    return UploadPage(items, last.encode())


def _position(cursor: str | None) -> tuple[datetime, UUID] | None:
    last = decode(cursor, order=_ORDER)
    if last is None:
        return None
    try:
        return datetime.fromisoformat(last.value), last.id
    except ValueError as error:
        raise BadCursorError("this cursor was not made here") from error


async def _open_upload(parts: DriveParts, viewer: Viewer, file_id: UUID) -> Upload:
    async with parts.database.read() as tx:
        await places.live(tx, file_id, viewer)
        upload = await latest(tx, file_id, viewer)
    if upload.state is not UploadState.PENDING:
        raise UploadGoneError("this upload is finished", id=str(file_id), state=upload.state)
    return upload


async def _keep(parts: DriveParts, upload: Upload) -> None:
    """Give an upload its whole time again, unless it has nearly all of it yet."""
    expires_at = parts.clock() + parts.options.upload_kept
    if expires_at - upload.expires_at < parts.options.upload_kept * _WORTH_KEEPING:
        return
    async with parts.database.transaction() as tx:
        await queries.extend(tx, upload.id, expires_at)


async def _elsewhere(parts: DriveParts, upload: Upload) -> Upload:
    """Let the bytes of an upload go to a key of its own, where no earlier PUT can write.

    Some servers keep what they have of a PUT that broke off, cut short or filled with
    zeros, and one whose answer was lost may still be at work.
    """
    key = layout.aside_key(parts.new_id(), FileName(upload.filename))
    async with parts.database.transaction() as tx:
        file = await locked_file(tx, upload)
        current = await queries.find(tx, upload.id)
        if file is None or current is None or current.state is not UploadState.PENDING:
            raise UploadGoneError("this upload is finished", id=str(upload.file_id))
        await queries.send_elsewhere(tx, current, key)
        await tree.request_deletions(tx, [current.key], parts.clock())
    return replace(current, key=key)


async def _single_url(parts: DriveParts, upload: Upload) -> UploadUrls:
    request = await parts.store.presign(
        "PUT",
        upload.key,
        PresignOptions(
            expires_in=parts.options.url_expiry,
            content_type=upload.mimetype,
            content_length=upload.size,
            # Nothing is at the key of an upload before its bytes: a PUT that comes late
            # finds them, or those of another file, and changes nothing.
            condition=Condition.CREATE,
        ),
    )
    return UploadUrls(upload, request, (), request.expires_at)


async def _part_urls(
    parts: DriveParts, upload: Upload, cutting: Cutting, numbers: Sequence[int]
) -> UploadUrls:
    multipart_id = upload.multipart_id or await _begin(parts, upload)
    signed: list[PartUrl] = []
    for number in numbers:
        size = cutting.bytes_of(number)
        request = await parts.store.presign(
            "PUT",
            upload.key,
            PresignOptions(
                expires_in=parts.options.url_expiry,
                content_length=size,
                upload_id=multipart_id,
                part_number=number,
            ),
        )
        signed.append(PartUrl(number, size, request))
    begun = replace(upload, multipart_id=multipart_id)
    return UploadUrls(begun, None, signed, min(each.request.expires_at for each in signed))


async def _begin(parts: DriveParts, upload: Upload) -> str:
    """Begin the upload in the store; of two who do so at once, the first one's counts."""
    attributes = Attributes(
        content_type=upload.mimetype,
        metadata={UPLOAD_MARK: str(upload.id)} if parts.store.capabilities.metadata else {},
    )
    # A crash before the id is kept leaves an empty upload in the store, which holds
    # no bytes and which the bucket's rule for incomplete uploads takes away.
    begun = await parts.store.create_upload(upload.key, PutOptions(attributes=attributes))
    async with parts.database.transaction() as tx:
        if await queries.swap_multipart_id(tx, upload.id, old=None, new=begun):
            return begun
        winner = await queries.find(tx, upload.id)
    await parts.store.abort_upload(upload.key, begun)
    if winner is None or winner.multipart_id is None or winner.state is not UploadState.PENDING:
        raise UploadGoneError("this upload was aborted", id=str(upload.file_id))
    return winner.multipart_id


async def _after_loss(
    parts: DriveParts, viewer: Viewer, file: DriveFile, upload: Upload
) -> UploadProgress:
    meta = await landed(parts, file, upload)
    if meta is not None:
        await publish(parts, upload, meta)
    else:
        async with parts.database.transaction() as tx:
            await queries.swap_multipart_id(tx, upload.id, old=upload.multipart_id, new=None)
    async with parts.database.read() as tx:
        again = await latest(tx, file.id, viewer)
    none: Sequence[Part] = ()
    return UploadProgress(again, none)
