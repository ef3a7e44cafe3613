"""A place where films are published, and what is in it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from uuid import UUID

from keyshelf.clock import system_clock
from keyshelf.database.pool import Database
from keyshelf.database.transactions import Row
from keyshelf.delivery import key_ring
from keyshelf.jobs.rows_queue import RowsQueue
from keyshelf.jobs.service import Jobs
from keyshelf.jobs.values import Job, JobKind
from keyshelf.layout.keys import ObjectKey
from keyshelf.media.keys.service import ContentKeys
from keyshelf.media.parts import MediaParts
from keyshelf.media.streams.publishing import publish_film
from keyshelf.media.streams.upkeep import sweep_encodes
from keyshelf.media.streams.values import Film, Published, StreamParts
from keyshelf.media.tools.finding import Tools
from keyshelf.store.base import Body, DeleteResult, ObjectMeta, PutOptions
from keyshelf.store.faulty import FaultyStore
from keyshelf.store.memory import MemoryStore
from tests.integration.media.streams.film import HASH
from tests.integration.media.streams.playlists import MasterPlaylist, read_master

PUBLIC_URL = "https://media.example"
BASE = f"videos/{HASH[:2]}/{HASH}/"
PUTS = 10
"""How many objects the small film is: its manifests are the last two."""
_PUT = PutOptions()
_KIND = JobKind("video:transcode", queue="large")


class OrderedStore(MemoryStore):
    """A store that notes in which order its objects were put, and may not let go of one."""

    def __init__(self) -> None:
        super().__init__()
        self.order: list[ObjectKey] = []
        self.kept: str | None = None
        """The end of the key that cannot be deleted."""

    async def delete_many(self, keys: Sequence[ObjectKey]) -> Sequence[DeleteResult]:
        stuck = [key for key in keys if self.kept and key.endswith(self.kept)]
        done = await super().delete_many([key for key in keys if key not in stuck])
        return [*done, *(DeleteResult(key, "locked") for key in stuck)]

    async def put(self, key: ObjectKey, body: Body, options: PutOptions = _PUT) -> ObjectMeta:
        meta = await super().put(key, body, options)
        self.order.append(key)
        return meta


async def say_nothing(done: float, total: float | None) -> None:
    del done, total


@dataclass
class Studio:
    parts: StreamParts
    store: OrderedStore
    faults: FaultyStore
    folder: Path
    numbers: "count[int]" = field(default_factory=count)

    def later(self, by: timedelta) -> "Studio":
        """The same place after a while."""

        def clock() -> datetime:
            return system_clock() + by

        return replace(
            self, parts=replace(self.parts, media=replace(self.parts.media, clock=clock))
        )

    async def publish(self, film: Film) -> Published:
        folder = self.folder / f"work-{next(self.numbers)}"
        folder.mkdir()
        return await publish_film(self.parts, film, folder=folder, report=say_nothing)

    async def sweep(self) -> int:
        return await sweep_encodes(self.parts)

    async def job(self) -> Job:
        async with self.parts.media.database.transaction() as tx:
            return await self.parts.media.jobs.enqueue(tx, _KIND, {}, owner_id="ann")

    async def keys(self) -> list[str]:
        """Return the objects, named as below the film's own folder."""
        return [
            each.key.removeprefix(BASE) async for page in self.store.list() for each in page.objects
        ]

    async def data(self, path: str) -> bytes:
        async with await self.store.get(ObjectKey(BASE + path)) as reader:
            return await reader.read()

    async def text(self, path: str) -> str:
        return (await self.data(path)).decode()

    async def everything(self) -> dict[str, bytes]:
        return {path: await self.data(path) for path in await self.keys()}

    async def master(self) -> MasterPlaylist:
        return read_master(await self.text("master.m3u8"))

    async def encodes(self) -> list[Row]:
        async with self.parts.media.database.read() as tx:
            return await tx.all("SELECT * FROM media_encodes ORDER BY created_at")

    async def states(self) -> list[str]:
        return [row["state"] for row in await self.encodes()]

    async def key_count(self) -> int:
        async with self.parts.media.database.read() as tx:
            return await tx.value("SELECT count(*) FROM content_keys")

    async def key_of(self, key_id: str) -> bytes:
        return (await self.parts.keys.get(UUID(key_id))).key


def open_studio(database: Database, tools: Tools, folder: Path) -> Studio:
    store = OrderedStore()
    faults = FaultyStore(store)
    parts = MediaParts(
        database=database,
        source=MemoryStore(),
        media=faults,
        jobs=Jobs(RowsQueue(database)),
        scratch=folder,
    )
    keys = ContentKeys(database, key_ring.parse(f"v1:{'01' * 32}"))
    return Studio(StreamParts(parts, tools, keys, PUBLIC_URL), store, faults, folder)
