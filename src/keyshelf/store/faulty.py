"""A store that fails where it is told to: for tests of what comes after a failure.

faulty = FaultyStore(store)
faulty.lose_answer("put", call=2)     # the second put happens, and its caller sees a failure
faulty.kill("delete", after=True)     # the first delete happens, then the process dies
"""

import os
import signal
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import TypeVar

import anyio

from keyshelf.layout.keys import ObjectKey
from keyshelf.store.base import (
    Body,
    ByteRange,
    Capabilities,
    CompletedPart,
    Condition,
    DeleteResult,
    ListPage,
    NewObject,
    ObjectMeta,
    ObjectReader,
    ObjectStore,
    OpenUpload,
    Part,
    PresignOptions,
    PutOptions,
    PutResult,
    SignedRequest,
    WriteCondition,
)
from keyshelf.store.errors import StoreUnavailableError

T = TypeVar("T")
R = TypeVar("R")
_PUT = PutOptions()
_PRESIGN = PresignOptions()


class _Moment(Enum):
    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class Hold:
    """A call that waits: `reached` says that it has come, `release` lets it go on."""

    reached: anyio.Event = field(default_factory=anyio.Event)
    release: anyio.Event = field(default_factory=anyio.Event)


class FaultyStore:
    """Any store, with faults planned by the name of a method and the number of its call.

    Calls of a method are numbered from 1; of a batch, each object is a call. `list` and
    `list_uploads` count once, when their first item is asked for.
    """

    def __init__(self, inner: ObjectStore) -> None:
        self.calls: list[str] = []
        """The names of the methods called, in order."""
        self._counts = Counter[str]()
        self._inner = inner
        self._plans: dict[tuple[str, int, _Moment], Callable[[], Awaitable[None]]] = {}

    def fail(self, method: str, *, call: int = 1, error: Exception | None = None) -> None:
        """Raise instead of doing what a call asks."""
        self._plan(method, call, _Moment.BEFORE, _raising(error))

    def lose_answer(self, method: str, *, call: int = 1, error: Exception | None = None) -> None:
        """Do what a call asks, then raise as if the answer had been lost."""
        self._plan(method, call, _Moment.AFTER, _raising(error))

    def hold(self, method: str, *, call: int = 1, after: bool = False) -> Hold:
        """Let a call wait, before or after it is done, until the test releases it."""
        hold = Hold()

        async def wait() -> None:
            hold.reached.set()
            await hold.release.wait()

        self._plan(method, call, _Moment.AFTER if after else _Moment.BEFORE, wait)
        return hold

    def kill(self, method: str, *, call: int = 1, after: bool = False) -> None:
        """Kill this process as `kill -9` does, before or after a call is done."""

        async def die() -> None:
            os.kill(os.getpid(), signal.SIGKILL)

        self._plan(method, call, _Moment.AFTER if after else _Moment.BEFORE, die)

    def _plan(
        self, method: str, call: int, moment: _Moment, act: Callable[[], Awaitable[None]]
    ) -> None:
        self._plans[method, call, moment] = act

    async def _call(self, method: str, act: Callable[[], Awaitable[T]]) -> T:
        number = self._arrive(method)
        await self._act(method, number, _Moment.BEFORE)
        result = await act()
        await self._act(method, number, _Moment.AFTER)
        return result

    async def _batch(
        self, method: str, items: Sequence[T], act: Callable[[Sequence[T]], Awaitable[Sequence[R]]]
    ) -> Sequence[R]:
        """Do what a batch asks, in as many pieces as there are faults planned for its items."""
        results: list[R] = []
        waiting: list[T] = []
        for item in items:
            number = self._arrive(method)
            if (method, number, _Moment.BEFORE) in self._plans:
                results += await act(waiting)
                waiting = []
                await self._act(method, number, _Moment.BEFORE)
            waiting.append(item)
            if (method, number, _Moment.AFTER) in self._plans:
                results += await act(waiting)
                waiting = []
                await self._act(method, number, _Moment.AFTER)
        results += await act(waiting)
        return results

    def _arrive(self, method: str) -> int:
        self.calls.append(method)
        self._counts[method] += 1
        return self._counts[method]

    async def _act(self, method: str, number: int, moment: _Moment) -> None:
        planned = self._plans.pop((method, number, moment), None)
        if planned is not None:
            await planned()

    @property
    def capabilities(self) -> Capabilities:
        """What the inner store can do."""
        return self._inner.capabilities

    async def head(self, key: ObjectKey) -> ObjectMeta:
        """See `ObjectStore`."""
        return await self._call("head", lambda: self._inner.head(key))

    async def get(
        self, key: ObjectKey, *, byte_range: ByteRange | None = None, if_match: str | None = None
    ) -> ObjectReader:
        """See `ObjectStore`."""
        return await self._call(
            "get", lambda: self._inner.get(key, byte_range=byte_range, if_match=if_match)
        )

    async def put(self, key: ObjectKey, body: Body, options: PutOptions = _PUT) -> ObjectMeta:
        """See `ObjectStore`."""
        return await self._call("put", lambda: self._inner.put(key, body, options))

    async def put_many(self, objects: Sequence[NewObject]) -> Sequence[PutResult]:
        """See `ObjectStore`; each object is a call of `put`, and what comes before it is written.

        A batch without a fault in it goes to the store whole.
        """
        return await self._batch("put", objects, self._inner.put_many)

    async def get_many(self, keys: Sequence[ObjectKey]) -> Sequence[bytes | None]:
        """See `ObjectStore`; each key is a call of `get`."""
        return await self._batch("get", keys, self._inner.get_many)

    async def delete(self, key: ObjectKey) -> None:
        """See `ObjectStore`."""
        await self._call("delete", lambda: self._inner.delete(key))

    async def delete_many(self, keys: Sequence[ObjectKey]) -> Sequence[DeleteResult]:
        """See `ObjectStore`."""
        return await self._call("delete_many", lambda: self._inner.delete_many(keys))

    async def copy(
        self, source: ObjectKey, destination: ObjectKey, *, replace: bool = True
    ) -> ObjectMeta:
        """See `ObjectStore`."""
        return await self._call(
            "copy", lambda: self._inner.copy(source, destination, replace=replace)
        )

    async def list(
        self, prefix: str = "", *, start_after: str | None = None, delimiter: str | None = None
    ) -> AsyncIterator[ListPage]:
        """See `ObjectStore`."""
        number = self._arrive("list")
        await self._act("list", number, _Moment.BEFORE)
        async for page in self._inner.list(prefix, start_after=start_after, delimiter=delimiter):
            yield page
        await self._act("list", number, _Moment.AFTER)

    async def get_tags(self, key: ObjectKey) -> Mapping[str, str]:
        """See `ObjectStore`."""
        return await self._call("get_tags", lambda: self._inner.get_tags(key))

    async def set_tags(self, key: ObjectKey, tags: Mapping[str, str]) -> None:
        """See `ObjectStore`."""
        await self._call("set_tags", lambda: self._inner.set_tags(key, tags))

    async def create_upload(self, key: ObjectKey, options: PutOptions = _PUT) -> str:
        """See `ObjectStore`."""
        return await self._call("create_upload", lambda: self._inner.create_upload(key, options))

    async def upload_part(self, key: ObjectKey, upload_id: str, number: int, body: Body) -> Part:
        """See `ObjectStore`."""
        return await self._call(
            "upload_part", lambda: self._inner.upload_part(key, upload_id, number, body)
        )

    async def list_parts(self, key: ObjectKey, upload_id: str) -> Sequence[Part]:
        """See `ObjectStore`."""
        return await self._call("list_parts", lambda: self._inner.list_parts(key, upload_id))

    async def complete_upload(
        self,
        key: ObjectKey,
        upload_id: str,
        parts: Sequence[CompletedPart],
        *,
        condition: WriteCondition = Condition.ALWAYS,
    ) -> ObjectMeta:
        """See `ObjectStore`."""
        return await self._call(
            "complete_upload",
            lambda: self._inner.complete_upload(key, upload_id, parts, condition=condition),
        )

    async def abort_upload(self, key: ObjectKey, upload_id: str) -> None:
        """See `ObjectStore`."""
        await self._call("abort_upload", lambda: self._inner.abort_upload(key, upload_id))

    async def list_uploads(self, prefix: str = "") -> AsyncIterator[OpenUpload]:
        """See `ObjectStore`."""
        number = self._arrive("list_uploads")
        await self._act("list_uploads", number, _Moment.BEFORE)
        async for upload in self._inner.list_uploads(prefix):
            yield upload
        await self._act("list_uploads", number, _Moment.AFTER)

    async def presign(
        self, method: str, key: ObjectKey, options: PresignOptions = _PRESIGN
    ) -> SignedRequest:
        """See `ObjectStore`."""
        return await self._call("presign", lambda: self._inner.presign(method, key, options))

    async def check(self) -> None:
        """See `ObjectStore`."""
        await self._call("check", self._inner.check)

    async def aclose(self) -> None:
        """See `ObjectStore`."""
        await self._call("aclose", self._inner.aclose)


def _raising(error: Exception | None) -> Callable[[], Awaitable[None]]:
    async def act() -> None:
        raise error or StoreUnavailableError("the store failed, as a test planned")

    return act
