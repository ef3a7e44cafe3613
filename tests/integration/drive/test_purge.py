"""Deleting for ever in slices: wherever it stops, nothing half deleted comes back."""

from uuid import UUID

import anyio
import pytest

from keyshelf.database.pool import Database
from keyshelf.drive.failures import FileNotFoundInDriveError
from keyshelf.drive.lists import service as lists
from keyshelf.drive.lists.service import Paging
from keyshelf.drive.trash import purge as purging
from keyshelf.drive.trash import service as trash
from keyshelf.drive.trash.purge import purge
from keyshelf.drive.values import Target
from keyshelf.jobs.values import JobState
from keyshelf.store.faulty import FaultyStore
from keyshelf.store.memory import MemoryStore
from tests.integration.drive.conftest import ANNA, Drive, open_drive

pytestmark = pytest.mark.anyio

OWNERS = [ANNA.own]


@pytest.fixture(autouse=True)
def small_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few rows cross every border."""
    monkeypatch.setattr(purging, "_ROWS_AT_ONCE", 2)
    monkeypatch.setattr(purging, "_ROWS_WALKED", 5)


class Stopped(Exception):
    """Whoever deleted is gone."""


async def trashed_tree(drive: Drive) -> tuple[UUID, UUID]:
    """A folder of eleven rows in the trash, and one below it that was trashed before it."""
    top = await drive.folder("top")
    earlier = await drive.folder("earlier", top.id)
    await drive.file("left behind", earlier.id)
    for number in range(2):
        inner = await drive.folder(f"inner {number}", top.id)
        for name in ("a", "b", "c"):
            await drive.file(name, inner.id)
    await trash.trash(drive.parts, drive.viewer, earlier.id)
    await trash.trash(drive.parts, drive.viewer, top.id)
    return top.id, earlier.id


async def begin_and_stop(drive: Drive, file_id: UUID) -> None:
    """Delete for ever, and stop after the first slice as a crash does."""

    async def stop(gone: int) -> None:
        del gone
        raise Stopped

    await trash.delete_for_ever(drive.parts, drive.viewer, file_id)
    with pytest.raises(Stopped):
        await purge(drive.parts, OWNERS, None, on_progress=stop)


async def test_what_was_stopped_goes_on_to_the_last_row_and_object(drive: Drive) -> None:
    kept = await drive.folder("kept")
    await drive.file("kept.txt", kept.id, b"12345")
    top, _ = await trashed_tree(drive)
    rows = await drive.count("files")
    await begin_and_stop(drive, top)
    left = await drive.count("files")

    purged = await purge(drive.parts, None, None)

    assert left == rows - 2
    assert (purged.things, purged.waiting) == (1, 0)
    assert await drive.count("files") == 2
    assert await drive.count("object_deletions") == 0
    assert await drive.keys() == ["anna/my-files/kept/", "anna/my-files/kept/kept.txt"]
    assert (await drive.show(kept.id)).size == 5
    assert await drive.wrong_sizes() == []


async def test_what_is_being_deleted_cannot_be_restored_nor_what_is_below_it(
    drive: Drive,
) -> None:
    top, earlier = await trashed_tree(drive)
    await begin_and_stop(drive, top)

    for file_id in (top, earlier):
        with pytest.raises(FileNotFoundInDriveError):
            await trash.restore(drive.parts, drive.viewer, file_id, target=Target(None))
    with pytest.raises(FileNotFoundInDriveError):
        await drive.show(top)
    page = await lists.list_trash(drive.parts, drive.viewer, Paging())
    assert top not in [each.id for each in page.items]


async def test_what_was_trashed_before_can_be_restored_until_then(drive: Drive) -> None:
    top, earlier = await trashed_tree(drive)

    await trash.restore(drive.parts, drive.viewer, earlier, target=Target(None))
    await trash.delete_for_ever(drive.parts, drive.viewer, top)
    await purge(drive.parts, OWNERS, None)

    assert await drive.names() == ["earlier"]
    assert await drive.names(earlier) == ["left behind"]
    assert await drive.wrong_sizes() == []


async def test_a_row_whose_object_is_on_its_way_waits_with_all_above_it(drive: Drive) -> None:
    await trashed_tree(drive)
    async with drive.parts.database.transaction() as tx:
        await tx.execute(
            "UPDATE files SET pending_key = 'anna/my-files/there' WHERE s3_key LIKE '%%inner 1/b'"
        )
    job_id = await trash.empty(drive.parts, drive.viewer, OWNERS)

    await drive.runner.run(job_id)
    waiting = await drive.job(job_id)
    left = await drive.keys()
    async with drive.parts.database.transaction() as tx:
        await tx.execute("UPDATE files SET pending_key = NULL")
    await purge(drive.parts, OWNERS, None)

    assert (waiting.state, waiting.attempts) == (JobState.QUEUED, 0)
    assert left == [
        "anna/my-files/top/",
        "anna/my-files/top/inner 1/",
        "anna/my-files/top/inner 1/b",
    ]
    assert await drive.keys() == []


async def test_cancelling_leaves_in_the_trash_what_was_not_begun(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purging, "_THINGS_AT_ONCE", 1)
    store = FaultyStore(MemoryStore())
    async with open_drive(database, store) as drive:
        files = [await drive.file(f"{number}.txt") for number in range(3)]
        for file in files:
            await trash.trash(drive.parts, drive.viewer, file.id)
        job_id = await trash.empty(drive.parts, drive.viewer, OWNERS)
        deleting = store.hold("delete_many")

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(drive.runner.run, job_id)
            await deleting.reached.wait()
            async with database.transaction() as tx:
                await drive.parts.jobs.cancel(tx, job_id)
            deleting.release.set()

        job = await drive.job(job_id)
        assert job.state is JobState.CANCELLED
        assert (job.progress.done, job.progress.total) == (1, 3)
        page = await lists.list_trash(drive.parts, drive.viewer, Paging())
        assert {each.id for each in page.items} == {file.id for file in files[1:]}
