"""Cutting: the same cuts for ever, whatever a file gives at a time."""

import json
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from keyshelf.repositories.chunking import BLOCK_BYTES, Buffers, Cutting, blocks_of, chunks_of
from keyshelf.repositories.formats import ids
from tests.house.tree import ROOT

GOLDEN = ROOT / "tests/formats/fastcdc.json"


class Dribbling:
    """Gives some bytes at a time, as many as a source of numbers says."""

    def __init__(self, data: bytes, sizes: Callable[[], int]) -> None:
        self._data = memoryview(data)
        self._sizes = sizes

    def readinto(self, buffer: memoryview, /) -> int:
        count = min(self._sizes(), len(buffer), len(self._data))
        buffer[:count] = self._data[:count]
        self._data = self._data[count:]
        return count


@cache
def known_bytes(count: int) -> bytes:
    """Bytes that look random and are the same everywhere: a linear congruential generator."""
    state, out = 1, bytearray()
    while len(out) < count:
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        out += state.to_bytes(8, "big")[:4]
    return bytes(out[:count])


def cuts(data: bytes, sizes: Callable[[], int] = lambda: 2**30) -> list[tuple[int, str]]:
    return [
        (len(chunk), ids.chunk_id(chunk, None))
        for chunk in chunks_of(Dribbling(data, sizes), Cutting())
    ]


def test_known_content_is_cut_as_ever() -> None:
    # A difference cuts every file anew: pin the library, do not mend the file.
    golden = json.loads(GOLDEN.read_text())

    assert cuts(known_bytes(2_000_000)) == [(size, chunk) for size, chunk in golden["random"]]
    assert cuts(bytes(600_000)) == [(size, chunk) for size, chunk in golden["zeros"]]


@settings(max_examples=10, deadline=None)
@given(st.integers(1, 400_000), st.integers())
def test_how_much_comes_at_a_time_changes_nothing(at_most: int, seed: int) -> None:
    data = known_bytes(1_000_000)
    numbers = random.Random(seed)

    assert cuts(data, lambda: numbers.randint(1, at_most)) == cuts(data)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 2_000_000))
def test_how_large_a_file_is_taken_for_changes_nothing(size: int) -> None:
    data = known_bytes(1_000_000)

    blocks = blocks_of(Dribbling(data, lambda: 2**30), Cutting(), size)

    found = [chunk for block in blocks for chunk in block.chunks()]
    assert [(len(chunk), ids.chunk_id(chunk, None)) for chunk in found] == cuts(data)


def test_memory_is_given_again_when_nobody_views_any_of_it() -> None:
    buffers = Buffers()
    first = buffers.take(1000)
    memory, part = first.obj, first[10:20]
    first.release()

    while_viewed = buffers.take(1000).obj
    part.release()
    afterwards = {id(view.obj) for view in [buffers.take(1000), buffers.take(1000)]}

    assert while_viewed is not memory
    assert id(memory) in afterwards


def test_memory_that_is_too_small_is_not_given() -> None:
    buffers = Buffers()
    buffers.take(10).release()

    assert len(buffers.take(1000)) == 1000


def test_how_many_threads_cut_changes_nothing() -> None:
    golden = json.loads(GOLDEN.read_text())
    expected = [(size, chunk) for size, chunk in golden["random"]]

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(cuts, [known_bytes(2_000_000)] * 16))

    assert found == [expected] * 16


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
