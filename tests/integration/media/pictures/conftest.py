"""Services of pictures on one database and one pair of stores."""

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import anyio
import pytest
from PIL import Image
from prometheus_client import CollectorRegistry

from keyshelf.database.pool import Database
from keyshelf.database.transactions import ReadTransaction, Row
from keyshelf.layout.keys import ObjectKey
from keyshelf.media.images.pool import RenderPool
from keyshelf.media.images.values import RenderOptions
from keyshelf.media.pictures.addresses import PictureAddress
from keyshelf.media.pictures.metrics import PictureMetrics
from keyshelf.media.pictures.service import Found, Pictures, open_pictures
from keyshelf.media.pictures.values import PictureOptions, PictureParts
from keyshelf.media.sources import Sources
from keyshelf.media.tools.scratch import Scratch, open_scratch
from keyshelf.store.base import ByteRange, ObjectReader
from keyshelf.store.memory import MemoryStore
from tests.patience import PATIENCE

SOURCE = ObjectKey("shared/a.jpg")
CONTENT = "c" * 64


def jpeg(color: str = "red") -> bytes:
    out = BytesIO()
    Image.new("RGB", (40, 30), color).save(out, "JPEG")
    return out.getvalue()


def color_of(found: Found) -> tuple[int, ...]:
    pixel = Image.open(BytesIO(found.picture.data)).convert("RGB").getpixel((0, 0))
    assert isinstance(pixel, tuple)
    return tuple(round(each / 255) for each in pixel)


RED, BLUE = (1, 0, 0), (0, 0, 1)


class Held(MemoryStore):
    """A store whose readers wait when a test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.may_read: anyio.Event | None = None
        self.is_reading = anyio.Event()

    async def get(
        self, key: ObjectKey, *, byte_range: ByteRange | None = None, if_match: str | None = None
    ) -> ObjectReader:
        reader = await super().get(key, byte_range=byte_range, if_match=if_match)
        self.is_reading.set()
        if self.may_read is not None:
            await self.may_read.wait()
        return reader


@dataclass
class Bench:
    """One service or more, as processes have them."""

    database: Database
    pool: RenderPool
    scratch: Scratch
    opened: AsyncExitStack
    source: Held = field(default_factory=Held)
    media: MemoryStore = field(default_factory=MemoryStore)
    registries: list[CollectorRegistry] = field(default_factory=list[CollectorRegistry])
    later: timedelta = timedelta()

    def clock(self) -> datetime:
        return datetime.now(UTC) + self.later

    def parts(self, options: PictureOptions | None = None) -> PictureParts:
        return PictureParts(
            database=self.database,
            source=self.source,
            media=self.media,
            sources=Sources(self.source, self.scratch),
            renders=self.pool,
            scratch=self.scratch.path,
            options=options or PictureOptions(at_once=3),
            content_hash_of=_content,
            clock=self.clock,
        )

    async def service(self, options: PictureOptions | None = None) -> Pictures:
        registry = CollectorRegistry()
        self.registries.append(registry)
        opening = open_pictures(self.parts(options), PictureMetrics(registry))
        return await self.opened.enter_async_context(opening)

    def served(self, layer: str) -> int:
        name = "keyshelf_pictures_served_total"
        found = [each.get_sample_value(name, {"layer": layer}) for each in self.registries]
        return sum(round(each or 0) for each in found)

    async def until_waiting(self, count: int) -> None:
        """Wait until so many pictures wait to be made."""
        name = "keyshelf_pictures_waiting"
        with anyio.fail_after(PATIENCE):
            while sum(each.get_sample_value(name) or 0 for each in self.registries) < count:
                await anyio.lowlevel.checkpoint()

    async def rows(self) -> list[Row]:
        async with self.database.read() as tx:
            return await tx.all("SELECT * FROM image_cache_entries ORDER BY processing_hash")

    async def objects(self) -> list[ObjectKey]:
        return [each.key async for page in self.media.list("cache/") for each in page.objects]

    async def until_kept(self, count: int) -> None:
        """Wait until so many pictures are kept and noted: nobody who asks waits for that."""
        with anyio.fail_after(PATIENCE):
            while len(await self.rows()) < count:
                await anyio.lowlevel.checkpoint()


async def _content(tx: ReadTransaction, key: ObjectKey, etag: str) -> str | None:
    del tx, key, etag
    return CONTENT


async def find(pictures: Pictures, options: str = "w8", source: ObjectKey = SOURCE) -> Found:
    return await pictures.find(PictureAddress(options, source, "png"), accept=None)


@pytest.fixture(scope="session")
async def renders(
    tmp_path_factory: pytest.TempPathFactory, anyio_backend: str
) -> AsyncGenerator[tuple[RenderPool, Scratch]]:
    folder: Path = tmp_path_factory.mktemp("renders")
    async with (
        open_scratch(folder) as scratch,
        RenderPool(RenderOptions(at_once=1), folder=scratch.path) as pool,
    ):
        yield pool, scratch


@pytest.fixture
async def bench(database: Database, renders: tuple[RenderPool, Scratch]) -> AsyncGenerator[Bench]:
    async with AsyncExitStack() as opened:
        made = Bench(database, *renders, opened)
        await made.source.put(SOURCE, jpeg())
        yield made
