"""Uploads, backfill and zips on a real S3 server with keys, sent as a browser sends them."""

import io
import zipfile
from collections.abc import AsyncIterator

import httpx2
import pytest

from keyshelf.database.pool import Database
from keyshelf.delivery.zip_names import member_name
from keyshelf.drive.backfill.missing import find_missing
from keyshelf.drive.backfill.service import backfill
from keyshelf.drive.parts import DriveParts
from keyshelf.drive.uploads.abandon import abort
from keyshelf.drive.uploads.complete import complete
from keyshelf.drive.uploads.transfer import progress, urls
from keyshelf.drive.values import DriveFile, OnConflict
from keyshelf.drive.zips.service import open_zip
from keyshelf.jobs.rows_queue import RowsQueue
from keyshelf.jobs.service import Jobs
from keyshelf.store.base import CompletedPart, ObjectStore
from keyshelf.store.opening import open_store
from tests.integration.uploads.kit import (
    ANA,
    HARD_NAMES,
    MIB,
    PART,
    SMALL,
    begin,
    content,
    keys_in,
    true_sizes,
)
from tests.patience import PATIENCE
from tests.servers.s3 import S3Server

pytestmark = [pytest.mark.anyio, pytest.mark.services]

LARGE = b"0123456789abcdef" * (11 * MIB // 16)


@pytest.fixture(params=["rclone_server", "versitygw_server"])
async def store(request: pytest.FixtureRequest) -> AsyncIterator[ObjectStore]:
    server: S3Server = request.getfixturevalue(request.param)
    store = await open_store(server.new_bucket())
    yield store
    await store.aclose()


@pytest.fixture
def parts(database: Database, store: ObjectStore) -> DriveParts:
    jobs = Jobs(RowsQueue(database))
    return DriveParts(database=database, store=store, jobs=jobs, options=SMALL)


async def send(parts: DriveParts, file: DriveFile, data: bytes) -> list[CompletedPart]:
    """Send bytes by the signed requests alone; returns what the answers said of the parts."""
    answer = await urls(parts, ANA, file.id)
    done: list[CompletedPart] = []
    async with httpx2.AsyncClient(timeout=PATIENCE) as browser:
        if answer.single:
            sent = await browser.put(
                answer.single.url, headers=dict(answer.single.headers), content=data
            )
            assert sent.status_code == 200, sent.text
        for part in answer.parts:
            start = (part.number - 1) * PART
            sent = await browser.put(
                part.request.url,
                headers=dict(part.request.headers),
                content=data[start : start + part.size],
            )
            assert sent.status_code == 200, sent.text
            done.append(CompletedPart(part.number, sent.headers["ETag"]))
    return done


async def put(parts: DriveParts, name: str, data: bytes) -> DriveFile:
    begun = await begin(parts, name, len(data), on_conflict=OnConflict.REPLACE)
    await send(parts, begun.file, data)
    return (await complete(parts, ANA, begun.file.id)).file


async def test_hard_names_are_byte_equal_in_the_bucket(
    parts: DriveParts, store: ObjectStore
) -> None:
    for name in HARD_NAMES:
        await put(parts, name, name.encode())

    assert sorted(await keys_in(store)) == sorted(f"ana/my-files/{name}" for name in HARD_NAMES)
    for name in HARD_NAMES:
        assert await content(store, f"ana/my-files/{name}") == name.encode()


async def test_a_large_file_is_sent_in_parts_and_replaced(
    parts: DriveParts, store: ObjectStore
) -> None:
    begun = await begin(parts, "日本語 😀.mov", len(LARGE))
    stated = await send(parts, begun.file, LARGE)
    held = (await progress(parts, ANA, begun.file.id)).parts

    done = await complete(parts, ANA, begun.file.id, stated)
    again = await complete(parts, ANA, begun.file.id, stated)

    assert [part.number for part in held] == [1, 2, 3]
    assert again == done
    assert await content(store, done.file.key) == LARGE
    smaller = await put(parts, "日本語 😀.mov", b"")
    assert smaller.id == done.file.id
    assert await content(store, smaller.key) == b""


async def test_a_wrong_type_or_an_aborted_upload_is_refused(
    parts: DriveParts, store: ObjectStore
) -> None:
    begun = await begin(parts, "a.png", 3)
    answer = await urls(parts, ANA, begun.file.id)
    assert answer.single
    async with httpx2.AsyncClient(timeout=PATIENCE) as browser:
        sent = await browser.put(
            answer.single.url, headers={"Content-Type": "text/html"}, content=b"abc"
        )
    await abort(parts, ANA, begun.file.id)

    assert sent.status_code == 403
    assert await keys_in(store) == []


async def test_a_bucket_becomes_a_drive_and_an_archive(
    parts: DriveParts, database: Database
) -> None:
    names = [name for name in HARD_NAMES if len(name) < 200]
    for name in names:
        await put(parts, name, name.encode())
    async with database.transaction() as tx:
        await tx.execute("DELETE FROM files")

    result = await backfill(parts, asked_by="ops")

    assert (result.files_created, result.errors) == (len(names), [])
    assert (await find_missing(parts)).missing_count == 0
    assert await true_sizes(database)
    async with database.read() as tx:
        ids = [row["id"] for row in await tx.all("SELECT id FROM files")]
    download = await open_zip(parts, ANA, ids)
    data = b"".join([piece async for piece in download.stream])
    with zipfile.ZipFile(io.BytesIO(data)) as read:
        held = {name: read.read(member_name(name.encode())) for name in names}
    assert held == {name: name.encode() for name in names}
