"""Having files read once their bytes are there, and remembering what they are."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from keyshelf.database.transactions import ReadTransaction, Transaction
from keyshelf.drive.content import queries
from keyshelf.drive.mimetypes import Category, category_of
from keyshelf.drive.parts import DriveParts
from keyshelf.drive.values import DriveFile, FileState, Inspect
from keyshelf.jobs.values import BACKGROUND, JobKind
from keyshelf.layout.drive import OwnerId
from keyshelf.layout.keys import ObjectKey

INSPECT = JobKind("inspect", max_attempts=5, timeout=timedelta(hours=24))
"""Read a file's bytes once: their hash, and what they show."""

_LARGE_BYTES = 256 * 2**20
_BATCH = 100
_MEDIA = frozenset({Category.IMAGE, Category.VIDEO, Category.AUDIO})


async def schedule_inspection(
    tx: Transaction, parts: DriveParts, file: DriveFile, *, asked_by: str
) -> None:
    """Have a file read after the commit, if files of its kind are to be.

    Small files never wait for large ones. Asked for twice it is one job.
    """
    if not _is_wanted(parts.options.inspect, file):
        return
    kind = INSPECT if file.size < _LARGE_BYTES else replace(INSPECT, queue="large")
    payload = {"file_id": str(file.id), "owner": file.owner_id, BACKGROUND: True}
    await parts.jobs.enqueue(tx, kind, payload, owner_id=asked_by, unique_key=str(file.id))


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


async def holders(tx: ReadTransaction, content_hash: str) -> Sequence[DriveFile]:
    """Return the files that have some content, the trash included: at most a thousand."""
    return await queries.with_hash(tx, content_hash)


async def owners_of(tx: ReadTransaction, content_hash: str) -> Sequence[OwnerId]:
    """Return whose drives have a file of some content, those in the trash included."""
    return await queries.owners_of(tx, content_hash)


async def catch_up(parts: DriveParts) -> None:
    """Have some media files read that never were: those from before, and backfilled ones.

    A few at a time, so that new uploads do not wait behind a whole bucket.
    """
    if parts.options.inspect is Inspect.NONE:
        return
    after: UUID | None = None
    scheduled = 0
    while scheduled < _BATCH:
        async with parts.database.transaction() as tx:
            page = await queries.not_inspected(tx, after=after, limit=_BATCH)
            media = [each for each in page if _is_media(each)]
            for file in media:
                await schedule_inspection(tx, parts, file, asked_by=file.owner_id)
        if not page:
            return
        scheduled += len(media)
        after = page[-1].id


def _is_wanted(wanted: Inspect, file: DriveFile) -> bool:
    if file.is_folder or wanted is Inspect.NONE:
        return False
    return wanted is Inspect.ALL or _is_media(file)


def _is_media(file: DriveFile) -> bool:
    return category_of(file.mimetype, file.filename) in _MEDIA
