"""A drive whose files are inspected: real pictures, rows and jobs; stores in memory."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from keyshelf.database.pool import Database
from keyshelf.drive.values import DriveFile
from keyshelf.jobs.context import JobContext, Lease
from keyshelf.jobs.registry import Registry
from keyshelf.jobs.rows_queue import RowsQueue
from keyshelf.jobs.runner import Runner
from keyshelf.jobs.values import Job, Payload
from keyshelf.layout.media import MediaHash
from keyshelf.media.assets import service as assets
from keyshelf.media.assets.looking import Eyes
from keyshelf.media.assets.values import Shown
from keyshelf.media.images.pool import RenderPool
from keyshelf.media.images.values import PictureFacts, RenderOptions
from keyshelf.media.parts import MediaParts
from keyshelf.media.sources import Sources
from keyshelf.media.tools.finding import Tools
from keyshelf.media.tools.scratch import open_scratch
from keyshelf.media.work.handlers import registrations
from keyshelf.media.work.makers import Makers
from keyshelf.media.work.parts import WorkOptions, WorkParts
from keyshelf.store.faulty import FaultyStore
from keyshelf.store.memory import MemoryStore
from keyshelf.telemetry import Metrics
from keyshelf.workflows.content_places import place_of_content
from keyshelf.workflows.derive_media import DeriveOptions
from keyshelf.workflows.inspect_file import InspectParts, inspect_file
from tests.integration.drive.conftest import Drive, open_drive
from tests.integration.media.work.studio import SECRET, Stubs

Act = Callable[[], Awaitable[None]]


async def nothing() -> None:
    pass


class Pool(RenderPool):
    """The real pool; a test may have something happen before it looks at a picture."""

    looks = 0
    before: Act = staticmethod(nothing)

    async def inspect(self, path: Path) -> PictureFacts:
        self.looks += 1
        await self.before()
        return await super().inspect(path)


@dataclass
class Shelf:
    """The drive, what inspects its files, and what a test does with both."""

    drive: Drive
    parts: InspectParts
    media: FaultyStore
    pool: Pool
    runner: Runner

    @property
    def database(self) -> Database:
        return self.drive.parts.database

    async def inspect(self, file: DriveFile, *, attempt: int = 1, anew: bool = False) -> Payload:
        """Inspect a file as its job does."""
        lease = Lease(self.database, uuid4(), uuid4(), timedelta(hours=1))
        context = JobContext(
            lease, attempt=attempt, owner_id="anna", progress_interval=timedelta(hours=1)
        )
        return await inspect_file(self.parts, context, file.id, anew=anew)

    async def overwrite(self, file: DriveFile, content: bytes) -> None:
        meta = await self.drive.parts.store.put(file.key, content)
        async with self.database.transaction() as tx:
            await tx.execute(
                "UPDATE files SET object_etag = %(etag)s, size = %(size)s, content_hash = NULL"
                " WHERE id = %(id)s",
                {"etag": meta.etag, "size": meta.size, "id": file.id},
            )

    async def hash_of(self, file: DriveFile) -> str | None:
        return (await self.drive.show(file.id)).content_hash

    async def shown(self, content_hash: str | None) -> Shown | None:
        media = MediaHash(content_hash or "")
        async with self.database.read() as tx:
            return (await assets.shown(tx, [media])).get(media)

    async def jobs(self, kind: str | None = None) -> list[Job]:
        async with self.database.read() as tx:
            return [*await self.drive.parts.jobs.list(tx, kind=kind)]

    async def run(self, job_id: UUID) -> Job:
        await self.runner.run(job_id)
        return await self.drive.job(job_id)

    def with_derivation(self, options: DeriveOptions) -> "Shelf":
        return replace(self, parts=replace(self.parts, derive=options))


@pytest.fixture
async def shelf(database: Database, tmp_path: Path, media_tools: Tools) -> AsyncGenerator[Shelf]:
    media = FaultyStore(MemoryStore())
    async with (
        open_drive(database, MemoryStore()) as drive,
        RowsQueue(database) as queue,
        open_scratch(tmp_path) as scratch,
        Pool(RenderOptions(at_once=1), folder=scratch.path) as pool,
    ):
        assert isinstance(pool, Pool)
        source = drive.parts.store
        work = WorkParts(
            MediaParts(database, source, media, drive.parts.jobs, tmp_path),
            WorkOptions(webhook_secret=SECRET),
            find_content=place_of_content,
        )
        sources = Sources(source, scratch)
        makers = Makers(sources, Stubs(media).by_name())
        parts = InspectParts(
            drive.parts, work, sources, Eyes(pool, media_tools, scratch), DeriveOptions()
        )
        async with Runner(
            database, Registry(registrations(work, makers)), queue, Metrics()
        ) as runner:
            yield Shelf(drive, parts, media, pool, runner)
