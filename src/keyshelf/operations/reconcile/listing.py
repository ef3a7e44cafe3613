"""Listing a bucket in order, and where that is quicker in several places at once."""

from bisect import bisect_right
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from operator import attrgetter

import anyio
from anyio.abc import TaskGroup
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream

from keyshelf.concurrency import read_ahead, together
from keyshelf.store.base import ObjectMeta, ObjectStore

STRIDE = 9_950
"""How many keys that are expected lie between two places at which a listing begins: ten pages of
most stores, with room for some keys that are not expected."""

_PLACES = 4
_PAGES_AHEAD = 12
"""Of each place: a stride and a little more. So at most so many times `_PLACES` pages are held."""
_SEEKING = frozenset({"s3", "gcs"})
"""The stores that begin a listing anywhere at once, and answer slowly enough for that to pay."""
_KEY = attrgetter("key")

_Objects = Sequence[ObjectMeta]


def seeks(store: ObjectStore) -> bool:
    """Say whether a listing of a store may as well begin in its middle."""
    return store.capabilities.kind in _SEEKING


async def between(
    store: ObjectStore, after: str, upto: str | None = None
) -> AsyncGenerator[_Objects]:
    """Give the objects after a key, and up to another one, in the order of keys."""
    async for page in store.list(start_after=after or None):
        objects = page.objects
        if upto is not None and objects and objects[-1].key >= upto:
            yield objects[: bisect_right(objects, upto, key=_KEY)]
            return
        yield objects


@asynccontextmanager
async def listed(
    store: ObjectStore, after: str, landmarks: AsyncIterator[str] | None
) -> AsyncGenerator[AsyncIterator[_Objects]]:
    """Give all objects after a key, in the order of keys, some pages of which are read ahead.

    With landmarks, what lies between one and the next is listed beside what follows.
    """
    if landmarks is None or not seeks(store):
        async with read_ahead(between(store, after), items=_PAGES_AHEAD) as pages:
            yield pages
        return
    send, receive = anyio.create_memory_object_stream[MemoryObjectReceiveStream[_Objects]](_PLACES)
    async with together() as group:
        group.start_soon(_begin_all, group, store, after, landmarks, send)
        async with receive:
            yield _chained(receive)
            group.cancel_scope.cancel()


async def _begin_all(
    group: TaskGroup,
    store: ObjectStore,
    after: str,
    landmarks: AsyncIterator[str],
    send: MemoryObjectSendStream[MemoryObjectReceiveStream[_Objects]],
) -> None:
    async def begin(start: str, upto: str | None) -> None:
        feed, pages = anyio.create_memory_object_stream[_Objects](_PAGES_AHEAD)
        group.start_soon(_feed, between(store, start, upto), feed)
        await send.send(pages)

    async with send:
        async for upto in landmarks:
            await begin(after, upto)
            after = upto
        await begin(after, None)


async def _feed(pages: AsyncIterator[_Objects], feed: MemoryObjectSendStream[_Objects]) -> None:
    async with feed:
        async for page in pages:
            await feed.send(page)


async def _chained(
    places: AsyncIterator[MemoryObjectReceiveStream[_Objects]],
) -> AsyncIterator[_Objects]:
    async for pages in places:
        async with pages:
            async for page in pages:
                yield page
