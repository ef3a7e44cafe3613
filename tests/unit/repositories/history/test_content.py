"""The bytes of a file, or some of them."""

from contextlib import aclosing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from keyshelf.layout.repository import ChunkId
from keyshelf.repositories.formats.entries import FileEntry
from keyshelf.repositories.history.content import DamagedFileError, content
from keyshelf.repositories.history.lists import FileChunks
from keyshelf.repositories.reading import Reader
from tests.unit.repositories.history.kit import History, random_bytes

pytestmark = pytest.mark.anyio
DATA = random_bytes(400_000)


async def joined(reader: Reader, entry: FileEntry, start: int = 0, end: int | None = None) -> bytes:
    pieces = [piece async for piece in content(reader, entry, start=start, end=end, path=b"a/b")]
    assert all(pieces)
    return b"".join(pieces)


@settings(max_examples=60, deadline=None)
@given(
    size=st.sampled_from([0, 1, 1_000, 9_000, 400_000]),
    start=st.integers(0, 450_000),
    length=st.none() | st.integers(0, 450_000),
)
async def test_any_range_of_a_file_is_read(size: int, start: int, length: int | None) -> None:
    history = History()
    entry = history.store(DATA[:size])
    end = None if length is None else start + length

    found = await joined(history.reader(), entry, start, end)

    assert found == DATA[:size][start:end]


async def test_a_few_bytes_of_a_large_file_read_few_chunks() -> None:
    history = History()
    data = random_bytes(6_000_000)
    entry = history.store(data)
    assert entry.depth > 1

    found = await joined(history.reader(), entry, 5_000_000, 5_000_010)

    assert found == data[5_000_000:5_000_010]
    assert len(history.carrier.read) <= entry.depth + 2


async def test_a_reader_that_leaves_early_leaves_nothing_running() -> None:
    history = History()
    entry = history.store(DATA)

    async with aclosing(content(history.reader(), entry)) as pieces:
        first = await anext(pieces)

    assert DATA.startswith(first)


@pytest.mark.parametrize("harm", ["lost", "changed"])
async def test_damage_names_the_file_and_the_chunk(harm: str) -> None:
    history = History()
    entry = history.store(DATA)
    chunks = FileChunks(history.reader(), entry, start=200_000)
    ref = await chunks.next()
    assert ref is not None
    chunk = ChunkId(ref.id.hex())
    if harm == "lost":
        del history.carrier.chunks[chunk]
    else:
        framed = bytearray(history.carrier.chunks[chunk])
        framed[-1] ^= 1
        history.carrier.chunks[chunk] = bytes(framed)

    with pytest.raises(DamagedFileError) as damaged:
        await joined(history.reader(), entry)

    assert damaged.value.extras == {"path": "a/b", "chunk": chunk}
    assert "a/b" in damaged.value.detail


@pytest.mark.parametrize("size", [0, 1, 399_999, 400_001])
async def test_an_entry_that_lies_about_its_size_is_damage(size: int) -> None:
    history = History()
    for data in (DATA, DATA[:200]):
        entry = history.store(data)

        with pytest.raises(DamagedFileError):
            await joined(history.reader(), replace(entry, size=size or 10**9))


async def test_an_entry_without_content_that_claims_bytes_is_damage() -> None:
    history = History()

    with pytest.raises(DamagedFileError):
        await joined(history.reader(), FileEntry(b"x", 0o644, 0, 10))
