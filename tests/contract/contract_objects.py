"""The contract of bytes: put, get, ranges, streams, delete."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import anyio
import pytest

from keyshelf.layout.keys import ObjectKey
from keyshelf.store.base import ByteRange, ObjectStore, OpenUpload
from keyshelf.store.errors import InvalidRangeError, ObjectNotFoundError
from tests.contract.contract_base import KEY, OTHER, ContractBase, exists, pieces, read

MAX_PIECE_BYTES = 8 * 2**20


class BodyFailedError(Exception):
    """Raised by a body in the middle of a write."""


async def failing_body() -> AsyncIterator[bytes]:
    yield b"x" * 100_000
    raise BodyFailedError


def resident_bytes() -> int:
    status = Path("/proc/self/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) * 1024


async def uploads(store: ObjectStore) -> list[OpenUpload]:
    if not store.capabilities.multipart:
        return []
    return [upload async for upload in store.list_uploads()]


class ObjectsContract(ContractBase):
    async def test_check_passes_on_a_bucket_that_is_there(self, store: ObjectStore) -> None:
        await store.check()

    async def test_what_was_put_is_read_back(self, store: ObjectStore) -> None:
        await store.put(KEY, b"hello")

        assert await read(store, KEY) == b"hello"

    async def test_a_stream_is_put_whole(self, store: ObjectStore) -> None:
        meta = await store.put(KEY, pieces(b"one ", b"", b"two ", b"three"))

        assert await read(store, KEY) == b"one two three"
        assert meta.size == 13

    @pytest.mark.parametrize("body", [b"", pieces()], ids=["bytes", "stream"])
    async def test_an_empty_object_is_an_object(
        self, store: ObjectStore, body: bytes | AsyncIterator[bytes]
    ) -> None:
        await store.put(KEY, body if isinstance(body, bytes) else pieces())

        assert await read(store, KEY) == b""
        assert (await store.head(KEY)).size == 0

    async def test_put_and_head_and_get_tell_the_same(self, store: ObjectStore) -> None:
        put = await store.put(KEY, b"hello")

        head = await store.head(KEY)
        async with await store.get(KEY) as reader:
            got = reader.meta

        assert (put.key, put.size, put.etag) == (KEY, 5, head.etag)
        assert head == got
        assert head.modified_at.utcoffset() == timedelta(0)
        assert '"' not in head.etag

    async def test_put_replaces_and_changes_the_etag(self, store: ObjectStore) -> None:
        first = await store.put(KEY, b"first")

        second = await store.put(KEY, b"second")

        assert await read(store, KEY) == b"second"
        assert first.etag != second.etag

    async def test_a_missing_object_is_not_found(self, store: ObjectStore) -> None:
        with pytest.raises(ObjectNotFoundError):
            await store.head(KEY)
        with pytest.raises(ObjectNotFoundError):
            await store.get(KEY)

    @pytest.mark.parametrize(
        ("asked", "expected"),
        [
            (ByteRange(0, 1), b"0"),
            (ByteRange(3, 7), b"3456"),
            (ByteRange(9), b"9"),
            (ByteRange(0), b"0123456789"),
            (ByteRange(8, 1000), b"89"),
        ],
        ids=["first", "middle", "last", "open", "past-the-end"],
    )
    async def test_a_range_gives_just_its_bytes(
        self, store: ObjectStore, asked: ByteRange, expected: bytes
    ) -> None:
        await store.put(KEY, b"0123456789")

        async with await store.get(KEY, byte_range=asked) as reader:
            assert await reader.read() == expected
            assert reader.range == ByteRange(asked.start, asked.start + len(expected))
            assert reader.meta.size == 10

    @pytest.mark.parametrize("body", [b"", b"0123456789"], ids=["empty", "ten"])
    async def test_a_range_that_starts_past_the_end_is_refused(
        self, store: ObjectStore, body: bytes
    ) -> None:
        await store.put(KEY, body)

        with pytest.raises(InvalidRangeError) as caught:
            await store.get(KEY, byte_range=ByteRange(len(body)))

        assert caught.value.extras["size"] == len(body)

    async def test_leaving_a_reader_early_harms_nothing(self, store: ObjectStore) -> None:
        body = bytes(20 * 2**20)
        await store.put(KEY, body)

        async with await store.get(KEY) as reader:
            async for piece in reader:
                assert len(piece) > 0
                break

        assert len(await read(store, KEY)) == len(body)

    async def test_many_readers_at_once_each_see_all(self, store: ObjectStore) -> None:
        body = bytes(range(256)) * 4096
        await store.put(KEY, body)
        seen: list[bytes] = []

        async def look() -> None:
            seen.append(await read(store, KEY))

        async with anyio.create_task_group() as tasks:
            for _ in range(8):
                tasks.start_soon(look)

        assert seen == [body] * 8

    async def test_streams_pass_in_bounded_memory(self, store: ObjectStore) -> None:
        size = self.streamed_bytes
        before = resident_bytes()
        peak = before

        async def body() -> AsyncIterator[bytes]:
            nonlocal peak
            for number in range(size // 2**20):
                peak = max(peak, resident_bytes())
                yield number.to_bytes(2, "big") * 2**19

        await store.put(KEY, body())
        total = 0
        async with await store.get(KEY) as reader:
            async for piece in reader:
                total += len(piece)
                peak = max(peak, resident_bytes())
                assert len(piece) <= MAX_PIECE_BYTES

        assert total == size
        assert self.memory_bound is None or peak - before <= self.memory_bound

    async def test_a_failed_put_leaves_what_was_there(self, store: ObjectStore) -> None:
        old = await store.put(KEY, b"old")

        with pytest.raises(BodyFailedError):
            await store.put(KEY, failing_body())
        with pytest.raises(BodyFailedError):
            await store.put(OTHER, failing_body())

        assert await read(store, KEY) == b"old"
        assert (await store.head(KEY)).etag == old.etag
        assert not await exists(store, OTHER)

    async def test_a_cancelled_put_leaves_what_was_there(self, store: ObjectStore) -> None:
        await store.put(KEY, b"old")
        under_way = anyio.Event()

        async def stuck_body() -> AsyncIterator[bytes]:
            yield b"x" * 100_000
            under_way.set()
            await anyio.sleep_forever()

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(store.put, KEY, stuck_body())
            await under_way.wait()
            tasks.cancel_scope.cancel()

        assert await read(store, KEY) == b"old"

    async def test_a_failed_put_leaves_no_upload_behind(self, store: ObjectStore) -> None:
        with pytest.raises(BodyFailedError):
            await store.put(KEY, failing_body())

        assert await uploads(store) == []

    async def test_delete_removes_and_twice_is_success(self, store: ObjectStore) -> None:
        await store.put(KEY, b"x")

        await store.delete(KEY)
        await store.delete(KEY)

        assert not await exists(store, KEY)
        with pytest.raises(ObjectNotFoundError):
            await store.head(KEY)

    async def test_delete_many_gives_one_result_per_key_in_order(self, store: ObjectStore) -> None:
        await store.put(KEY, b"x")
        await store.put(OTHER, b"y")
        missing = [ObjectKey(f"missing/{number}") for number in range(1_100)]
        keys = [*missing[:1_050], KEY, *missing[1_050:], OTHER]

        results = await store.delete_many(keys)

        assert [result.key for result in results] == keys
        assert {result.error for result in results} == {None}
        assert not await exists(store, KEY)
        assert not await exists(store, OTHER)

    async def test_delete_many_of_nothing_is_nothing(self, store: ObjectStore) -> None:
        assert list(await store.delete_many([])) == []
