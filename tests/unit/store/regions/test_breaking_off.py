"""A large object is read on from another region when its own breaks off."""

from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import pytest

from keyshelf.layout.keys import ObjectKey
from keyshelf.store.base import MAX_SMALL_BYTES, ByteRange, ObjectMeta, ObjectReader
from keyshelf.store.errors import StoreUnavailableError
from keyshelf.store.memory import MemoryStore
from keyshelf.store.regions.values import Strategy
from tests.unit.store.regions.world import CHUNK, World, world

pytestmark = pytest.mark.anyio

LARGE = bytes(range(256)) * (MAX_SMALL_BYTES // 64)
CHEAP = {"a": 0.0, "b": 1.0, "home": 2.0}


@dataclass
class BreakingReader:
    """Gives the beginning of an object, then fails."""

    whole: ObjectReader
    is_closed: bool = False

    @property
    def meta(self) -> ObjectMeta:
        return self.whole.meta

    @property
    def range(self) -> ByteRange:
        return self.whole.range

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self.whole:
            yield piece[:1000]
            raise StoreUnavailableError("the connection broke")

    async def read(self) -> bytes:
        raise StoreUnavailableError("the connection broke")

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.is_closed = True


class BreakingStore(MemoryStore):
    """A store whose objects break off after 1,000 bytes."""

    def __init__(self) -> None:
        super().__init__()
        self.readers: list[BreakingReader] = []

    async def get(
        self, key: ObjectKey, *, byte_range: ByteRange | None = None, if_match: str | None = None
    ) -> ObjectReader:
        whole = await super().get(key, byte_range=byte_range, if_match=if_match)
        self.readers.append(BreakingReader(whole))
        return self.readers[-1]


async def streamed(at: World, byte_range: ByteRange | None = None) -> bytes:
    async with await at.store.get(CHUNK, byte_range=byte_range) as reader:
        return b"".join([piece async for piece in reader])


@pytest.fixture
def breaking() -> BreakingStore:
    return BreakingStore()


@pytest.fixture
async def at(breaking: BreakingStore) -> AsyncGenerator[World]:
    """Two replicas before the primary, of which the first breaks off whatever it gives."""
    async with world(Strategy.LOWEST_COST, "a", "b", prices=CHEAP, inner={"a": breaking}) as opened:
        yield opened


@pytest.mark.parametrize("byte_range", [None, ByteRange(7), ByteRange(7, len(LARGE) - 9)], ids=str)
async def test_a_stream_goes_on_at_the_byte_that_it_reached(
    at: World, breaking: BreakingStore, byte_range: ByteRange | None
) -> None:
    await at.have(CHUNK, LARGE, "a", "b", "home")
    whole = byte_range or ByteRange(0)

    assert await streamed(at, byte_range) == LARGE[whole.start : whole.end]
    assert at.count("fallbacks_total", "a", reason="failed") == 1
    assert at.count("reads_total", "b") == 1
    assert all(reader.is_closed for reader in breaking.readers)


async def test_a_read_begins_anew(at: World) -> None:
    await at.have(CHUNK, LARGE, "a", "b", "home")

    async with await at.store.get(CHUNK) as reader:
        assert await reader.read() == LARGE


async def test_a_small_object_comes_whole_from_elsewhere(at: World) -> None:
    await at.have(CHUNK, b"small", "a", "b", "home")

    assert await streamed(at) == b"small"
    assert await at.store.get_many([CHUNK]) == [b"small"]


async def test_another_object_of_the_key_is_no_rest(at: World) -> None:
    await at.have(CHUNK, LARGE, "a", "home")
    await at.have(CHUNK, LARGE[::-1], "b")

    assert await streamed(at) == LARGE
    assert at.count("reads_total", "home") == 1


async def test_a_break_is_told_when_nobody_has_the_rest(at: World) -> None:
    await at.have(CHUNK, LARGE, "a")

    with pytest.raises(StoreUnavailableError, match="broke"):
        await streamed(at)
