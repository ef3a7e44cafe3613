"""What is remembered: pictures, versions of sources, refusals."""

from collections.abc import AsyncIterator
from datetime import timedelta

import anyio
import pytest
from anyio.abc import TaskGroup
from hypothesis import given
from hypothesis import strategies as st

from keyshelf.layout.keys import ObjectKey
from keyshelf.layout.media import ProcessingHash
from keyshelf.media.images.failures import UnreadableImageError
from keyshelf.media.images.formats import ImageFormat
from keyshelf.media.pictures.memory import PictureMemory
from keyshelf.media.pictures.refusals import Refusals
from keyshelf.media.pictures.values import Picture
from keyshelf.media.pictures.versions import MAX_AGE, SourceVersions
from keyshelf.store.base import ObjectMeta
from keyshelf.store.errors import ObjectNotFoundError
from keyshelf.store.memory import MemoryStore

KEY = ObjectKey("shared/a.jpg")
LONG = timedelta.max


def picture(name: str, size: int = 1000, source: ObjectKey = KEY) -> Picture:
    return Picture(ProcessingHash(name), source, ImageFormat.JPG, bytes(size), name)


class Hands:
    """A clock that moves when it is told to."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_the_longest_unused_picture_leaves_first() -> None:
    memory = PictureMemory(16_000, believed=LONG)
    for name in "abcdefghi":
        memory.put(picture(name), seen_at=0)
    memory.get(ProcessingHash("a"))

    memory.put(picture("j"), seen_at=0)
    memory.put(picture("k"), seen_at=0)

    assert memory.get(ProcessingHash("a")) is not None
    assert memory.get(ProcessingHash("b")) is None
    assert memory.bytes <= 16_000


def test_a_picture_that_would_push_out_the_others_is_not_held() -> None:
    memory = PictureMemory(16_000, believed=LONG)
    memory.put(picture("small"), seen_at=0)

    memory.put(picture("large", 3000), seen_at=0)

    assert (len(memory), memory.get(ProcessingHash("large"))) == (1, None)


def test_no_memory_holds_nothing() -> None:
    memory = PictureMemory(0, believed=LONG)

    memory.put(picture("a", 0), seen_at=0)

    assert (len(memory), memory.bytes) == (0, 0)


def test_a_picture_is_believed_for_a_moment_after_it_was_seen() -> None:
    hands = Hands()
    memory = PictureMemory(16_000, believed=timedelta(seconds=3), clock=hands)
    memory.put(picture("a"), seen_at=0)
    name = ProcessingHash("a")

    early = memory.get(name)
    hands.now = 3

    assert early is not None
    assert (memory.get(name), memory.held(name)) == (None, early)
    memory.put(early, seen_at=1)
    assert memory.get(name) is early


@given(
    st.lists(
        st.tuples(st.sampled_from("abcdefgh"), st.integers(0, 1200), st.booleans()), max_size=60
    )
)
def test_what_is_held_is_counted(steps: list[tuple[str, int, bool]]) -> None:
    memory = PictureMemory(9600, believed=LONG)
    for name, size, is_put in steps:
        if is_put:
            memory.put(picture(name, size, ObjectKey(name)), seen_at=0)
        else:
            memory.drop(ProcessingHash(name))
        held = [memory.get(ProcessingHash(each)) for each in "abcdefgh"]
        sizes = [len(each.data) + 600 for each in held if each]
        assert memory.bytes == sum(sizes) <= 9600


def test_a_refusal_is_remembered_for_a_moment() -> None:
    hands = Hands()
    refusals, name = Refusals(clock=hands), ProcessingHash("a")
    refusals.note(name, UnreadableImageError("damaged"))

    with pytest.raises(UnreadableImageError):
        refusals.raise_for(name)
    hands.now = 60
    refusals.raise_for(name)
    refusals.raise_for(ProcessingHash("another"))


class Counting(MemoryStore):
    """A store that counts, and can hold back what it says."""

    heads = 0
    holds: anyio.Event | None = None

    async def head(self, key: ObjectKey) -> ObjectMeta:
        self.heads += 1
        try:
            return await super().head(key)
        finally:
            if self.holds is not None:
                await self.holds.wait()


@pytest.fixture
async def group() -> AsyncIterator[TaskGroup]:
    async with anyio.create_task_group() as opened:
        yield opened
        opened.cancel_scope.cancel()


@pytest.mark.anyio
async def test_a_store_is_asked_once_a_second(group: TaskGroup) -> None:
    store, hands = Counting(), Hands()
    versions = SourceVersions(store, group, clock=hands)
    await store.put(KEY, b"one")

    found = [await versions.look(KEY) for _ in range(3)]
    known = versions.known(KEY)
    hands.now += MAX_AGE * 1.01
    await store.put(KEY, b"other")

    assert (found, known, store.heads) == ([found[0]] * 3, found[0], 1)
    assert versions.known(KEY) is None
    assert await versions.look(KEY) != found[0]


@pytest.mark.anyio
async def test_what_is_not_there_is_remembered_as_well(group: TaskGroup) -> None:
    store = Counting()
    versions = SourceVersions(store, group, clock=Hands())

    for _ in range(3):
        with pytest.raises(ObjectNotFoundError):
            await versions.look(KEY)

    assert store.heads == 1


@pytest.mark.anyio
async def test_an_answer_from_before_an_overwriting_is_not_believed_after_it(
    group: TaskGroup,
) -> None:
    store = Counting()
    versions = SourceVersions(store, group, clock=Hands())
    old = await store.put(KEY, b"old")
    store.holds = held = anyio.Event()

    async def look_before() -> None:
        assert (await versions.look(KEY)).etag == old.etag

    async with anyio.create_task_group() as askers:
        askers.start_soon(look_before)
        await anyio.wait_all_tasks_blocked()
        new = await store.put(KEY, b"new")
        versions.drop(KEY)
        store.holds = None
        seen = await versions.look(KEY)
        held.set()
        assert seen.etag == new.etag

    assert (await versions.look(KEY)).etag != old.etag
