"""A drive on a real database and a store in memory, and a way to run its jobs."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import LiteralString
from uuid import UUID

import pytest

from keyshelf.database.pool import Database
from keyshelf.drive import handlers
from keyshelf.drive.changes import folders
from keyshelf.drive.lists import service as lists
from keyshelf.drive.lists.service import Paging
from keyshelf.drive.parts import DriveParts
from keyshelf.drive.tree import places, queries
from keyshelf.drive.values import Changed, DriveFile, OnConflict, Space, Target, Viewer
from keyshelf.jobs.attempts import AttemptOptions
from keyshelf.jobs.registry import Registry
from keyshelf.jobs.rows_queue import RowsQueue
from keyshelf.jobs.runner import Runner
from keyshelf.jobs.service import Jobs
from keyshelf.jobs.values import Job, JobState
from keyshelf.layout.drive import OwnerId
from keyshelf.layout.keys import ObjectKey
from keyshelf.layout.names import file_name
from keyshelf.store.base import ObjectStore
from keyshelf.store.errors import ObjectNotFoundError
from keyshelf.store.memory import MemoryStore
from keyshelf.telemetry import Metrics
from tests.patience import PATIENCE

ANNA = Viewer(id="anna", own=OwnerId("anna"))
BEN = Viewer(id="ben", own=OwnerId("ben"))


@dataclass
class Drive:
    """A drive as tests use it."""

    parts: DriveParts
    runner: Runner
    viewer: Viewer = ANNA

    def on(self, store: ObjectStore) -> "Drive":
        """The same drive, reaching its objects through another store."""
        return replace(self, parts=replace(self.parts, store=store))

    async def folder(
        self, name: str, parent: UUID | None = None, space: Space = Space.MY_FILES
    ) -> DriveFile:
        made, _ = await folders.create_folder(
            self.parts, self.viewer, name=name, target=Target(parent, space)
        )
        await self.finish(made)
        return made.file

    async def file(
        self,
        name: str,
        parent: UUID | None = None,
        content: bytes = b"content",
        space: Space = Space.MY_FILES,
    ) -> DriveFile:
        """Put a file straight into the store and the tree, as a completed upload does."""
        async with self.parts.database.transaction() as tx:
            place = await places.lock_place(tx, Target(parent, space), self.viewer)
            file_id = self.parts.new_id()
            legal = await places.claim_name(tx, place, file_name(name), on_conflict=OnConflict.FAIL)
            claimed = await places.claim_key(tx, place, legal, file_id=file_id, is_folder=False)
            meta = await self.parts.store.put(claimed.key, content)
            made = await queries.insert_file(
                tx,
                queries.NewFile(
                    id=file_id,
                    key=claimed.key,
                    filename=legal,
                    mimetype="text/plain",
                    owner=place.owner,
                    parent_id=place.parent_id,
                    is_folder=False,
                    at=self.parts.clock(),
                    size=meta.size,
                    object_etag=meta.etag,
                    moving=claimed.moving,
                ),
            )
            await queries.add_to_sizes(tx, place.parent_id, meta.size)
        return made

    async def finish(self, change: Changed | UUID) -> Job | None:
        """Run the job of a change to its end."""
        job_id = change.job_id if isinstance(change, Changed) else change
        if job_id is None:
            return None
        job = await self.runner.run_now(job_id, deadline=timedelta(seconds=PATIENCE))
        assert job.state is JobState.SUCCEEDED, job
        return job

    async def job(self, job_id: UUID) -> Job:
        async with self.parts.database.read() as tx:
            return await self.parts.jobs.get(tx, job_id)

    async def show(self, file_id: UUID) -> DriveFile:
        return await lists.show(self.parts, self.viewer, file_id)

    async def names(self, parent: UUID | None = None, space: Space = Space.MY_FILES) -> list[str]:
        page = await lists.list_level(
            self.parts, self.viewer, Target(parent, space), paging=Paging(limit=500)
        )
        return [each.filename for each in page.items]

    async def content(self, file_id: UUID) -> bytes:
        file = await self.show(file_id)
        async with await self.parts.store.get(file.key) as reader:
            return await reader.read()

    async def keys(self) -> list[str]:
        return [item.key async for page in self.parts.store.list() for item in page.objects]

    async def holds(self, key: str) -> bool:
        try:
            await self.parts.store.head(ObjectKey(key))
        except ObjectNotFoundError:
            return False
        return True

    async def count(self, table: LiteralString) -> int:
        async with self.parts.database.read() as tx:
            return await tx.value(f"SELECT count(*) FROM {table}")

    async def wrong_sizes(self) -> list[tuple[str, int, int]]:
        """Live folders whose size is not the recomputed one."""
        async with self.parts.database.read() as tx:
            rows = await tx.all(
                """
                SELECT filename, size, recompute_folder_size(id) AS right
                FROM files WHERE is_folder AND deleted_at IS NULL
                  AND size <> recompute_folder_size(id)
                """
            )
        return [(row["filename"], row["size"], row["right"]) for row in rows]


@asynccontextmanager
async def open_drive(database: Database, store: ObjectStore) -> AsyncGenerator[Drive]:
    """A drive whose jobs run in this process."""
    async with RowsQueue(database) as queue:
        parts = DriveParts(database=database, store=store, jobs=Jobs(queue))
        registry = Registry(handlers.registrations(parts))
        options = AttemptOptions(progress_interval=timedelta(0))
        async with Runner(database, registry, queue, Metrics(), options=options) as runner:
            yield Drive(parts, runner)


@pytest.fixture
async def drive(database: Database) -> AsyncGenerator[Drive]:
    async with open_drive(database, MemoryStore()) as opened:
        yield opened
