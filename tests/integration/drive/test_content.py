"""What files' bytes are is noted once they were read, and let go of with the last of them."""

from dataclasses import replace
from uuid import UUID

import pytest

from keyshelf.drive.changes import copies
from keyshelf.drive.changes.copies import Copy
from keyshelf.drive.content import inspecting
from keyshelf.drive.content.releasing import release_content
from keyshelf.drive.trash.purge import purge
from keyshelf.drive.trash.service import trash
from keyshelf.drive.uploads import queries as uploads
from keyshelf.drive.values import DriveFile, Inspect, Target
from keyshelf.jobs.values import Job
from tests.integration.drive.conftest import Drive

pytestmark = pytest.mark.anyio

ONE, OTHER = "01" * 32, "02" * 32


async def remember(drive: Drive, file: DriveFile, content: str = ONE) -> bool:
    async with drive.parts.database.transaction() as tx:
        return await inspecting.remember(tx, file, content)


async def hash_of(drive: Drive, file_id: UUID) -> str | None:
    return (await drive.show(file_id)).content_hash


async def inspections(drive: Drive) -> list[Job]:
    async with drive.parts.database.read() as tx:
        return [*await drive.parts.jobs.list(tx, kind="inspect")]


async def released(drive: Drive) -> list[str]:
    removed: list[str] = []

    async def release(content_hash: str, *, is_held: bool) -> None:
        if not is_held:
            removed.append(content_hash)

    await release_content(drive.parts, release)
    return removed


async def overwrite(drive: Drive, file: DriveFile) -> DriveFile:
    meta = await drive.parts.store.put(file.key, b"other bytes")
    async with drive.parts.database.transaction() as tx:
        return await uploads.make_ready(
            tx, file.id, meta, mimetype="text/plain", moving=False, at=drive.parts.clock()
        )


async def delete(drive: Drive, file: DriveFile) -> None:
    await trash(drive.parts, drive.viewer, file.id)
    await purge(drive.parts, None, drive.parts.clock())


async def test_the_hash_of_a_file_is_that_of_the_bytes_it_has(drive: Drive) -> None:
    file = await drive.file("a.jpg")

    assert await remember(drive, file)
    assert await hash_of(drive, file.id) == ONE

    await overwrite(drive, file)
    assert await hash_of(drive, file.id) is None
    assert not await remember(drive, file)  # what was read are no longer its bytes
    assert await hash_of(drive, file.id) is None


async def test_a_copy_has_the_hash_of_its_original(drive: Drive) -> None:
    file = await drive.file("a.jpg")
    await remember(drive, file)

    wanted = Copy(Target(None), filename="b.jpg")
    change = await copies.start_copy(drive.parts, drive.viewer, file.id, wanted)
    await drive.finish(change)

    assert await hash_of(drive, change.file.id) == ONE


async def test_content_is_released_with_the_last_file_that_has_it(drive: Drive) -> None:
    first, second = await drive.file("a.jpg"), await drive.file("b.jpg")
    await remember(drive, first)
    await remember(drive, second)

    await delete(drive, first)
    assert await released(drive) == []
    await trash(drive.parts, drive.viewer, second.id)
    assert await released(drive) == []  # the trash gives it back
    await purge(drive.parts, None, drive.parts.clock())
    assert await released(drive) == [ONE]
    assert await released(drive) == []


async def test_overwriting_releases_what_was_there(drive: Drive) -> None:
    file = await drive.file("a.jpg")
    await remember(drive, file)
    await remember(drive, await overwrite(drive, file), OTHER)

    assert await released(drive) == [ONE]


async def test_a_release_that_fails_comes_again(drive: Drive) -> None:
    file = await drive.file("a.jpg")
    await remember(drive, file)
    await delete(drive, file)

    async def fail(content_hash: str, *, is_held: bool) -> None:
        assert not is_held
        raise ConnectionError(content_hash)

    with pytest.raises(ConnectionError):
        await release_content(drive.parts, fail)
    assert await released(drive) == [ONE]


async def test_content_that_is_let_go_of_again_meanwhile_is_released_again(drive: Drive) -> None:
    file = await drive.file("a.jpg")
    await remember(drive, file)
    await delete(drive, file)

    async def come_and_go(content_hash: str, *, is_held: bool) -> None:
        assert not is_held
        again = await drive.file("b.jpg")
        await remember(drive, again, content_hash)
        await delete(drive, again)

    await release_content(drive.parts, come_and_go)
    assert await released(drive) == [ONE]
    assert await released(drive) == []


async def test_one_release_that_fails_stops_no_other(drive: Drive) -> None:
    for name, content in (("a.jpg", ONE), ("b.jpg", OTHER)):
        file = await drive.file(name)
        await remember(drive, file, content)
        await delete(drive, file)
    removed: list[str] = []

    async def release(content_hash: str, *, is_held: bool) -> None:
        assert not is_held
        if content_hash == ONE:
            raise ConnectionError(content_hash)
        removed.append(content_hash)

    with pytest.raises(ConnectionError):
        await release_content(drive.parts, release)
    assert removed == [OTHER]
    assert await released(drive) == [ONE]


async def test_catching_up_reads_media_that_nobody_read(drive: Drive) -> None:
    picture, film = await drive.file("a.jpg"), await drive.file("b.mp4")
    stream, _ = await drive.file("d.ts"), await drive.file("e.txt")
    async with drive.parts.database.transaction() as tx:
        await tx.execute(
            "UPDATE files SET mimetype = 'video/mp2t' WHERE filename IN ('d.ts', 'e.txt')"
        )
    await drive.file("c.txt")
    await remember(drive, await drive.file("known.jpg"))

    parts = replace(drive.parts, options=replace(drive.parts.options, inspect=Inspect.MEDIA))
    await inspecting.catch_up(parts)
    await inspecting.catch_up(parts)

    asked = {str(each.payload["file_id"]) for each in await inspections(drive)}
    assert asked == {str(each.id) for each in (picture, film, stream)}
    assert len(await inspections(drive)) == 3


async def test_catching_up_reads_everything_when_it_is_to(drive: Drive) -> None:
    parts = replace(drive.parts, options=replace(drive.parts.options, inspect=Inspect.ALL))
    text = await drive.file("c.txt")
    await drive.folder("folder")

    await inspecting.catch_up(parts)

    assert [job.payload["file_id"] for job in await inspections(drive)] == [str(text.id)]


async def test_catching_up_stops_where_uploads_would_wait(drive: Drive) -> None:
    for n in range(3):
        await drive.file(f"{n}.jpg")
    sql = """
        INSERT INTO jobs (id, kind, queue, owner_id, payload, max_attempts, lease)
        SELECT gen_random_uuid(), 'inspect', 'small', 'anna',
            jsonb_build_object('file_id', n::text), 1, '1 minute'
        FROM generate_series(1, 98) n
    """
    async with drive.parts.database.transaction() as tx:
        await tx.execute(sql)

    await inspecting.catch_up(drive.parts)
    await inspecting.catch_up(drive.parts)

    async with drive.parts.database.read() as tx:
        assert await tx.value("SELECT count(*) FROM jobs") == 100


@pytest.mark.parametrize(
    ("wanted", "names"),
    [(Inspect.ALL, ["a.jpg", "c.txt"]), (Inspect.MEDIA, ["a.jpg"]), (Inspect.NONE, [])],
)
async def test_which_files_are_read_is_a_setting(
    drive: Drive, wanted: Inspect, names: list[str]
) -> None:
    parts = replace(drive.parts, options=replace(drive.parts.options, inspect=wanted))
    files = [await drive.file("a.jpg"), await drive.file("c.txt"), await drive.folder("folder")]

    async with drive.parts.database.transaction() as tx:
        for file in files:
            await inspecting.schedule_inspection(tx, parts, file, asked_by="anna")

    asked = {str(each.payload["file_id"]) for each in await inspections(drive)}
    assert asked == {str(file.id) for file in files if file.filename in names}


async def test_large_files_wait_elsewhere(drive: Drive) -> None:
    small = await drive.file("small.mov")
    large = replace(await drive.file("large.mov"), size=2**33)

    async with drive.parts.database.transaction() as tx:
        for file in (small, large):
            await inspecting.schedule_inspection(tx, drive.parts, file, asked_by="anna")

    queues = {str(each.payload["file_id"]): each.queue for each in await inspections(drive)}
    assert queues == {str(small.id): "small", str(large.id): "reading"}
