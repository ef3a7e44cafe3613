"""Cutting: the same cuts for ever, whatever a file gives at a time."""

import io
import json

from hypothesis import given, settings
from hypothesis import strategies as st

from keyshelf.repositories.chunking import BLOCK_BYTES, Cutting, chunks_of
from keyshelf.repositories.formats import ids
from tests.house.tree import ROOT

GOLDEN = ROOT / "tests/formats/fastcdc.json"


class Dribbling(io.RawIOBase):
    """Gives at most so many bytes at a time."""

    def __init__(self, data: bytes, at_most: int) -> None:
        self._data = io.BytesIO(data)
        self._at_most = at_most

    def readinto(self, buffer: memoryview, /) -> int:
        return self._data.readinto(buffer[: self._at_most])


def known_bytes(count: int) -> bytes:
    """Bytes that look random and are the same everywhere: a linear congruential generator."""
    state, out = 1, bytearray()
    while len(out) < count:
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        out += state.to_bytes(8, "big")[:4]
    return bytes(out[:count])


def cuts(data: bytes, at_most: int = 2**30) -> list[tuple[int, str]]:
    return [
        (len(chunk), ids.chunk_id(chunk, None))
        for chunk in chunks_of(Dribbling(data, at_most), Cutting())
    ]


def test_known_content_is_cut_as_ever() -> None:
    # A difference cuts every file anew: pin the library, do not mend the file.
    golden = json.loads(GOLDEN.read_text())

    assert cuts(known_bytes(2_000_000)) == [(size, chunk) for size, chunk in golden["random"]]
    assert cuts(bytes(600_000)) == [(size, chunk) for size, chunk in golden["zeros"]]


@settings(max_examples=5, deadline=None)
@given(st.integers(1, 200_000))
def test_how_much_comes_at_a_time_changes_nothing(at_most: int) -> None:
    data = known_bytes(1_000_000)

    assert cuts(data, at_most) == cuts(data)


def test_cuts_do_not_depend_on_where_blocks_end() -> None:
    piece = known_bytes(1_000_003)
    data = piece * (2 * BLOCK_BYTES // len(piece) + 1)

    chunks = cuts(data)

    assert sum(size for size, _ in chunks) == len(data)
    # After the first chunks the repeated piece is cut at the same places each time.
    assert len({chunk for _, chunk in chunks}) < 3 * len(cuts(piece))


def test_an_empty_file_has_no_chunk() -> None:
    assert cuts(b"") == []


def test_an_edit_changes_few_chunks() -> None:
    data = bytearray(known_bytes(3_000_000))
    before = {chunk for _, chunk in cuts(bytes(data))}
    data[1_500_000:1_500_000] = b"inserted"

    after = {chunk for _, chunk in cuts(bytes(data))}

    assert len(after - before) <= 3
