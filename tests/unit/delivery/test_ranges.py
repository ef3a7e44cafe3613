import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyshelf.delivery import ranges
from keyshelf.store.base import ByteRange
from keyshelf.store.errors import InvalidRangeError

DATA = bytes(range(10))


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("bytes=0-0", ByteRange(0, 1)),
        ("bytes=2-5", ByteRange(2, 6)),
        ("bytes=9-9", ByteRange(9, 10)),
        ("bytes=0-", ByteRange(0, 10)),
        ("bytes=4-", ByteRange(4, 10)),
        ("bytes=4-99999999999999999999999999", ByteRange(4, 10)),
        ("bytes=-3", ByteRange(7, 10)),
        ("bytes=-10", ByteRange(0, 10)),
        ("bytes=-99999999999999999999999999", ByteRange(0, 10)),
        ("bytes=000000000000000000000000000002-3", ByteRange(2, 4)),
        ("Bytes = 2-5", ByteRange(2, 6)),
        ("bytes= 2-5 ", ByteRange(2, 6)),
        ("bytes=,2-5,", ByteRange(2, 6)),
    ],
)
def test_one_range_is_read(header: str, expected: ByteRange) -> None:
    assert ranges.parse(header, len(DATA)) == expected


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "bytes",
        "bytes=",
        "bytes=-",
        "bytes=5-2",
        "bytes=a-b",
        "bytes=0x1-2",
        "bytes=1-2-3",
        "bytes=+1-2",
        "bytes=1 - 2",
        "bytes=\u0661-\u0662",
        "items=0-1",
        "bytes=0-1,4-5",
        "bytes=0-1, -1",
    ],
)
def test_what_is_no_single_range_means_the_whole_object(header: str | None) -> None:
    assert ranges.parse(header, len(DATA)) is None


@pytest.mark.parametrize("header", ["bytes=10-", "bytes=10-20", "bytes=-0", f"bytes={'9' * 5000}-"])
def test_a_range_without_any_byte_is_refused_with_the_size(header: str) -> None:
    with pytest.raises(InvalidRangeError) as caught:
        ranges.parse(header, len(DATA))

    assert caught.value.extras == {"size": 10}


def test_an_empty_object_has_no_first_byte_but_can_be_had_whole() -> None:
    assert ranges.parse("bytes=-5", 0) is None
    with pytest.raises(InvalidRangeError):
        ranges.parse("bytes=0-", 0)


def test_content_range_counts_inclusively() -> None:
    assert ranges.content_range(ByteRange(2, 6), 10) == "bytes 2-5/10"
    assert ranges.content_range(ByteRange(2), 10) == "bytes 2-9/10"
    assert ranges.unsatisfied(10) == "bytes */10"


@given(st.integers(0, 20), st.integers(0, 20), st.integers(1, 20))
def test_a_range_gives_the_bytes_that_it_names(first: int, length: int, size: int) -> None:
    data = bytes(range(size))
    last = first + length
    try:
        found = ranges.parse(f"bytes={first}-{last}", size)
    except InvalidRangeError:
        assert first >= size
        return

    assert found is not None
    assert data[found.start : found.end] == data[first : last + 1]


@given(st.text(max_size=40), st.integers(0, 2**43))
def test_no_header_breaks_it(header: str, size: int) -> None:
    try:
        found = ranges.parse(f"bytes={header}", size)
    except InvalidRangeError:
        return

    assert found is None or (found.end is not None and 0 <= found.start < found.end <= size)
