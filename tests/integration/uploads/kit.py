"""A drive on a memory store, for the tests of uploads, backfill and zips."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from keyshelf.database.pool import Database
from keyshelf.drive.parts import DriveParts
from keyshelf.drive.uploads.complete import complete
from keyshelf.drive.uploads.reserve import reserve
from keyshelf.drive.uploads.transfer import urls
from keyshelf.drive.uploads.values import NewUpload, Reservation
from keyshelf.drive.values import Changed, DriveFile, DriveOptions, OnConflict, Target, Viewer
from keyshelf.jobs.rows_queue import RowsQueue
from keyshelf.jobs.service import Jobs
from keyshelf.layout.drive import owner_id
from keyshelf.layout.keys import ObjectKey
from keyshelf.store.base import (
    Attributes,
    ObjectStore,
    PutOptions,
)
from keyshelf.store.local_signing import LocalSigner
from keyshelf.store.memory import MemoryOptions

ANA = Viewer(id="ana", own=owner_id("ana"))
BEN = Viewer(id="ben", own=owner_id("ben"))
ROOT = Target(parent_id=None)
MIB = 2**20
PART = 5 * MIB
SMALL = DriveOptions(single_put_bytes=PART, part_bytes=PART, backfilled_at_once=3)
"""The smallest parts that stores allow, so that small files have several."""

HARD_NAMES = [
    "50% off #1?.pdf",
    "it's (2)+a&b=c.mov",
    "日本語 😀.png",
    "back\\slash.txt",
    "a%2fb%00.txt",
    " spaces  .txt",
    "...",
    "~.-_*",
    '"quoted" <b>.html',
    "x" * 251 + ".txt",
]


@dataclass
class SteppedClock:
    """A clock that moves when a test says so."""

    now: datetime = field(default=datetime(2031, 5, 6, 7, 8, 9, tzinfo=UTC))

    def __call__(self) -> datetime:
        return self.now

    def advance(self, step: timedelta) -> None:
        self.now += step


def memory_options(clock: SteppedClock, *, page_limit: int = 1000) -> MemoryOptions:
    signer = LocalSigner(
        secret=b"sixteen bytes or more", public_url="http://k.test", role="source", clock=clock
    )
    return MemoryOptions(signer=signer, clock=clock, page_limit=page_limit)


def drive_parts(database: Database, store: ObjectStore, clock: SteppedClock) -> DriveParts:
    return DriveParts(
        database=database, store=store, jobs=Jobs(RowsQueue(database)), options=SMALL, clock=clock
    )


async def send(parts: DriveParts, viewer: Viewer, file_id: UUID, data: bytes) -> None:
    """Send bytes as a browser does, but without HTTP: to where the signed requests point."""
    answer = await urls(parts, viewer, file_id)
    upload = answer.upload
    if answer.single is not None:
        attributes = Attributes(content_type=upload.mimetype)
        await parts.store.put(upload.key, data, PutOptions(attributes=attributes))
        return
    multipart_id, cutting = upload.multipart_id, upload.cutting
    assert multipart_id
    assert cutting
    for part in answer.parts:
        start = (part.number - 1) * cutting.part_size
        await parts.store.upload_part(
            upload.key, multipart_id, part.number, data[start : start + part.size]
        )


async def begin(
    parts: DriveParts,
    name: str,
    size: int,
    *,
    viewer: Viewer = ANA,
    target: Target = ROOT,
    on_conflict: OnConflict = OnConflict.FAIL,
) -> Reservation:
    return await reserve(
        parts, viewer, NewUpload(name, size, target=target, on_conflict=on_conflict)
    )


async def upload_file(
    parts: DriveParts,
    name: str,
    data: bytes,
    *,
    viewer: Viewer = ANA,
    target: Target = ROOT,
    on_conflict: OnConflict = OnConflict.FAIL,
) -> DriveFile:
    begun = await begin(
        parts, name, len(data), viewer=viewer, target=target, on_conflict=on_conflict
    )
    await send(parts, viewer, begun.file.id, data)
    changed: Changed = await complete(parts, viewer, begun.file.id)
    return changed.file


async def content(store: ObjectStore, key: str) -> bytes:
    async with await store.get(ObjectKey(key)) as reader:
        return await reader.read()


async def keys_in(store: ObjectStore) -> list[str]:
    return [meta.key async for page in store.list() for meta in page.objects]


async def true_sizes(database: Database) -> bool:
    """Whether every live folder has the size that the repair function finds."""
    async with database.read() as tx:
        wrong = await tx.all(
            "SELECT filename, size, recompute_folder_size(id) AS should FROM files"
            " WHERE is_folder AND deleted_at IS NULL AND size <> recompute_folder_size(id)"
        )
    return wrong == []
