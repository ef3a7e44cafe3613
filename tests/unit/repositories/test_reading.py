"""Reading: what is stored is believed when its id says so, and nodes are fetched together."""

from dataclasses import dataclass

import pytest

from keyshelf.layout.repository import ChunkId, CommitHash
from keyshelf.repositories import reading
from keyshelf.repositories.formats import frame
from keyshelf.repositories.formats.frame import FrameType
from keyshelf.repositories.reading import DamagedObjectError, LostObjectError, Reader
from tests.unit.repositories.checkout.project import CountingCarrier, noise

pytestmark = pytest.mark.anyio


@dataclass
class Some:
    carrier: CountingCarrier
    reader: Reader


@pytest.fixture
def some() -> Some:
    carrier = CountingCarrier()
    return Some(carrier, Reader(carrier))


async def test_nodes_that_come_next_are_fetched_in_one_call(some: Some) -> None:
    nodes = [some.carrier.put(noise(size)).hex() for size in range(10, 20)]
    ids = [ChunkId(node) for node in nodes]

    await some.reader.ahead(ids)

    assert [await some.reader.node(node) for node in ids] == [noise(n) for n in range(10, 20)]
    assert some.carrier.calls == 1


@pytest.mark.parametrize("is_there", [True, False])
async def test_a_damaged_one_is_told_when_it_is_read(some: Some, is_there: bool) -> None:
    good, bad = (ChunkId(some.carrier.put(noise(size)).hex()) for size in (10, 20))
    if is_there:
        some.carrier.chunks[bad] = some.carrier.chunks[good]
    else:
        del some.carrier.chunks[bad]

    await some.reader.ahead([good, bad])

    assert await some.reader.node(good) == noise(10)
    with pytest.raises((DamagedObjectError, LostObjectError)):
        await some.reader.node(bad)


async def test_as_many_nodes_are_kept_as_there_is_room_for(
    some: Some, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "_KEPT_BYTES", 2500)
    first, second, third = (
        ChunkId(some.carrier.put(noise(size)).hex()) for size in (1000, 1001, 1002)
    )
    for node in (first, second, first, third):
        await some.reader.node(node)
    some.carrier.asked.clear()

    for node in (first, third, second):
        await some.reader.node(node)

    assert some.carrier.asked == [second]


async def test_many_bytes_are_verified_by_a_thread(some: Some) -> None:
    ids = [ChunkId(some.carrier.put(noise(size)).hex()) for size in (90_000, 90_001)]

    assert await some.reader.chunks(ids) == [noise(90_000), noise(90_001)]


async def test_a_manifest_under_another_name_is_damage(some: Some) -> None:
    name = CommitHash("ab" * 32)
    some.carrier.manifests[name] = frame.seal(
        b"KSM1...", type=FrameType.MANIFEST, digest=bytes.fromhex(name), keys=None
    )

    with pytest.raises(DamagedObjectError, match="another commit") as told:
        await some.reader.manifest(name)

    assert told.value.extras == {"manifest": name}
