"""Completing, aborting and sweeping uploads."""

from datetime import timedelta
from pathlib import Path

import anyio
import pytest

from keyshelf.database.pool import Database
from keyshelf.drive.changes.folders import create_folder
from keyshelf.drive.failures import (
    BadCursorError,
    FileNotFoundInDriveError,
    UploadGoneError,
    UploadMismatchError,
)
from keyshelf.drive.parts import DriveParts
from keyshelf.drive.settle.deletions import delete_noted
from keyshelf.drive.tree.places import live
from keyshelf.drive.uploads.abandon import abort, sweep
from keyshelf.drive.uploads.complete import complete
from keyshelf.drive.uploads.plan import PartRange
from keyshelf.drive.uploads.transfer import open_uploads, progress, urls
from keyshelf.drive.uploads.values import UploadState
from keyshelf.drive.values import Changed, DriveFile, FileState, OnConflict, Target
from keyshelf.errors import Error, InvalidInputError
from keyshelf.layout.keys import ObjectKey
from keyshelf.store.base import CompletedPart
from keyshelf.store.disk import DiskStore
from keyshelf.store.disk_options import DiskOptions
from keyshelf.store.errors import StoreUnavailableError
from keyshelf.store.faulty import FaultyStore
from keyshelf.store.memory import MemoryStore
from tests.integration.uploads.kit import (
    ANA,
    BEN,
    MIB,
    PART,
    ROOT,
    SteppedClock,
    begin,
    content,
    keys_in,
    memory_options,
    send,
    true_sizes,
    upload_file,
)

pytestmark = pytest.mark.anyio

LARGE = b"0123456789abcdef" * (11 * MIB // 16)
DAY = timedelta(hours=24)


@pytest.fixture(params=["memory", "disk"])
def store(request: pytest.FixtureRequest, clock: SteppedClock, tmp_path: Path) -> FaultyStore:
    options = memory_options(clock)
    if request.param == "memory":
        return FaultyStore(MemoryStore(options))
    on_disk = DiskOptions(durable=False, signer=options.signer, clock=clock)
    return FaultyStore(DiskStore(tmp_path / "store", on_disk))


async def _read(parts: DriveParts, file: DriveFile) -> DriveFile:
    async with parts.database.read() as tx:
        return await live(tx, file.id, ANA)


@pytest.mark.parametrize("data", [b"", b"hello", LARGE], ids=["empty", "small", "large"])
async def test_a_completed_file_is_ready_with_its_bytes(
    parts: DriveParts, store: FaultyStore, data: bytes
) -> None:
    file = await upload_file(parts, "a.txt", data)

    assert file.state is FileState.READY
    assert file.size == len(data)
    assert file.object_etag == (await store.head(file.key)).etag
    assert await content(store, file.key) == data


async def test_folders_above_grow_by_what_arrived(parts: DriveParts, database: Database) -> None:
    outer, _ = await create_folder(parts, ANA, name="outer", target=ROOT)
    inner, _ = await create_folder(parts, ANA, name="in", target=Target(outer.file.id))
    target = Target(inner.file.id)

    await upload_file(parts, "a", b"12345", target=target)
    await upload_file(parts, "a", b"123", target=target, on_conflict=OnConflict.REPLACE)

    assert (await _read(parts, outer.file)).size == 3
    assert await true_sizes(database)


async def test_completing_twice_gives_the_same_answer(parts: DriveParts) -> None:
    file = await upload_file(parts, "a", LARGE)

    again = await complete(parts, ANA, file.id)

    assert again == Changed(file)


@pytest.mark.parametrize("sent", [None, b"12", b"1234"])
async def test_other_bytes_than_announced_show_nothing(
    parts: DriveParts, sent: bytes | None
) -> None:
    begun = await begin(parts, "a", 3)
    if sent is not None:
        await send(parts, ANA, begun.file.id, sent)

    with pytest.raises(UploadMismatchError):
        await complete(parts, ANA, begun.file.id)

    assert (await _read(parts, begun.file)).state is FileState.PENDING
    await send(parts, ANA, begun.file.id, b"123")
    assert (await complete(parts, ANA, begun.file.id)).file.size == 3


async def test_missing_and_wrong_parts_are_named(parts: DriveParts, store: FaultyStore) -> None:
    begun = await begin(parts, "a", len(LARGE))
    with pytest.raises(UploadMismatchError):
        await complete(parts, ANA, begun.file.id)
    await urls(parts, ANA, begun.file.id)
    upload = (await progress(parts, ANA, begun.file.id)).upload
    assert upload.multipart_id
    await store.upload_part(upload.key, upload.multipart_id, 1, LARGE[:PART])
    await store.upload_part(upload.key, upload.multipart_id, 3, b"not all of it")

    with pytest.raises(UploadMismatchError) as refused:
        await complete(parts, ANA, begun.file.id)

    assert refused.value.extras["wrong_parts"] == [2, 3]


async def test_parts_that_are_stated_wrongly_are_refused(parts: DriveParts) -> None:
    begun = await begin(parts, "a", len(LARGE))
    await send(parts, ANA, begun.file.id, LARGE)
    held = (await progress(parts, ANA, begun.file.id)).parts
    right = [CompletedPart(part.number, f'"{part.etag}"') for part in held]

    with pytest.raises(UploadMismatchError):
        await complete(parts, ANA, begun.file.id, right[:-1])
    with pytest.raises(UploadMismatchError):
        await complete(parts, ANA, begun.file.id, [*right[:-1], CompletedPart(3, "other")])

    assert (await complete(parts, ANA, begun.file.id, right)).file.size == len(LARGE)


async def test_a_part_too_many_is_refused(parts: DriveParts, store: FaultyStore) -> None:
    begun = await begin(parts, "a", len(LARGE))
    await send(parts, ANA, begun.file.id, LARGE)
    upload = (await progress(parts, ANA, begun.file.id)).upload
    assert upload.multipart_id
    await store.upload_part(upload.key, upload.multipart_id, 4, b"more")

    with pytest.raises(UploadMismatchError):
        await complete(parts, ANA, begun.file.id)


async def test_a_lost_answer_is_made_up_for(parts: DriveParts, store: FaultyStore) -> None:
    begun = await begin(parts, "a", len(LARGE))
    await send(parts, ANA, begun.file.id, LARGE)
    store.lose_answer("complete_upload")
    with pytest.raises(StoreUnavailableError):
        await complete(parts, ANA, begun.file.id)

    done = await complete(parts, ANA, begun.file.id)

    assert done.file.size == len(LARGE)


async def test_looking_at_an_upload_finds_that_it_was_completed(
    parts: DriveParts, store: FaultyStore
) -> None:
    begun = await begin(parts, "a", len(LARGE))
    await send(parts, ANA, begun.file.id, LARGE)
    store.lose_answer("complete_upload")
    with pytest.raises(StoreUnavailableError):
        await complete(parts, ANA, begun.file.id)

    found = await progress(parts, ANA, begun.file.id)

    assert found.upload.state is UploadState.READY
    assert (await _read(parts, begun.file)).state is FileState.READY


async def test_parts_that_the_store_dropped_are_sent_again(
    parts: DriveParts, store: FaultyStore
) -> None:
    begun = await begin(parts, "a", len(LARGE))
    await send(parts, ANA, begun.file.id, LARGE)
    upload = (await progress(parts, ANA, begun.file.id)).upload
    assert upload.multipart_id
    await store.abort_upload(upload.key, upload.multipart_id)

    with pytest.raises(UploadMismatchError):
        await complete(parts, ANA, begun.file.id)
    await send(parts, ANA, begun.file.id, LARGE)

    assert (await complete(parts, ANA, begun.file.id)).file.size == len(LARGE)


async def test_two_completions_at_once_agree(parts: DriveParts, database: Database) -> None:
    folder, _ = await create_folder(parts, ANA, name="f", target=ROOT)
    begun = await begin(parts, "a", len(LARGE), target=Target(folder.file.id))
    await send(parts, ANA, begun.file.id, LARGE)
    answers: list[Changed] = []

    async def one() -> None:
        answers.append(await complete(parts, ANA, begun.file.id))

    async with anyio.create_task_group() as group:
        for _ in range(5):
            group.start_soon(one)

    assert len({answer.file.version for answer in answers}) == 1
    assert len(answers) == 5
    assert await true_sizes(database)


async def test_a_completion_that_the_store_did_first_beats_an_abort(
    parts: DriveParts, store: FaultyStore
) -> None:
    old = await upload_file(parts, "a", b"old")
    await begin(parts, "a", len(LARGE), on_conflict=OnConflict.REPLACE)
    await send(parts, ANA, old.id, LARGE)
    held = store.hold("complete_upload", after=True)
    outcome: list[Changed] = []

    async def completing() -> None:
        outcome.append(await complete(parts, ANA, old.id))

    async with anyio.create_task_group() as group:
        group.start_soon(completing)
        await held.reached.wait()
        with pytest.raises(UploadGoneError):
            await abort(parts, ANA, old.id)
        held.release.set()

    assert outcome[0].file.size == len(LARGE)
    assert (await _read(parts, old)).size == len(LARGE)


async def test_an_abort_that_the_store_did_first_beats_a_completion(
    parts: DriveParts, store: FaultyStore
) -> None:
    old = await upload_file(parts, "a", b"old")
    await begin(parts, "a", len(LARGE), on_conflict=OnConflict.REPLACE)
    await send(parts, ANA, old.id, LARGE)
    held = store.hold("complete_upload")
    refused: list[Error] = []

    async def completing() -> None:
        try:
            await complete(parts, ANA, old.id)
        except Error as error:
            refused.append(error)

    async with anyio.create_task_group() as group:
        group.start_soon(completing)
        await held.reached.wait()
        await abort(parts, ANA, old.id)
        held.release.set()

    assert len(refused) == 1
    assert await content(store, old.key) == b"old"
    assert (await _read(parts, old)).size == 3


async def test_a_file_that_was_given_up_while_it_was_completed_is_not_shown(
    parts: DriveParts, store: FaultyStore
) -> None:
    begun = await begin(parts, "a", 3)
    await send(parts, ANA, begun.file.id, b"123")
    held = store.hold("head", call=2, after=True)
    refused: list[Error] = []

    async def completing() -> None:
        try:
            await complete(parts, ANA, begun.file.id)
        except UploadGoneError as error:
            refused.append(error)

    async with anyio.create_task_group() as group:
        group.start_soon(completing)
        await held.reached.wait()
        await abort(parts, ANA, begun.file.id)
        held.release.set()

    assert len(refused) == 1
    await delete_noted(parts)
    assert await keys_in(store) == []


@pytest.mark.parametrize("replaces", [False, True])
@pytest.mark.parametrize("size", [3, len(LARGE)])
async def test_of_completing_and_aborting_at_once_one_wins(
    parts: DriveParts, store: FaultyStore, *, replaces: bool, size: int
) -> None:
    data = LARGE[:size]
    if replaces:
        await upload_file(parts, "a", b"old bytes")
    begun = await begin(parts, "a", size, on_conflict=OnConflict.REPLACE)
    await send(parts, ANA, begun.file.id, data)
    outcomes: dict[str, bool] = {}

    async def completing() -> None:
        try:
            await complete(parts, ANA, begun.file.id)
        except Error:
            outcomes["completed"] = False
        else:
            outcomes["completed"] = True

    async def aborting() -> None:
        try:
            await abort(parts, ANA, begun.file.id)
        except Error:
            outcomes["aborted"] = False
        else:
            outcomes["aborted"] = True

    async with anyio.create_task_group() as group:
        group.start_soon(completing)
        group.start_soon(aborting)
    await delete_noted(parts)

    assert outcomes["completed"] != outcomes["aborted"]
    held = await keys_in(store)
    if outcomes["completed"]:
        file = await _read(parts, begun.file)
        assert await content(store, file.key) == data
        assert file.size == size
    elif replaces:
        assert await content(store, begun.file.key) == b"old bytes"
    else:
        assert held == []


async def test_a_replaced_file_keeps_its_bytes_until_completion(
    parts: DriveParts, store: FaultyStore
) -> None:
    old = await upload_file(parts, "a.txt", b"old")
    begun = await begin(parts, "a.txt", 0, on_conflict=OnConflict.REPLACE)
    assert begun.file == old
    await send(parts, ANA, old.id, b"")

    assert await content(store, old.key) == b"old"
    done = await complete(parts, ANA, old.id)

    assert done.file.id == old.id
    assert done.file.size == 0
    assert done.file.version > old.version
    assert await content(store, old.key) == b""


async def test_replacing_a_file_that_is_moving_arrives_aside(
    parts: DriveParts, store: FaultyStore, database: Database
) -> None:
    old = await upload_file(parts, "a.txt", b"old")
    async with database.transaction() as tx:
        await tx.execute(
            "UPDATE files SET moving = true, pending_key = 'ana/my-files/b' WHERE id = %(id)s",
            {"id": old.id},
        )

    new = await upload_file(parts, "a.txt", b"newer", on_conflict=OnConflict.REPLACE)

    assert new.id == old.id
    assert new.key.startswith(".keyshelf/aside/")
    assert new.moving
    assert await content(store, new.key) == b"newer"
    await delete_noted(parts)
    assert await keys_in(store) == [new.key]


async def test_a_key_held_by_the_trash_makes_the_upload_arrive_aside(
    parts: DriveParts, store: FaultyStore, database: Database
) -> None:
    old = await upload_file(parts, "a.txt", b"old")
    async with database.transaction() as tx:
        await tx.execute(
            "UPDATE files SET deleted_at = now(), trashed_with = id WHERE id = %(id)s",
            {"id": old.id},
        )

    begun = await begin(parts, "a.txt", 3)
    await send(parts, ANA, begun.file.id, b"new")
    done = await complete(parts, ANA, begun.file.id)

    assert done.file.moving
    assert done.job_id is not None
    assert await content(store, old.key) == b"old"


async def test_abort_gives_the_name_back_and_the_bytes_go(
    parts: DriveParts, store: FaultyStore
) -> None:
    for size in (3, len(LARGE)):
        begun = await begin(parts, "a", size)
        await send(parts, ANA, begun.file.id, LARGE[:size])

        await abort(parts, ANA, begun.file.id)

        with pytest.raises(FileNotFoundInDriveError):
            await complete(parts, ANA, begun.file.id)
        await delete_noted(parts)
        assert await keys_in(store) == []
        assert [each async for each in store.list_uploads()] == []
    assert (await upload_file(parts, "a", b"x")).filename == "a"


async def test_aborting_a_replacement_leaves_the_file_as_it_was(
    parts: DriveParts, store: FaultyStore, clock: SteppedClock
) -> None:
    old = await upload_file(parts, "a", b"old")
    clock.advance(timedelta(seconds=1))
    await begin(parts, "a", 3, on_conflict=OnConflict.REPLACE)
    await send(parts, ANA, old.id, b"new")

    await abort(parts, ANA, old.id)

    with pytest.raises(UploadGoneError):
        await complete(parts, ANA, old.id)
    await delete_noted(parts)
    assert await _read(parts, old) == old
    assert await content(store, old.key) == b"old"


async def test_a_completed_upload_cannot_be_aborted(parts: DriveParts) -> None:
    file = await upload_file(parts, "a", b"x")

    with pytest.raises(UploadGoneError):
        await abort(parts, ANA, file.id)


async def test_others_have_no_part_in_an_upload(parts: DriveParts) -> None:
    begun = await begin(parts, "a", 3)

    for action in (urls, progress, complete, abort):
        with pytest.raises(FileNotFoundInDriveError):
            await action(parts, BEN, begun.file.id)


async def test_urls_can_be_asked_for_again_after_they_expired(
    parts: DriveParts, clock: SteppedClock
) -> None:
    begun = await begin(parts, "a", len(LARGE))
    first = await urls(parts, ANA, begun.file.id)
    clock.advance(timedelta(hours=2))

    again = await urls(parts, ANA, begun.file.id, PartRange(2, 3))

    assert first.expires_at < clock()
    assert again.expires_at > clock()
    assert [part.number for part in again.parts] == [2, 3]
    assert again.parts[1].size == len(LARGE) - 2 * PART
    shown = (await progress(parts, ANA, begun.file.id)).upload
    assert shown.expires_at == clock() + DAY
    with pytest.raises(InvalidInputError):
        await urls(parts, ANA, begun.file.id, PartRange(1, 4))


async def test_a_single_put_is_signed_with_its_type(parts: DriveParts) -> None:
    begun = await begin(parts, "50% off #1?.pdf", 3)

    answer = await urls(parts, ANA, begun.file.id)

    assert answer.single
    assert answer.single.method == "PUT"
    assert answer.single.headers["Content-Type"] == "application/pdf"
    assert "50%25%20off%20%231%3F.pdf" in answer.single.url


async def test_asking_for_urls_at_once_begins_one_upload(
    parts: DriveParts, store: FaultyStore
) -> None:
    begun = await begin(parts, "a", len(LARGE))

    async with anyio.create_task_group() as group:
        for _ in range(4):
            group.start_soon(urls, parts, ANA, begun.file.id)

    assert len([each async for each in store.list_uploads()]) == 1


async def test_the_sweep_takes_what_is_over_time_and_nothing_else(
    parts: DriveParts, store: FaultyStore, clock: SteppedClock
) -> None:
    small = await begin(parts, "small", 3)
    await send(parts, ANA, small.file.id, b"1")
    large = await begin(parts, "large", len(LARGE))
    await send(parts, ANA, large.file.id, LARGE)
    clock.advance(DAY - timedelta(seconds=1))
    kept = await begin(parts, "kept", 3)
    clock.advance(timedelta(seconds=1))

    assert await sweep(parts) == 2
    assert await sweep(parts) == 0

    await delete_noted(parts)
    assert await keys_in(store) == []
    assert [each async for each in store.list_uploads()] == []
    assert (await _read(parts, kept.file)).state is FileState.PENDING
    for gone in (small, large):
        with pytest.raises(FileNotFoundInDriveError):
            await complete(parts, ANA, gone.file.id)
    assert (await begin(parts, "small", 3)).file.filename == "small"


async def test_the_sweep_shows_a_file_whose_completion_lost_its_answer(
    parts: DriveParts, store: FaultyStore, clock: SteppedClock
) -> None:
    begun = await begin(parts, "a", len(LARGE))
    await send(parts, ANA, begun.file.id, LARGE)
    store.lose_answer("complete_upload")
    with pytest.raises(StoreUnavailableError):
        await complete(parts, ANA, begun.file.id)
    clock.advance(DAY)

    assert await sweep(parts) == 0

    assert (await _read(parts, begun.file)).state is FileState.READY


async def test_the_sweep_goes_on_where_the_store_refuses_one(
    parts: DriveParts, store: FaultyStore, clock: SteppedClock
) -> None:
    for name in ("one", "two"):
        begun = await begin(parts, name, len(LARGE))
        await send(parts, ANA, begun.file.id, LARGE)
        clock.advance(timedelta(seconds=1))
    clock.advance(DAY)
    store.fail("abort_upload")

    assert await sweep(parts) == 1
    assert await sweep(parts) == 1


async def test_nothing_is_kept_of_an_upload_whose_file_is_gone(
    parts: DriveParts, database: Database
) -> None:
    kept = await upload_file(parts, "kept", b"x")
    begun = await begin(parts, "private.txt", 3)
    await abort(parts, ANA, begun.file.id)

    await sweep(parts)

    async with database.read() as tx:
        assert await tx.all("SELECT file_id FROM uploads") == [{"file_id": kept.id}]


async def test_records_of_old_uploads_are_forgotten(
    parts: DriveParts, clock: SteppedClock, database: Database
) -> None:
    file = await upload_file(parts, "a", b"x")
    clock.advance(timedelta(days=31))

    await sweep(parts)

    async with database.read() as tx:
        assert await tx.value("SELECT count(*) FROM uploads") == 0
    assert (await _read(parts, file)).state is FileState.READY


async def test_my_open_uploads_are_listed_newest_first(
    parts: DriveParts, clock: SteppedClock
) -> None:
    names: list[str] = []
    for number in range(5):
        await begin(parts, f"{number}", 3)
        clock.advance(timedelta(seconds=1))
    await begin(parts, "other", 3, viewer=BEN)
    await upload_file(parts, "done", b"x")

    cursor = None
    for _ in range(3):
        page = await open_uploads(parts, ANA, limit=2, cursor=cursor)
        names += [upload.filename for upload in page.items]
        cursor = page.next_cursor

    assert names == ["4", "3", "2", "1", "0"]
    assert cursor is None
    with pytest.raises(BadCursorError):
        await open_uploads(parts, ANA, cursor="nonsense")


async def test_bytes_that_come_after_an_abort_harm_no_one(
    parts: DriveParts, store: FaultyStore
) -> None:
    begun = await begin(parts, "a", 3)
    await abort(parts, ANA, begun.file.id)
    await store.put(ObjectKey("ana/my-files/a"), b"123")

    again = await begin(parts, "a", 3)

    with pytest.raises(UploadMismatchError):
        await complete(parts, ANA, again.file.id)
