"""Settling beside other changes: no job loops, and no copy lands on another file."""

import anyio
import pytest

from keyshelf.drive.changes import moves
from keyshelf.drive.changes.moves import Move
from keyshelf.drive.settle.service import settle_batch
from keyshelf.drive.trash import service as trash
from keyshelf.drive.values import DriveFile, Space, Target
from keyshelf.layout.drive import SHARED, OwnerId
from keyshelf.layout.keys import ObjectKey
from keyshelf.store.base import ObjectMeta
from keyshelf.store.memory import MemoryStore
from tests.integration.drive.conftest import Drive

pytestmark = pytest.mark.anyio

ANNA = OwnerId("anna")


class LateCopies(MemoryStore):
    """A store that has read the source of its first copy when it is held up."""

    def __init__(self) -> None:
        super().__init__()
        self.reached = anyio.Event()
        self.release = anyio.Event()

    async def copy(
        self, source: ObjectKey, destination: ObjectKey, *, replace: bool = True
    ) -> ObjectMeta:
        if self.reached.is_set():
            return await super().copy(source, destination, replace=replace)
        async with await self.get(source) as reader:
            content = await reader.read()
        self.reached.set()
        await self.release.wait()
        return await self.put(destination, content)


async def test_a_holder_without_an_object_gives_its_key_up(drive: Drive) -> None:
    lost = await drive.file("a.txt")
    await drive.parts.store.delete(lost.key)
    await trash.trash(drive.parts, drive.viewer, lost.id)
    wanting = await drive.file("a.txt", content=b"here")

    batches = [await settle_batch(drive.parts, ANNA, limit=10) for _ in range(4)]

    assert not batches[-1].progressed
    assert (await drive.show(wanting.id)).key == lost.key
    assert await drive.content(wanting.id) == b"here"


async def test_a_copy_under_way_keeps_its_key_when_the_file_goes_to_another_drive(
    drive: Drive,
) -> None:
    store = LateCopies()
    late = drive.on(store)
    moved = await late.file("a.txt", content=b"moved")
    await moves.move(late.parts, late.viewer, moved.id, Move("b.txt"))

    made: list[DriveFile] = []

    async def meanwhile() -> None:
        await store.reached.wait()
        shared = Move(target=Target(None, Space.SHARED))
        await moves.move(late.parts, late.viewer, moved.id, shared)
        await settle_batch(late.parts, SHARED, limit=10)
        made.append(await late.file("b.txt", content=b"other"))
        store.release.set()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(lambda: settle_batch(late.parts, ANNA, limit=10))
        tasks.start_soon(meanwhile)
    other = made[0]
    for owner in (ANNA, SHARED, ANNA, SHARED):
        await settle_batch(late.parts, owner, limit=10)

    assert await late.content(other.id) == b"other"
    assert await late.content(moved.id) == b"moved"
    assert (await late.show(moved.id)).key == "shared/b.txt"
    assert (await late.show(other.id)).key == "anna/my-files/b.txt"


async def test_leaving_a_drive_while_a_copy_is_under_way_has_its_old_drive_tidied(
    drive: Drive,
) -> None:
    store = LateCopies()
    late = drive.on(store)
    file = await late.file("a.txt")
    await moves.move(late.parts, late.viewer, file.id, Move("b.txt"))
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(lambda: settle_batch(late.parts, ANNA, limit=10))
        await store.reached.wait()
        tasks.cancel_scope.cancel()
    async with late.parts.database.transaction() as tx:
        await tx.execute("DELETE FROM jobs")

    shared = Move(target=Target(None, Space.SHARED))
    await moves.move(late.parts, late.viewer, file.id, shared)

    async with late.parts.database.read() as tx:
        jobs = await tx.all("SELECT unique_key FROM jobs WHERE kind = 'settle' ORDER BY 1")
    assert [row["unique_key"] for row in jobs] == ["anna", "shared"]
