"""Objects that follow names: whatever stops the work, every file is whole somewhere."""

from typing import cast
from uuid import UUID

import pytest

from keyshelf.drive import handlers
from keyshelf.drive.changes import moves
from keyshelf.drive.changes.moves import Move
from keyshelf.drive.settle.deletions import delete_noted
from keyshelf.drive.settle.service import settle_batch
from keyshelf.drive.trash import service as trash
from keyshelf.drive.values import Target
from keyshelf.errors import Error
from keyshelf.jobs.values import JobState
from keyshelf.layout.drive import OwnerId
from keyshelf.store.faulty import FaultyStore
from tests.integration.drive.conftest import Drive

pytestmark = pytest.mark.anyio

ANNA = OwnerId("anna")
CONTENTS = {f"{number}.txt": f"bytes {number}".encode() for number in range(6)}


async def moved_folder(drive: Drive) -> dict[str, str]:
    """A folder of files that was renamed and whose objects have not followed; names by id."""
    folder = await drive.folder("old")
    made = {name: await drive.file(name, folder.id, data) for name, data in CONTENTS.items()}
    await moves.move(drive.parts, drive.viewer, folder.id, Move("new"))
    return {name: str(file.id) for name, file in made.items()}


async def assert_all_whole(drive: Drive, ids: dict[str, str]) -> None:
    for name, file_id in ids.items():
        assert await drive.content(UUID(file_id)) == CONTENTS[name]


async def settle_until_done(drive: Drive) -> None:
    for _ in range(20):
        batch = await settle_batch(drive.parts, ANNA, limit=4)
        if not batch.progressed:
            return
    raise AssertionError("settling did not come to an end")


@pytest.mark.parametrize("fault", ["fail", "lose_answer"])
@pytest.mark.parametrize("method", ["copy", "head", "delete_many", "put"])
@pytest.mark.parametrize("call", [1, 3])
async def test_a_store_that_fails_anywhere_loses_nothing(
    drive: Drive, method: str, fault: str, call: int
) -> None:
    ids = await moved_folder(drive)
    faulty = FaultyStore(drive.parts.store)
    getattr(faulty, fault)(method, call=call)
    broken = drive.on(faulty)

    for _ in range(8):
        try:
            await settle_batch(broken.parts, ANNA, limit=4)
        except (Error, ExceptionGroup):
            await assert_all_whole(drive, ids)
    await settle_until_done(drive)
    await delete_noted(drive.parts)

    await assert_all_whole(drive, ids)
    assert await drive.keys() == sorted(
        ["anna/my-files/new/", *(f"anna/my-files/new/{name}" for name in CONTENTS)]
    )


async def test_a_rename_during_the_copying_is_followed_too(drive: Drive) -> None:
    file = await drive.file("a.txt", content=b"bytes")
    await moves.move(drive.parts, drive.viewer, file.id, Move("b.txt"))
    faulty = FaultyStore(drive.parts.store)
    faulty.lose_answer("copy")
    await settle_batch(drive.on(faulty).parts, ANNA, limit=4)

    await moves.move(drive.parts, drive.viewer, file.id, Move("c.txt"))
    await settle_until_done(drive)
    await delete_noted(drive.parts)

    assert await drive.keys() == ["anna/my-files/c.txt"]
    assert await drive.content(file.id) == b"bytes"


async def test_a_rename_back_during_the_copying_leaves_one_object(drive: Drive) -> None:
    file = await drive.file("a.txt", content=b"bytes")
    await moves.move(drive.parts, drive.viewer, file.id, Move("b.txt"))
    faulty = FaultyStore(drive.parts.store)
    faulty.lose_answer("copy")
    await settle_batch(drive.on(faulty).parts, ANNA, limit=4)

    await moves.move(drive.parts, drive.viewer, file.id, Move("a.txt"))
    await settle_until_done(drive)
    await delete_noted(drive.parts)

    assert await drive.keys() == ["anna/my-files/a.txt"]
    assert await drive.content(file.id) == b"bytes"


async def test_a_file_trashed_during_the_copying_gives_the_new_key_free(drive: Drive) -> None:
    file = await drive.file("a.txt", content=b"trashed")
    await moves.move(drive.parts, drive.viewer, file.id, Move("b.txt"))
    faulty = FaultyStore(drive.parts.store)
    faulty.lose_answer("copy")
    await settle_batch(drive.on(faulty).parts, ANNA, limit=4)
    await trash.trash(drive.parts, drive.viewer, file.id)

    other = await drive.file("c.txt", content=b"other")
    await moves.move(drive.parts, drive.viewer, other.id, Move("b.txt"))
    await settle_until_done(drive)

    assert await drive.content(other.id) == b"other"
    assert await drive.content(file.id) == b"trashed"
    assert (await drive.show(other.id)).key == "anna/my-files/b.txt"


async def test_a_long_circle_of_renames_is_opened(drive: Drive) -> None:
    names = ["a", "b", "c", "d"]
    folder = await drive.folder("folder")
    aside = await drive.folder("aside")
    files = [await drive.file(name, folder.id, name.encode()) for name in names]
    for file in files:
        await moves.move(drive.parts, drive.viewer, file.id, Move(target=Target(aside.id)))
    for file, name in zip(files, [*names[1:], names[0]], strict=True):
        wish = Move(name, target=Target(folder.id))
        await moves.move(drive.parts, drive.viewer, file.id, wish)

    await settle_until_done(drive)

    for file, name in zip(files, names, strict=True):
        assert await drive.content(file.id) == name.encode()
    assert await drive.keys() == [
        "anna/my-files/aside/",
        "anna/my-files/folder/",
        *(f"anna/my-files/folder/{name}" for name in names),
    ]


async def test_a_key_held_by_an_open_upload_is_waited_for(drive: Drive) -> None:
    holder = await drive.file("a.txt", content=b"held")
    async with drive.parts.database.transaction() as tx:
        await tx.execute(
            "UPDATE files SET filename = 'elsewhere.txt', state = 'pending' WHERE id = %(id)s",
            {"id": holder.id},
        )
    file = await drive.file("b.txt", content=b"bytes")
    change = await moves.move(drive.parts, drive.viewer, file.id, Move("a.txt"))

    assert change.job_id is not None
    await drive.runner.run(change.job_id)
    waiting = await drive.job(change.job_id)
    async with drive.parts.database.transaction() as tx:
        await tx.execute("UPDATE files SET state = 'ready' WHERE id = %(id)s", {"id": holder.id})
    again = await moves.move(drive.parts, drive.viewer, holder.id, Move("other.txt"))

    assert (waiting.state, waiting.attempts) == (JobState.QUEUED, 0)
    assert waiting.error is not None
    assert waiting.error.code == "job-waiting"
    assert again.job_id == change.job_id
    await drive.finish(again)
    assert await drive.content(file.id) == b"bytes"
    assert (await drive.show(file.id)).key == "anna/my-files/a.txt"


async def test_objects_that_are_gone_are_counted_and_some_of_them_named(
    drive: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handlers, "MAX_MISSING", 1)
    folder = await drive.folder("old")
    for name in ("a", "b"):
        file = await drive.file(name, folder.id)
        await drive.parts.store.delete(file.key)

    change = await moves.move(drive.parts, drive.viewer, folder.id, Move("new"))
    job = await drive.finish(change)

    assert job is not None
    assert job.result is not None
    assert job.result["missing_count"] == 2
    assert len(cast("list[str]", job.result["missing"])) == 1  # as the job writes it
