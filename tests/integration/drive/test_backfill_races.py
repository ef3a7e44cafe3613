"""Backfill beside changes of the drive."""

import anyio
import pytest

from keyshelf.drive.backfill.service import backfill
from keyshelf.drive.changes import moves
from keyshelf.drive.changes.moves import Move
from keyshelf.drive.settle.deletions import delete_noted
from keyshelf.drive.settle.service import settle_batch
from keyshelf.layout.keys import ObjectKey
from keyshelf.store.faulty import FaultyStore
from keyshelf.store.memory import MemoryOptions, MemoryStore
from tests.integration.drive.conftest import Drive

pytestmark = pytest.mark.anyio


async def test_a_file_renamed_after_its_old_key_was_listed_is_not_found_a_second_time(
    drive: Drive,
) -> None:
    store = FaultyStore(MemoryStore(MemoryOptions(page_limit=1)))
    paged = drive.on(store)
    await store.put(ObjectKey("anna/my-files/0-unknown"), b"its type is asked for")
    file = await paged.file("a.txt")
    hold = store.hold("head")

    async def run() -> None:
        await backfill(paged.parts, asked_by="ops")

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(run)
        await hold.reached.wait()
        await moves.move(paged.parts, paged.viewer, file.id, Move("b.txt"))
        await settle(paged)
        await delete_noted(paged.parts, patient=True)
        hold.release.set()

    assert await paged.names() == ["0-unknown", "b.txt"]
    await delete_noted(paged.parts)
    assert await paged.keys() == ["anna/my-files/0-unknown", "anna/my-files/b.txt"]


async def settle(drive: Drive) -> None:
    await settle_batch(drive.parts, drive.viewer.own, limit=10)
