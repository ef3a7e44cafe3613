"""Archives of folders and selections."""

import io
import zipfile
from collections.abc import Sequence
from urllib.parse import unquote
from uuid import UUID

import pytest

from keyshelf.database.pool import Database
from keyshelf.drive.backfill.service import backfill
from keyshelf.drive.changes.folders import create_folder
from keyshelf.drive.failures import FileNotFoundInDriveError
from keyshelf.drive.parts import DriveParts
from keyshelf.drive.values import Target
from keyshelf.drive.zips.service import (
    SelectionNotFoundError,
    keep_selection,
    open_selection,
    open_zip,
)
from keyshelf.errors import IntegrityError, InvalidInputError
from keyshelf.layout.keys import ObjectKey
from keyshelf.store.errors import ObjectNotFoundError
from keyshelf.store.memory import MemoryStore
from tests.integration.uploads.kit import (
    ANA,
    BEN,
    HARD_NAMES,
    ROOT,
    SteppedClock,
    begin,
    drive_parts,
    memory_options,
    upload_file,
)

pytestmark = pytest.mark.anyio


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore(memory_options(SteppedClock()))


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock()


@pytest.fixture
def parts(database: Database, store: MemoryStore, clock: SteppedClock) -> DriveParts:
    return drive_parts(database, store, clock)


async def folder(parts: DriveParts, name: str, target: Target = ROOT) -> Target:
    changed, _ = await create_folder(parts, ANA, name=name, target=target)
    return Target(changed.file.id)


async def archive(parts: DriveParts, *ids: UUID | None) -> zipfile.ZipFile:
    download = await open_zip(parts, ANA, [each for each in ids if each])
    data = b"".join([piece async for piece in download.stream])
    return zipfile.ZipFile(io.BytesIO(data))


def names(read: zipfile.ZipFile) -> Sequence[str]:
    return [info.filename for info in read.infolist()]


async def test_a_folder_comes_with_all_below_it(parts: DriveParts) -> None:
    top = await folder(parts, "top")
    inner = await folder(parts, "inner", top)
    await folder(parts, "empty", top)
    await upload_file(parts, "a10.png", b"png", target=top)
    await upload_file(parts, "a2.txt", b"text" * 10_000, target=top)
    await upload_file(parts, "b", b"", target=inner)
    await begin(parts, "pending", 3, target=top)

    read = await archive(parts, top.parent_id)

    assert names(read) == ["top/a2.txt", "top/a10.png", "top/empty/", "top/inner/b"]
    assert read.testzip() is None
    assert read.read("top/a2.txt") == b"text" * 10_000
    assert read.getinfo("top/a2.txt").compress_type == zipfile.ZIP_DEFLATED
    assert read.getinfo("top/a2.txt").compress_size < 1000
    assert read.getinfo("top/a10.png").compress_type == zipfile.ZIP_STORED


async def test_an_empty_folder_is_an_archive_with_a_folder(parts: DriveParts) -> None:
    top = await folder(parts, "top")

    assert names(await archive(parts, top.parent_id)) == ["top/"]


async def test_equal_names_of_a_selection_are_numbered(parts: DriveParts) -> None:
    one, two = await folder(parts, "1"), await folder(parts, "2")
    ids = [
        (await upload_file(parts, "a.txt", data, target=target)).id
        for target, data in ((ROOT, b"root"), (one, b"one"), (two, b"two"))
    ]

    read = await archive(parts, *ids, ids[0], one.parent_id)

    assert names(read) == ["a.txt", "a (2).txt", "a (3).txt", "1/a.txt"]
    assert read.read("a (3).txt") == b"two"


async def test_hard_names_are_kept(parts: DriveParts) -> None:
    top = await folder(parts, "日本語 😀")
    for name in HARD_NAMES:
        await upload_file(parts, name, name.encode(), target=top)

    read = await archive(parts, top.parent_id)

    assert {unquote(name) for name in names(read)} == {f"日本語 😀/{name}" for name in HARD_NAMES}


async def test_it_is_named_after_what_is_in_it(parts: DriveParts) -> None:
    top = await folder(parts, "top")
    file = await upload_file(parts, "a", b"x")
    assert top.parent_id

    assert (await open_zip(parts, ANA, [top.parent_id])).filename == "top.zip"
    assert (await open_zip(parts, ANA, [top.parent_id, file.id])).filename == "files.zip"


async def test_an_object_that_is_gone_breaks_the_stream(
    parts: DriveParts, store: MemoryStore
) -> None:
    top = await folder(parts, "top")
    await upload_file(parts, "a", b"x" * 100_000, target=top)
    await upload_file(parts, "b", b"x", target=top)
    await store.delete(ObjectKey("ana/my-files/top/b"))
    assert top.parent_id
    download = await open_zip(parts, ANA, [top.parent_id])
    received = bytearray()

    async def read() -> None:
        async for piece in download.stream:
            received.extend(piece)

    with pytest.raises(ObjectNotFoundError):
        await read()

    assert received
    assert not zipfile.is_zipfile(io.BytesIO(received))


async def test_an_object_that_followed_a_rename_is_found(
    parts: DriveParts, store: MemoryStore, database: Database
) -> None:
    file = await upload_file(parts, "a", b"bytes")
    download = await open_zip(parts, ANA, [file.id])
    new_key = ObjectKey("ana/my-files/b")
    await store.copy(file.key, new_key)
    await store.delete(file.key)
    async with database.transaction() as tx:
        await tx.execute("UPDATE files SET s3_key = %(key)s", {"key": new_key})

    data = b"".join([piece async for piece in download.stream])

    assert zipfile.ZipFile(io.BytesIO(data)).read("a") == b"bytes"


async def test_large_folders_are_walked_in_pages(
    parts: DriveParts, store: MemoryStore, database: Database
) -> None:
    numbers = range(501)
    for number in numbers:
        await store.put(ObjectKey(f"ana/my-files/top/f{number}.png"), b"x")
        await store.put(ObjectKey(f"ana/my-files/top/d{number}/x.png"), b"x")
    await backfill(parts, asked_by="ops")
    async with database.read() as tx:
        top = await tx.value("SELECT id FROM files WHERE filename = 'top'")

    read = await archive(parts, top)

    assert names(read) == [
        *(f"top/f{number}.png" for number in numbers),
        *(f"top/d{number}/x.png" for number in numbers),
    ]


async def test_a_cycle_ends_with_an_error(parts: DriveParts, database: Database) -> None:
    top = await folder(parts, "top")
    inner = await folder(parts, "inner", top)
    async with database.transaction() as tx:
        await tx.execute(
            "UPDATE files SET parent_id = %(inner)s WHERE id = %(top)s",
            {"inner": inner.parent_id, "top": top.parent_id},
        )

    with pytest.raises(IntegrityError):
        await archive(parts, top.parent_id)


async def test_what_is_not_seen_is_refused_before_anything_is_sent(parts: DriveParts) -> None:
    file = await upload_file(parts, "a", b"x")

    with pytest.raises(FileNotFoundInDriveError):
        await open_zip(parts, BEN, [file.id])
    with pytest.raises(InvalidInputError):
        await open_zip(parts, ANA, [])


async def test_a_kept_selection_opens_for_its_chooser_until_it_expires(
    parts: DriveParts, clock: SteppedClock
) -> None:
    file = await upload_file(parts, "a.txt", b"a")
    kept = await keep_selection(parts, ANA, [file.id, file.id])

    for _ in range(2):
        download = await open_selection(parts, ANA, kept.id)
        data = b"".join([piece async for piece in download.stream])
        assert names(zipfile.ZipFile(io.BytesIO(data))) == ["a.txt"]
    with pytest.raises(SelectionNotFoundError):
        await open_selection(parts, BEN, kept.id)
    clock.now = kept.expires_at
    with pytest.raises(SelectionNotFoundError):
        await open_selection(parts, ANA, kept.id)


async def test_what_is_not_seen_cannot_be_kept_for_an_archive(parts: DriveParts) -> None:
    file = await upload_file(parts, "a.txt", b"a")

    with pytest.raises(FileNotFoundInDriveError):
        await keep_selection(parts, BEN, [file.id])
