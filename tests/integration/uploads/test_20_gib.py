"""A file of 20 GiB goes through the drive to a disk store, in little room."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import anyio
import pytest

from keyshelf.database.pool import Database
from keyshelf.drive.uploads.complete import complete
from keyshelf.drive.uploads.plan import PartRange
from keyshelf.drive.uploads.transfer import progress, urls
from keyshelf.drive.uploads.values import PartUrl
from keyshelf.drive.values import DriveOptions
from keyshelf.layout.keys import ObjectKey
from keyshelf.store.base import ByteRange, CompletedPart
from keyshelf.store.disk import DiskStore
from keyshelf.store.disk_options import DiskOptions
from tests.integration.uploads.kit import (
    ANA,
    MIB,
    SteppedClock,
    begin,
    drive_parts,
    memory_options,
    true_sizes,
)

pytestmark = [pytest.mark.anyio, pytest.mark.long]

SIZE = 20 * 2**30 - 3
LAST = b"end"


async def body_of(part: PartUrl, *, is_last: bool) -> AsyncIterator[bytes]:
    """Zeros, which the disk store keeps as a hole, and at the very end something."""
    left = part.size - (len(LAST) if is_last else 0)
    piece = bytes(8 * MIB)
    while left:
        count = min(left, len(piece))
        yield piece[:count]
        left -= count
    if is_last:
        yield LAST


async def test_a_file_of_20_gib_is_uploaded_in_parts(database: Database, tmp_path: Path) -> None:
    clock = SteppedClock()
    signer = memory_options(clock).signer
    store = DiskStore(tmp_path, DiskOptions(signer=signer, clock=clock))
    parts = replace(drive_parts(database, store, clock), options=DriveOptions(part_bytes=256 * MIB))
    begun = await begin(parts, "film.mov", SIZE)
    file_id = begun.file.id
    cutting = begun.upload.cutting
    assert cutting
    last = cutting.part_count
    sent: dict[int, CompletedPart] = {}
    limiter = anyio.CapacityLimiter(2)

    async def send(number: int) -> None:
        async with limiter:
            answer = await urls(parts, ANA, file_id, PartRange(number, number))
            upload, (part,) = answer.upload, answer.parts
            body = body_of(part, is_last=number == last)
            stored = await store.upload_part(upload.key, upload.multipart_id or "", number, body)
            sent[number] = CompletedPart(number, stored.etag)

    await send(1)
    async with anyio.create_task_group() as tasks:
        for number in range(2, last + 1):
            tasks.start_soon(send, number)
    arrived = (await progress(parts, ANA, file_id)).parts
    file = (await complete(parts, ANA, file_id, [sent[number] for number in sorted(sent)])).file

    assert (last, sum(part.size for part in arrived)) == (80, SIZE)
    assert (file.size, file.key) == (SIZE, "ana/my-files/film.mov")
    assert await true_sizes(database)
    async with await store.get(ObjectKey(file.key), byte_range=ByteRange(SIZE - 5)) as reader:
        assert await reader.read() == b"\0\0end"
    used = sum(path.stat().st_blocks * 512 for path in tmp_path.rglob("*") if path.is_file())
    assert used < MIB
