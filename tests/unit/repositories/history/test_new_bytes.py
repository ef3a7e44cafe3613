"""The bytes that really were new."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keyshelf.repositories.formats import nodes
from keyshelf.repositories.formats.entries import Entry, FileEntry, FolderEntry
from keyshelf.repositories.formats.nodes import Fanout, NodeKind
from keyshelf.repositories.history.folders import walk
from keyshelf.repositories.history.lists import FileChunks
from keyshelf.repositories.history.new_bytes import NewBytes, NewBytesOptions, new_bytes
from tests.unit.repositories.history.kit import History, link_to, listed, random_bytes

pytestmark = pytest.mark.anyio
MOST_CHUNK = 4096
BIG = random_bytes(2_000_000)


async def chunks_in(history: History, root: FolderEntry) -> dict[bytes, int]:
    found: dict[bytes, int] = {}
    for _, entry in await listed(walk(history.reader(), root)):
        if isinstance(entry, FileEntry):
            chunks = FileChunks(history.reader(), entry)
            while chunk := await chunks.next():
                found[chunk.id] = chunk.size
    return found


async def test_an_edit_in_the_middle_adds_little() -> None:
    history = History()
    before = await history.tree({b"a/big": history.store(BIG)})
    edited = BIG[:1_000_000] + b"edit" + BIG[1_000_000:]
    after = await history.tree({b"a/big": history.store(edited)})

    found = await new_bytes(history.reader(), before, after)

    assert 0 < found.size <= 3 * MOST_CHUNK
    assert not found.is_most
    old, new = await chunks_in(history, before), await chunks_in(history, after)
    assert found.size == sum(size for chunk, size in new.items() if chunk not in old)


async def test_the_equal_parts_of_lists_are_not_read() -> None:
    history = History()
    data = random_bytes(6_000_000)
    before = await history.tree({b"big": history.store(data)})
    after = await history.tree({b"big": history.store(data + b"more")})

    await new_bytes(history.reader(), before, after)

    lists = (await history.file(after, b"big")).depth
    assert len(history.carrier.read) <= 2 * (1 + lists) + 2


async def test_what_moved_is_not_new_and_what_is_new_twice_counts_once() -> None:
    history = History()
    new = random_bytes(50_000, seed=2)
    before = await history.tree({b"one": history.store(BIG), b"two": history.store(b"two")})
    after = await history.tree(
        {
            b"moved/one": history.store(b"edited" + BIG),
            b"two": history.store(new),
            b"three": history.store(new),
            b"link": link_to(b"two"),
        }
    )

    found = await new_bytes(history.reader(), before, after)

    assert len(new) < found.size <= len(new) + 3 * MOST_CHUNK
    first = await new_bytes(history.reader(), None, after)
    assert first.size == sum((await chunks_in(history, after)).values())
    assert (await new_bytes(history.reader(), after, after)).size == 0
    assert (await new_bytes(history.reader(), after, None)).size == 0


async def test_a_copy_of_what_stayed_is_not_new() -> None:
    history = History()
    one = history.store(BIG)
    before = await history.tree({b"a/one": one, b"b": history.store(b"b")})
    after = await history.tree({b"a/one": one, b"copy": one, b"new": history.store(b"new")})

    assert await new_bytes(history.reader(), before, after) == NewBytes(3, is_most=False)
    short = NewBytesOptions(most_entries=1)
    bound = await new_bytes(history.reader(), before, after, options=short)
    assert bound.is_most
    assert bound.size >= len(BIG)


async def test_parts_of_what_stayed_are_told_from_new_bytes_when_exactness_is_asked_for() -> None:
    history = History()
    one = history.store(BIG)
    before = await history.tree({b"one": one})
    after = await history.tree({b"one": one, b"longer": history.store(BIG + b"more")})

    quick = await new_bytes(history.reader(), before, after)
    exact = await new_bytes(history.reader(), before, after, options=NewBytesOptions(is_exact=True))

    assert quick.size > 500_000
    assert 4 <= exact.size <= MOST_CHUNK


async def test_what_cannot_be_compared_counts_and_is_said() -> None:
    history = History()
    before = await history.tree({b"big": history.store(BIG)})
    after = await history.tree({b"big": history.store(BIG[:-1])})

    found = await new_bytes(history.reader(), before, after, options=NewBytesOptions(most_ids=100))

    assert found.is_most
    assert MOST_CHUNK < found.size <= len(BIG)


PIECES = [Random(number).randbytes(3_000) for number in range(6)]
CONTENTS = st.lists(st.sampled_from(PIECES), max_size=8).map(b"".join)
FILES = st.dictionaries(st.sampled_from([b"a", b"b/c", b"b/d", b"e"]), CONTENTS)


@settings(max_examples=60, deadline=None)
@given(trees=st.tuples(FILES, FILES))
async def test_the_bytes_that_are_new_are_those_of_chunks_that_were_nowhere(
    trees: tuple[dict[bytes, bytes], dict[bytes, bytes]],
) -> None:
    history = History()
    with pytest.MonkeyPatch.context() as patch:
        # So few in a node that small files have deep lists.
        patch.setitem(nodes.FANOUT, NodeKind.LIST, Fanout(2, 3, 6))
        roots: list[FolderEntry] = []
        for files in trees:
            tree: dict[bytes, Entry] = {
                path: history.store(content) for path, content in files.items()
            }
            roots.append(await history.tree(tree))

    exact = await new_bytes(history.reader(), *roots, options=NewBytesOptions(is_exact=True))
    quick = await new_bytes(history.reader(), *roots)

    old, new = [await chunks_in(history, root) for root in roots]
    assert exact.size == sum(size for chunk, size in new.items() if chunk not in old)
    assert exact.size <= quick.size <= sum(new.values())
