"""What is named by its content is never replaced by what its name does not promise."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from keyshelf.layout.keys import ObjectKey
from keyshelf.layout.repository import ChunkId, RepositoryId, chunk_key, manifest_key
from keyshelf.operations.replicas.service import backfill, compare
from keyshelf.operations.replicas.values import Damaged, Kind, Pair, Report
from keyshelf.repositories.check.outside import is_sound
from keyshelf.repositories.formats import frame, ids
from keyshelf.repositories.formats.frame import Codec, FrameType
from keyshelf.repositories.formats.ids import Keys
from keyshelf.store.base import ListPage, ObjectStore
from keyshelf.store.faulty import FaultyStore
from keyshelf.store.memory import MemoryOptions, MemoryStore

pytestmark = pytest.mark.anyio
SECRET = Keys.of(bytes(32))
CONTENT = bytes(range(256)) * 240


def soon() -> datetime:
    return datetime.now(UTC) + timedelta(minutes=1)


def sealed(content: bytes = CONTENT, keys: Keys | None = None) -> bytes:
    digest = bytes.fromhex(ids.chunk_id(content, keys))
    return frame.seal(content, type=FrameType.CHUNK, digest=digest, keys=keys)


@dataclass(frozen=True)
class Sides:
    store: FaultyStore
    replica: FaultyStore

    @property
    def to(self) -> Pair:
        return Pair("eu", "eu-west-1", self.store, self.replica, is_sound=is_sound)

    @property
    def back(self) -> Pair:
        return replace(self.to, source=self.replica, target=self.store, is_back=True)


@pytest.fixture
def sides() -> Sides:
    return Sides(FaultyStore(MemoryStore()), FaultyStore(MemoryStore()))


def told(report: Report) -> list[tuple[Kind, Damaged | None]]:
    return [(each.kind, each.damaged) for each in report.findings]


async def body(store: ObjectStore, key: ObjectKey) -> bytes:
    async with await store.get(key) as reader:
        return await reader.read()


RUBBISH = {"short": b"rubbish!", "of the same length": bytes(len(sealed()))}


@pytest.mark.parametrize("rubbish", RUBBISH.values(), ids=RUBBISH)
async def test_a_damaged_chunk_is_made_right_from_the_sound_side_only(
    sides: Sides, rubbish: bytes
) -> None:
    key = chunk_key(ids.chunk_id(CONTENT, None))
    await sides.replica.put(key, sealed())
    await sides.store.put(key, rubbish)

    seen = await compare(sides.to, clock=soon)
    forth = await backfill(sides.to, clock=soon)
    kept = await body(sides.replica, key)
    back = await backfill(sides.back, replace=False, clock=soon)

    assert told(seen) == told(forth) == [(Kind.DIFFERENT, Damaged.STORE)]
    assert (forth.copied, forth.unproved, kept) == (0, 1, sealed())
    assert (back.copied, await body(sides.store, key)) == (1, sealed())


async def test_a_damaged_copy_is_replaced_by_what_is_proved_right(sides: Sides) -> None:
    key = chunk_key(ids.chunk_id(CONTENT, None))
    await sides.store.put(key, sealed())
    await sides.replica.put(key, sealed()[:-1])

    seen = await compare(sides.to, clock=soon)
    done = await backfill(sides.to, clock=soon)

    assert told(seen) == [(Kind.DIFFERENT, Damaged.REPLICA)]
    assert (done.copied, await body(sides.replica, key)) == (1, sealed())


async def test_a_manifest_is_judged_by_its_commit(sides: Sides) -> None:
    commit = ids.commit_hash(CONTENT, None)
    key = manifest_key(RepositoryId(UUID(int=1)), commit)
    digest = bytes.fromhex(commit)
    whole = frame.seal(CONTENT, type=FrameType.MANIFEST, digest=digest, keys=None)
    await sides.store.put(key, whole)
    await sides.replica.put(key, sealed())

    seen = await compare(sides.to, clock=soon)
    done = await backfill(sides.to, clock=soon)

    assert told(seen) == [(Kind.DIFFERENT, Damaged.REPLICA)]
    assert (done.copied, await body(sides.replica, key)) == (1, whole)


async def test_an_encrypted_chunk_is_told_and_left(sides: Sides) -> None:
    key = chunk_key(ids.chunk_id(CONTENT, SECRET))
    whole = sealed(keys=SECRET)
    changed = bytes([*whole[:-1], whole[-1] ^ 1])
    for ours, theirs, damaged in (
        (b"rubbish!", whole, Damaged.STORE),
        (whole, whole[:30], Damaged.REPLICA),
        (whole, changed, Damaged.UNKNOWN),
        (b"rubbish!", b"more rubbish", Damaged.BOTH),
    ):
        await sides.store.put(key, ours)
        await sides.replica.put(key, theirs)

        for pair in (sides.to, sides.back):
            done = await backfill(pair, clock=soon)
            assert (told(done), done.copied) == ([(Kind.DIFFERENT, damaged)], 0)


async def test_one_content_compressed_otherwise_is_the_same(sides: Sides) -> None:
    key = chunk_key(ids.chunk_id(CONTENT, None))
    header = frame.HEADER.pack(
        frame.MAGIC, frame.VERSION, FrameType.CHUNK, Codec.NONE, 0, len(CONTENT), ids.NO_KEY_ID
    )
    await sides.store.put(key, header + CONTENT)
    await sides.replica.put(key, sealed())

    assert (await compare(sides.to, clock=soon)).behind == 0


class OtherEtags(MemoryStore):
    """A store that gives equal bytes another ETag, as keys of KMS do."""

    async def list(
        self, prefix: str = "", *, start_after: str | None = None, delimiter: str | None = None
    ) -> AsyncIterator[ListPage]:
        pages = super().list(prefix, start_after=start_after, delimiter=delimiter)
        async for page in pages:
            yield replace(
                page, objects=[replace(each, etag=each.etag[::-1]) for each in page.objects]
            )


async def test_etags_that_tell_nothing_are_found_out_by_few_chunks() -> None:
    sides = Sides(FaultyStore(MemoryStore()), FaultyStore(OtherEtags()))
    for each in (sides.store, sides.replica):
        for number in range(100):
            content = number.to_bytes(2)
            await each.put(chunk_key(ids.chunk_id(content, None)), sealed(content))

    assert (await compare(sides.to, clock=soon)).behind == 0
    assert sides.store.calls.count("get") <= 16


async def test_few_chunks_are_one_listing_of_each_side(sides: Sides) -> None:
    for number in range(300):
        name = ids.chunk_id(number.to_bytes(2), None)
        await sides.store.put(chunk_key(name), sealed(number.to_bytes(2)))
    await backfill(sides.to, clock=soon)
    for each in (sides.store, sides.replica):
        each.calls.clear()

    await compare(sides.to, clock=soon)

    assert sides.store.calls.count("list") + sides.replica.calls.count("list") == 11


async def test_many_chunks_are_listed_in_several_places() -> None:
    source = MemoryStore(MemoryOptions(page_limit=8))
    for digit in "0123456789abcdef":
        # A first page whose last id begins with zeros stands for very many chunks.
        for number in range(8):
            await source.put(chunk_key(ChunkId(f"{digit}{number:063x}")), b"a chunk")
    sides = Sides(FaultyStore(source), FaultyStore(MemoryStore()))

    found = await compare(sides.to, clock=soon)

    assert found.missing == 128
    assert sides.store.calls.count("list") == 1 + 16 + 4
