"""Many at once: whatever order changes come in, sizes and bytes are right at the end."""

import random
from uuid import UUID

import anyio
import pytest

from keyshelf.drive.changes import copies, folders, moves
from keyshelf.drive.changes.copies import Copy
from keyshelf.drive.changes.moves import Move
from keyshelf.drive.settle.deletions import delete_noted
from keyshelf.drive.settle.service import settle_batch
from keyshelf.drive.trash import service as trash
from keyshelf.drive.values import OnConflict, Space, Target
from keyshelf.errors import ConflictError, InvalidInputError, NotFoundError
from keyshelf.layout.drive import SHARED, OwnerId
from tests.integration.drive.conftest import Drive

pytestmark = pytest.mark.anyio

CLIENTS = 16
NAMES = [f"name {number}" for number in range(12)]
ANNA = OwnerId("anna")


class Client:
    """One of many who change a drive at random, each with its own sequence of choices."""

    def __init__(self, drive: Drive, seed: int, known: list[UUID]) -> None:
        self.drive = drive
        self.chance = random.Random(seed)
        self.known = known
        self.done = 0

    async def run(self, operations: int) -> None:
        for _ in range(operations):
            operation = self.chance.choice(
                [self.add_file] * 6
                + [self.add_folder] * 3
                + [self.move] * 5
                + [self.trash] * 2
                + [self.restore] * 2
                + [self.purge, self.copy]
            )
            try:
                await operation()
                self.done += 1
            except (ConflictError, NotFoundError, InvalidInputError):
                # Somebody else was quicker, or the choice makes no sense: as in life.
                continue

    def any_id(self) -> UUID:
        return self.chance.choice(self.known) if self.known else UUID(int=0)

    def place(self) -> Target:
        parent = self.any_id() if self.known and self.chance.random() < 0.8 else None
        return Target(parent, self.chance.choice(list(Space)))

    async def add_file(self) -> None:
        target = self.place()
        content = bytes(self.chance.randrange(1, 50))
        name = self.chance.choice(NAMES)
        file = await self.drive.file(name, target.parent_id, content, target.space)
        self.known.append(file.id)

    async def add_folder(self) -> None:
        made, _ = await folders.create_folder(
            self.drive.parts,
            self.drive.viewer,
            name=self.chance.choice(NAMES),
            target=self.place(),
            on_conflict=OnConflict.RENAME,
        )
        self.known.append(made.file.id)

    async def move(self) -> None:
        wish = Move(
            filename=self.chance.choice([None, *NAMES]),
            target=self.place(),
            on_conflict=self.chance.choice([OnConflict.FAIL, OnConflict.RENAME]),
        )
        await moves.move(self.drive.parts, self.drive.viewer, self.any_id(), wish)

    async def trash(self) -> None:
        await trash.trash(self.drive.parts, self.drive.viewer, self.any_id())

    async def restore(self) -> None:
        await trash.restore(
            self.drive.parts,
            self.drive.viewer,
            self.any_id(),
            on_conflict=OnConflict.RENAME,
            target=self.chance.choice([None, Target(None)]),
        )

    async def purge(self) -> None:
        job_id = await trash.delete_for_ever(self.drive.parts, self.drive.viewer, self.any_id())
        await self.drive.runner.run(job_id)

    async def copy(self) -> None:
        change = await copies.start_copy(
            self.drive.parts,
            self.drive.viewer,
            self.any_id(),
            Copy(self.place(), on_conflict=OnConflict.RENAME),
        )
        self.known.append(change.file.id)
        await self.drive.runner.run(change.job_id or UUID(int=0))


async def follow_names(drive: Drive) -> None:
    for owner in (ANNA, SHARED, ANNA, SHARED):
        while (await settle_batch(drive.parts, owner, limit=200)).progressed:
            pass
    await delete_noted(drive.parts)


async def assert_consistent(drive: Drive) -> None:
    assert await drive.wrong_sizes() == []
    async with drive.parts.database.read() as tx:
        rows = await tx.all(
            """
            SELECT s3_key, size, state, moving, deleted_at FROM files
            WHERE NOT is_folder AND pending_key IS NULL
            """
        )
    sizes = {
        item.key: item.size async for page in drive.parts.store.list() for item in page.objects
    }
    for row in rows:
        if row["state"] == "ready":
            assert sizes.get(row["s3_key"]) == row["size"], row
            assert row["deleted_at"] is not None or not row["moving"], row
    named = {row["s3_key"] for row in rows}
    assert {key for key in sizes if not key.endswith("/")} <= named


@pytest.mark.parametrize("changes", [1000, pytest.param(10_000, marks=pytest.mark.long)])
async def test_changes_by_sixteen_clients_leave_every_size_right(
    drive: Drive, changes: int
) -> None:
    known: list[UUID] = []
    clients = [Client(drive, seed, known) for seed in range(CLIENTS)]

    async with anyio.create_task_group() as group:
        for client in clients:
            group.start_soon(client.run, changes // CLIENTS)

    await follow_names(drive)
    await assert_consistent(drive)
    assert sum(client.done for client in clients) > changes // 5


@pytest.mark.parametrize("seed", range(3))
async def test_changes_while_objects_follow_lose_nothing(drive: Drive, seed: int) -> None:
    known: list[UUID] = []
    clients = [Client(drive, seed * CLIENTS + number, known) for number in range(4)]

    async with anyio.create_task_group() as following:

        async def follow() -> None:
            while True:
                for owner in (ANNA, SHARED):
                    await settle_batch(drive.parts, owner, limit=20)
                await delete_noted(drive.parts)

        following.start_soon(follow)
        async with anyio.create_task_group() as working:
            for client in clients:
                working.start_soon(client.run, 60)
        following.cancel_scope.cancel()

    await follow_names(drive)
    await assert_consistent(drive)
