"""Giving up uploads: at a person's wish, or when their time is over."""

from datetime import timedelta
from uuid import UUID

from keyshelf import telemetry
from keyshelf.drive.failures import UploadGoneError
from keyshelf.drive.parts import DriveParts
from keyshelf.drive.tree import places
from keyshelf.drive.tree import queries as tree
from keyshelf.drive.uploads import queries
from keyshelf.drive.uploads.complete import landed, latest, locked_file, publish
from keyshelf.drive.uploads.values import Upload, UploadState
from keyshelf.drive.values import Viewer
from keyshelf.errors import Error

_log = telemetry.get_logger(__name__)

_SWEPT_AT_ONCE = 100
_RECORDS_KEPT = timedelta(days=30)


async def abort(parts: DriveParts, viewer: Viewer, file_id: UUID) -> None:
    """Give up an upload: a new file gives its name back, a replaced one stays as it is.

    Raises `UploadGoneError` when it is finished, also when its completion won this
    very moment: then the file is there.
    """
    async with parts.database.read() as tx:
        await places.live(tx, file_id, viewer)
        upload = await latest(tx, file_id, viewer)
    if upload.state is not UploadState.PENDING or not await _give_up(
        parts, upload, UploadState.FAILED, "aborted"
    ):
        raise UploadGoneError("this upload is finished already", id=str(file_id))


async def sweep(parts: DriveParts) -> int:
    """Give up every upload whose time is over; returns how many.

    One that the store refuses to drop is logged, left, and tried by the next sweep.
    """
    now = parts.clock()
    swept = 0
    after = None
    while True:
        async with parts.database.read() as tx:
            batch = await queries.expired(tx, now, after=after, limit=_SWEPT_AT_ONCE)
        if not batch:
            break
        for upload in batch:
            after = (upload.expires_at, upload.id)
            swept += await _sweep_one(parts, upload)
    async with parts.database.transaction() as tx:
        await queries.forget_finished(tx, before=now - _RECORDS_KEPT)
    return swept


async def _sweep_one(parts: DriveParts, upload: Upload) -> bool:
    try:
        return await _give_up(parts, upload, UploadState.EXPIRED, "not finished in time")
    except Error as error:
        _log.warning("upload not swept", upload=str(upload.id), code=error.code, why=error.detail)
        return False


async def _give_up(parts: DriveParts, upload: Upload, state: UploadState, reason: str) -> bool:
    """End an upload and say so, unless the store completed it first: then show its file.

    The store decides between the two, because it cannot do both. A crash after it
    dropped the parts leaves an open upload without parts, to be aborted again.
    """
    if upload.multipart_id is not None:
        await parts.store.abort_upload(upload.key, upload.multipart_id)
        async with parts.database.read() as tx:
            file = await tree.find(tx, upload.file_id, viewer_id="") if upload.file_id else None
        meta = await landed(parts, file, upload)
        if meta is not None:
            await publish(parts, upload, meta)
            return False
    now = parts.clock()
    async with parts.database.transaction() as tx:
        file = await locked_file(tx, upload)
        current = await queries.find(tx, upload.id)
        if current is None or current.state is not UploadState.PENDING:
            return current is not None and current.state is state
        await queries.finish(tx, upload.id, state=state, at=now, error=reason)
        if file is not None and not upload.replaces:
            await queries.delete_pending(tx, file.id)
        if file is None or not upload.replaces or current.key != file.key:
            # Some bytes of a single PUT may be there.
            await tree.request_deletions(tx, [current.key], now)
    return True
