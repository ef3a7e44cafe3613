"""Sending: each chunk asked about and sent at most once, and little held at a time."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

import anyio
import pytest

from keyshelf.errors import UnavailableError
from keyshelf.layout.repository import ChunkId, RepositoryId
from keyshelf.repositories.formats import ids
from keyshelf.repositories.memory_carrier import MemoryCarrier
from keyshelf.repositories.sending import SendingOptions, sending
from keyshelf.repositories.values import Repository, RepositoryName, SealedChunk

pytestmark = pytest.mark.anyio

REPOSITORY = Repository(RepositoryId(UUID(int=1)), RepositoryName("r"), datetime.now(UTC))
SMALL = SendingOptions(asked_at_once=10, bytes_at_once=5000, rounds_at_once=2)


class Watched(MemoryCarrier):
    """Notes what is asked and sent, and how much is on its way at once."""

    def __init__(self) -> None:
        super().__init__(REPOSITORY)
        self.asked: list[ChunkId] = []
        self.sent: list[ChunkId] = []
        self.on_the_way = self.most_on_the_way = 0
        self.fails = False

    async def missing(self, ids: Sequence[ChunkId]) -> set[ChunkId]:
        assert len(ids) <= SMALL.asked_at_once
        self.asked += ids
        return await super().missing(ids)

    async def send(self, chunks: Sequence[SealedChunk]) -> None:
        size = sum(chunk.size for chunk in chunks)
        self.on_the_way += size
        self.most_on_the_way = max(self.on_the_way, self.most_on_the_way)
        await anyio.lowlevel.checkpoint()
        if self.fails:
            raise UnavailableError("the network is gone")
        self.sent += [chunk.id for chunk in chunks]
        self.on_the_way -= size
        await super().send(chunks)


def chunks(count: int, size: int = 1000) -> list[tuple[ChunkId, bytes]]:
    contents = [number.to_bytes(4, "big") * (size // 4) for number in range(count)]
    return [(ids.chunk_id(content, None), content) for content in contents]


async def test_everything_is_there_when_it_ends_each_sent_once() -> None:
    carrier, some = Watched(), chunks(203)

    async with sending(carrier, REPOSITORY, SMALL) as sender:
        await sender.add(some)
        await sender.add(some)

    assert sorted(carrier.sent) == sorted(carrier.asked) == sorted(chunk for chunk, _ in some)
    assert (sender.sent.chunks, sender.sent.content_bytes) == (203, 203_000)
    assert sender.sent.stored_bytes == sum(map(len, carrier.chunks.values()))


async def test_what_is_there_is_asked_about_and_not_sent() -> None:
    carrier, some = Watched(), chunks(50)
    async with sending(carrier, REPOSITORY, SMALL) as sender:
        await sender.add(some)
    carrier.sent.clear()

    async with sending(carrier, REPOSITORY, SMALL) as sender:
        await sender.add(some)

    assert (carrier.sent, sender.sent.chunks) == ([], 0)


async def test_little_is_on_its_way_however_much_is_given_at_once() -> None:
    carrier = Watched()

    async with sending(carrier, REPOSITORY, SMALL) as sender, anyio.create_task_group() as group:
        for part in range(5):
            group.start_soon(sender.add, chunks(500)[part * 100 : part * 100 + 100])

    assert len(carrier.sent) == 500
    assert carrier.most_on_the_way <= SMALL.rounds_at_once * (SMALL.bytes_at_once + 1000)


async def test_what_the_filter_rules_out_is_sent_without_a_question() -> None:
    carrier, some = Watched(), chunks(40)
    there = {chunk for chunk, _ in some[:20]}
    claimed = {some[30][0]}
    async with sending(carrier, REPOSITORY, SMALL) as sender:
        await sender.add(some[:20])
    carrier.asked.clear()
    carrier.sent.clear()

    async with sending(
        carrier, REPOSITORY, SMALL, lambda chunk: chunk in there | claimed
    ) as sender:
        await sender.add(some)

    assert set(carrier.asked) == there | claimed
    assert set(carrier.sent) == {chunk for chunk, _ in some[20:]}


async def test_a_small_chunk_holds_no_large_block() -> None:
    carrier, block = Watched(), bytearray(100_000)
    view = memoryview(block)

    async with sending(carrier, REPOSITORY, SMALL) as sender:
        await sender.add([(ids.chunk_id(view[:1000], None), view[:1000])])
        view.release()
        # What somebody still had a view of could not be resized.
        block.clear()

    assert len(carrier.chunks) == 1


async def test_the_first_failure_is_told_as_it_is() -> None:
    carrier = Watched()
    carrier.fails = True

    with pytest.raises(UnavailableError):
        async with sending(carrier, REPOSITORY, SMALL) as sender:
            await sender.add(chunks(500))
