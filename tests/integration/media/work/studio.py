"""A small service that works on media: real jobs, rows and stores, and makers that do little."""

from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import cast
from uuid import UUID

import anyio
from blake3 import blake3

from keyshelf.database.pool import Database
from keyshelf.jobs.attempts import AttemptOptions
from keyshelf.jobs.backoff import Backoff
from keyshelf.jobs.endings import Endings
from keyshelf.jobs.registry import Registry
from keyshelf.jobs.rows_queue import RowsQueue
from keyshelf.jobs.runner import Runner
from keyshelf.jobs.service import Jobs
from keyshelf.jobs.sweeper import Sweeper
from keyshelf.jobs.values import Job
from keyshelf.layout.keys import ObjectKey
from keyshelf.layout.media import MediaHash, image_key, video_key
from keyshelf.media.parts import MediaParts
from keyshelf.media.sources import Sources
from keyshelf.media.tools.scratch import open_scratch
from keyshelf.media.work import kinds
from keyshelf.media.work.admission import Admitted, Asker, create
from keyshelf.media.work.handlers import registrations
from keyshelf.media.work.kinds import MakerName
from keyshelf.media.work.makers import Maker, Makers, Task
from keyshelf.media.work.options import ThumbnailOutput
from keyshelf.media.work.parts import WorkOptions, WorkParts
from keyshelf.media.work.showing import ShownWork, show
from keyshelf.media.work.values import Made, MediaType, NewWork, Rendition
from keyshelf.media.work.webhooks.noting import on_end
from keyshelf.store.base import ObjectStore
from keyshelf.store.memory import MemoryStore
from keyshelf.telemetry import Metrics
from tests.patience import PATIENCE

FILM = b"a film, as far as these makers look at it"
SOURCE = ObjectKey("ann/my-files/film.mov")
HASH = MediaHash(blake3(FILM).hexdigest())
ANN = Asker("ann", "ann")
BOB = Asker("bob", "bob")
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

Act = Callable[[Task], Awaitable[None]]


async def nothing(task: Task) -> None:
    del task


@dataclass
class Stubs:
    """Makers that store a few bytes; a test may have something happen before that."""

    store: ObjectStore
    calls: Counter[str] = field(default_factory=Counter[str])
    before: dict[str, Act] = field(default_factory=dict[str, Act])

    def by_name(self) -> Mapping[MakerName, Maker]:
        names: tuple[MakerName, ...] = ("thumbnail", "cover", "preview", "transcode")
        return dict.fromkeys(names, self._make)

    async def _make(self, task: Task) -> Made:
        name, key = _output(task)
        self.calls[name] += 1
        await self.before.get(name, nothing)(task)
        meta = await self.store.put(key, name.encode())
        kind = "thumbnail" if isinstance(task.options, ThumbnailOutput) else name
        rendition = Rendition(key, kind, key.rpartition(".")[2], meta.size)
        return Made({"key": key}, [rendition])


def _output(task: Task) -> tuple[str, ObjectKey]:
    match task.options:
        case ThumbnailOutput(variant=variant, format=extension):
            return variant, image_key(task.work.hash, variant, extension)
        case options:
            name = type(options).__name__.removesuffix("Options").lower()
            names = {"cover": "cover.jpg", "preview": "preview.webp", "transcode": "master.m3u8"}
            return name, video_key(task.work.hash, names[name])


@dataclass
class Studio:
    """The service, and what a test does with it."""

    parts: WorkParts
    runner: Runner
    sweeper: Sweeper
    stubs: Stubs

    @property
    def database(self) -> Database:
        return self.parts.media.database

    @property
    def media(self) -> MemoryStore:
        return cast("MemoryStore", self.parts.media.media)

    async def ask(
        self,
        media_type: MediaType = MediaType.FULL,
        *,
        asker: Asker = ANN,
        hash: str = HASH,  # noqa: A002 -- as the interface calls it
        source: str = SOURCE,
        callback_url: str | None = None,
        **options: object,
    ) -> Admitted:
        wish = NewWork(media_type, hash, source, options, callback_url)
        return await create(self.parts, wish, asker)

    async def run(self, job_id: UUID) -> Job:
        """Run one attempt."""
        await self.runner.run(job_id)
        return await self.job(job_id)

    async def job(self, job_id: UUID) -> Job:
        async with self.database.read() as tx:
            return await self.parts.media.jobs.get(tx, job_id)

    async def shown(self, job_id: UUID) -> ShownWork:
        job = await self.job(job_id)
        async with self.database.read() as tx:
            return await show(tx, job)

    async def keys(self) -> list[str]:
        return [each.key async for page in self.media.list() for each in page.objects]

    async def count(self, table: str) -> int:
        async with self.database.read() as tx:
            return await tx.value(f"SELECT count(*) FROM {table}")  # type: ignore[arg-type]

    async def due_now(self, job_id: UUID) -> None:
        """Let the waiting of a job, and of its webhooks, be over."""
        async with self.database.transaction() as tx:
            told = {"id": job_id}
            await tx.execute("UPDATE jobs SET run_at = now() WHERE id = %(id)s", told)
            await tx.execute("UPDATE webhooks SET next_at = now() WHERE job_id = %(id)s", told)


async def public_address(host: str, port: int) -> list[str]:
    del host, port
    return ["93.184.216.34"]


@asynccontextmanager
async def open_studio(
    database: Database,
    folder: Path,
    *,
    media: ObjectStore | None = None,
    allow_private: bool = False,
    deletion_patience: timedelta = timedelta(seconds=PATIENCE),
    webhook_timeout: timedelta = timedelta(seconds=PATIENCE),
    resolve: Callable[[str, int], Awaitable[list[str]]] = public_address,
) -> AsyncGenerator[Studio]:
    source, metrics = MemoryStore(), Metrics()
    await source.put(SOURCE, FILM)
    media = media or MemoryStore()
    queue, endings = RowsQueue(database), Endings(dict.fromkeys(kinds.NAMES, on_end))
    parts = WorkParts(
        MediaParts(
            database=database,
            source=source,
            media=media,
            jobs=Jobs(queue, endings=endings),
            scratch=folder,
        ),
        WorkOptions(
            webhook_secret=SECRET,
            allow_private_callbacks=allow_private,
            deletion_patience=deletion_patience,
            webhook_timeout=webhook_timeout,
        ),
        resolve=resolve,
    )
    stubs = Stubs(media)
    attempts = AttemptOptions(
        heartbeat=timedelta(seconds=0.05),
        progress_interval=timedelta(0),
        backoff=Backoff(first=timedelta(seconds=0.01)),
    )
    async with queue, open_scratch(folder) as scratch:
        makers = Makers(Sources(source, scratch), stubs.by_name())
        registry = Registry(registrations(parts, makers))
        async with Runner(
            database, registry, queue, metrics, options=attempts, endings=endings
        ) as runner:
            sweeper = Sweeper(database, queue, metrics, endings=endings)
            yield Studio(parts, runner, sweeper, stubs)


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    with anyio.fail_after(PATIENCE):
        while not await holds():
            await anyio.sleep(0.01)
