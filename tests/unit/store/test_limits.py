"""The limits of stores, at their edges: what is past one is refused before anything is sent."""

from collections.abc import AsyncIterator
from itertools import pairwise

import pytest

from keyshelf.errors import Error
from keyshelf.layout.keys import ObjectKey
from keyshelf.store.base import (
    MAX_OBJECT_BYTES,
    MAX_PART_BYTES,
    MAX_PARTS,
    MAX_PUT_BYTES,
    MIN_PART_BYTES,
    CompletedPart,
    ObjectMeta,
    Part,
    PresignOptions,
    PutOptions,
)
from keyshelf.store.checks import (
    check_part_number,
    check_part_size,
    check_presign,
    check_put_size,
    check_uploaded,
)
from keyshelf.store.errors import InvalidPartError, ObjectTooLargeError
from keyshelf.store.memory import MemoryOptions, MemoryStore
from keyshelf.store.s3_copying import part_ranges
from keyshelf.store.s3_limits import S3Limits
from keyshelf.store.uploading import StreamLimits, part_bytes, put_body

KEY = ObjectKey("a")
TINY = StreamLimits(part_bytes=4, single_put_bytes=10, object_bytes=30)


class Requests(MemoryStore):
    """A store in memory that notes whether it was written in one request or in parts."""

    def __init__(self) -> None:
        super().__init__(MemoryOptions(min_part_bytes=1))
        self.parts: list[int] = []
        self.puts: list[int] = []

    async def put_bytes(self, key: ObjectKey, body: bytes, options: PutOptions) -> ObjectMeta:
        self.puts.append(len(body))
        return await self.put(key, body, options)

    async def upload_part(  # pyright: ignore[reportIncompatibleMethodOverride] -- parts of streams are bytes
        self, key: ObjectKey, upload_id: str, number: int, body: bytes
    ) -> Part:
        self.parts.append(len(body))
        return await super().upload_part(key, upload_id, number, body)


async def pieces(*sizes: int) -> AsyncIterator[bytes]:
    for size in sizes:
        yield bytes(size)


def test_the_limits_are_s3s() -> None:
    assert (MAX_PUT_BYTES, MAX_PART_BYTES) == (5 * 2**30, 5 * 2**30)
    assert (MAX_OBJECT_BYTES, MAX_PARTS, MIN_PART_BYTES) == (5 * 2**40, 10_000, 5 * 2**20)
    assert StreamLimits().single_put_bytes == 100 * 10**6


def test_ten_thousand_parts_of_a_stream_hold_the_largest_object() -> None:
    sizes = [part_bytes(number, StreamLimits()) for number in range(1, MAX_PARTS + 1)]

    assert sum(sizes) >= MAX_OBJECT_BYTES
    assert sizes == sorted(sizes)
    assert MIN_PART_BYTES <= min(sizes) <= max(sizes) <= MAX_PART_BYTES
    # A terabyte passes in parts of at most a gibibyte.
    reached = next(n for n in range(MAX_PARTS) if sum(sizes[:n]) >= 2**40)
    assert sizes[reached] <= 2**30


def test_large_first_parts_do_not_outgrow_a_part() -> None:
    assert part_bytes(MAX_PARTS, StreamLimits(part_bytes=2**30)) == MAX_PART_BYTES


@pytest.mark.parametrize("size", [1, 5 * 2**30 + 1, MAX_OBJECT_BYTES - 1, MAX_OBJECT_BYTES])
def test_a_copy_in_parts_covers_every_byte_once(size: int) -> None:
    ranges = part_ranges(size, S3Limits().copy_part_bytes)

    assert len(ranges) <= MAX_PARTS
    assert (ranges[0][1], ranges[-1][2]) == (0, size - 1)
    assert all(one[2] + 1 == other[1] for one, other in pairwise(ranges))
    assert max(last - first + 1 for _, first, last in ranges) <= MAX_PART_BYTES


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("size", "puts", "parts"), [(0, [0], []), (10, [10], []), (11, [], [4, 4, 3])]
)
async def test_bytes_past_a_size_are_written_in_parts(
    size: int, puts: list[int], parts: list[int]
) -> None:
    store = Requests()

    await put_body(store, KEY, bytes(size), PutOptions(), TINY)

    assert (store.puts, sorted(store.parts, reverse=True)) == (puts, parts)
    assert (await store.head(KEY)).size == size


@pytest.mark.anyio
async def test_a_stream_past_the_largest_object_leaves_nothing() -> None:
    store = Requests()
    await put_body(store, KEY, pieces(15, 15), PutOptions(), TINY)

    with pytest.raises(ObjectTooLargeError) as refused:
        await put_body(store, ObjectKey("b"), pieces(15, 15, 1, 10**6), PutOptions(), TINY)

    assert refused.value.extras == {"max_bytes": 30}
    assert [upload async for upload in store.list_uploads()] == []
    assert [meta.key async for page in store.list() for meta in page.objects] == [KEY]


@pytest.mark.parametrize(
    ("check", "most"), [(check_put_size, MAX_PUT_BYTES), (check_part_size, MAX_PART_BYTES)]
)
def test_one_byte_past_a_request_is_refused(check: object, most: int) -> None:
    assert callable(check)
    check(most)
    with pytest.raises(ObjectTooLargeError, match=f"at most {most} bytes"):
        check(most + 1)


@pytest.mark.parametrize("part", [None, 1])
def test_no_url_is_signed_for_more_than_a_request_takes(part: int | None) -> None:
    upload = None if part is None else "upload"

    def options(size: int) -> PresignOptions:
        return PresignOptions(content_length=size, part_number=part, upload_id=upload)

    check_presign("PUT", options(MAX_PUT_BYTES))
    with pytest.raises(ObjectTooLargeError):
        check_presign("PUT", options(MAX_PUT_BYTES + 1))


@pytest.mark.parametrize("number", [0, MAX_PARTS + 1])
def test_parts_are_numbered_to_ten_thousand(number: int) -> None:
    check_part_number(MAX_PARTS)
    with pytest.raises(InvalidPartError):
        check_part_number(number)


@pytest.mark.parametrize(
    ("sizes", "error"),
    [
        ([MAX_PART_BYTES] * 1024, None),
        ([*[MAX_PART_BYTES] * 1024, 1], ObjectTooLargeError),
        ([MIN_PART_BYTES, 1], None),
        ([MIN_PART_BYTES - 1, 1], InvalidPartError),
    ],
    ids=["5 TiB", "a byte more", "small last", "small first"],
)
def test_parts_make_an_object_or_are_refused(sizes: list[int], error: type[Error] | None) -> None:
    uploaded = [Part(number, "e", size) for number, size in enumerate(sizes, start=1)]
    wanted = [CompletedPart(part.number, part.etag) for part in uploaded]

    if error is None:
        check_uploaded(wanted, uploaded, min_bytes=MIN_PART_BYTES)
    else:
        with pytest.raises(error):
            check_uploaded(wanted, uploaded, min_bytes=MIN_PART_BYTES)
