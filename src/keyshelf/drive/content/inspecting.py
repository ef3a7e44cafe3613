"""Having files read once their bytes are there, and remembering what they are."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from keyshelf.database.transactions import ReadTransaction, Transaction
from keyshelf.drive.content import queries
from keyshelf.drive.failures import NotAFileError, UploadOpenError
from keyshelf.drive.mimetypes import Category, category_of, extensions_of
from keyshelf.drive.parts import DriveParts
from keyshelf.drive.tree import places
from keyshelf.drive.values import DriveFile, FileState, Inspect, Viewer
from keyshelf.jobs.values import BACKGROUND, Job, JobKind
from keyshelf.layout.drive import OwnerId
from keyshelf.layout.keys import ObjectKey

INSPECT = JobKind("inspect", max_attempts=5, timeout=timedelta(hours=24))
"""Read a file's bytes once: their hash, and what they show."""
ANEW = "anew"
"""In the payload of a reading that looks again at content that was looked at."""

_LARGE_BYTES = 256 * 2**20
_MOST_WAITING = 100
_MEDIA = (Category.IMAGE, Category.VIDEO, Category.AUDIO)


async def schedule_inspection(
    tx: Transaction, parts: DriveParts, file: DriveFile, *, asked_by: str
) -> None:
    """Have a file read after the commit, if files of its kind are to be.

    Small files never wait for large ones, and these never for encodes. Asked for twice it
    is one job.
    """
    if _is_wanted(parts.options.inspect, file):
        await _schedule(tx, parts, file, asked_by=asked_by)


async def look_again(parts: DriveParts, viewer: Viewer, file_id: UUID) -> Job:
    """Have a file read anew, whatever its kind and the setting; asked for twice it is one job.

    Until it was read, what was known before holds. Raises what looking up a file
    does, `NotAFileError` and `UploadOpenError`.
    """
    async with parts.database.transaction() as tx:
        file = await places.visible(tx, file_id, viewer)
        if file.is_folder:
            raise NotAFileError("a folder cannot be looked at")
        if file.state is not FileState.READY:
            raise UploadOpenError("the bytes of this file are not there yet")
        payload = {"file_id": str(file.id), "owner": file.owner_id, ANEW: True}
        key = f"{file.id}:{ANEW}"
        return await parts.jobs.enqueue(
            tx, _kind(file), payload, owner_id=viewer.id, unique_key=key
        )


def expected(parts: DriveParts, file: DriveFile) -> Category | None:
    """Return what a file that is yet to be read seems to be: picture, film or sound.

    None for all others: those that were read, and those that will not be.
    """
    if file.content_hash or file.state is not FileState.READY:
        return None
    if not _is_wanted(parts.options.inspect, file) or not _is_media(file):
        return None
    return category_of(file.mimetype, file.filename)


async def find_file(tx: ReadTransaction, file_id: UUID) -> DriveFile | None:
    """Return a file that has bytes, whosever it is; None when it has gone."""
    return await queries.find(tx, file_id)


async def remember(tx: Transaction, file: DriveFile, content_hash: str) -> bool:
    """Note the BLAKE3 of a file's bytes; False when it has other bytes by now."""
    return await queries.set_hash(tx, file, content_hash)


async def hash_at(tx: ReadTransaction, key: ObjectKey, etag: str) -> str | None:
    """Return the BLAKE3 of the bytes at a key while they have an ETag; None when unknown."""
    return await queries.hash_at(tx, key, etag)


async def holders(
    tx: ReadTransaction, content_hash: str, *, owner: OwnerId | None = None
) -> Sequence[DriveFile]:
    """Return the files that have some content, the trash included: at most a thousand.

    With `owner` those of one drive.
    """
    return await queries.with_hash(tx, content_hash, owner=owner)


async def owners_of(tx: ReadTransaction, content_hash: str) -> Sequence[OwnerId]:
    """Return whose drives have a file of some content, those in the trash included."""
    return await queries.owners_of(tx, content_hash)


async def catch_up(parts: DriveParts) -> None:
    """Have some files read that never were: those from before, and backfilled ones.

    So few at a time that new uploads do not wait behind a whole bucket.
    """
    if parts.options.inspect is Inspect.NONE:
        return
    endings = _endings() if parts.options.inspect is Inspect.MEDIA else None
    async with parts.database.transaction() as tx:
        room = _MOST_WAITING - await queries.count_waiting(tx, most=_MOST_WAITING)
        for file in await queries.not_inspected(tx, endings=endings, limit=room):
            await _schedule(tx, parts, file, asked_by=file.owner_id)


async def _schedule(tx: Transaction, parts: DriveParts, file: DriveFile, *, asked_by: str) -> None:
    payload = {"file_id": str(file.id), "owner": file.owner_id, BACKGROUND: True}
    await parts.jobs.enqueue(tx, _kind(file), payload, owner_id=asked_by, unique_key=str(file.id))


def _kind(file: DriveFile) -> JobKind:
    return INSPECT if file.size < _LARGE_BYTES else replace(INSPECT, queue="reading")


def _endings() -> queries.MediaEndings:
    # As `category_of` decides.
    others = set(Category) - {*_MEDIA, Category.CODE}
    return queries.MediaEndings(
        media=[extension for category in _MEDIA for extension in extensions_of(category)],
        others=[extension for category in others for extension in extensions_of(category)],
    )


def _is_wanted(wanted: Inspect, file: DriveFile) -> bool:
    if file.is_folder or wanted is Inspect.NONE:
        return False
    return wanted is Inspect.ALL or _is_media(file)


def _is_media(file: DriveFile) -> bool:
    return category_of(file.mimetype, file.filename) in _MEDIA
