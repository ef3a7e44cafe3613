"""Many chunks in one body: what was written is read again, however it arrives."""

from collections.abc import AsyncIterator

import anyio
import pytest
from hypothesis import given as for_any
from hypothesis import strategies as st

from keyshelf.layout.repository import ChunkId
from keyshelf.repositories.chunks.records import (
    IllegalRecordsError,
    given,
    read_given,
    read_sent,
    sent,
)

frames = st.binary(max_size=100)
ids = st.binary(min_size=32, max_size=32).map(lambda each: ChunkId(each.hex()))


async def pieces(body: bytes, size: int) -> AsyncIterator[bytes]:
    for start in range(0, len(body), size):
        yield body[start : start + size]


@for_any(st.dictionaries(ids, frames, min_size=1, max_size=5), st.integers(1, 300))
def test_what_is_sent_is_read_in_whatever_pieces(chunks: dict[ChunkId, bytes], size: int) -> None:
    body = b"".join(sent(*each) for each in chunks.items())

    assert anyio.run(read_sent, pieces(body, size)) == chunks


@for_any(st.lists(st.none() | frames, max_size=5))
def test_what_is_given_is_read(some: list[bytes | None]) -> None:
    assert list(read_given(given(some), len(some))) == some


@pytest.mark.parametrize("body", [b"", b"\x01\x00", b"\x02\x00\x00\x00a", b"\x00\x00\x00\x00more"])
def test_an_answer_with_other_than_what_was_asked_for_is_refused(body: bytes) -> None:
    with pytest.raises(IllegalRecordsError):
        read_given(body, 1)
