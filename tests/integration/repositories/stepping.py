"""Running several actors one step at a time, in an order that a seed chooses.

A step is one statement, one commit, or one object of the store. An actor that waits for a
lock of the database is let wait while the others go on.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from random import Random
from typing import LiteralString

import anyio

from keyshelf.database.pool import Database
from keyshelf.database.transactions import (
    AfterCommit,
    Parameters,
    ReadTransaction,
    Row,
    Transaction,
)
from keyshelf.layout.keys import ObjectKey
from keyshelf.store.base import DeleteResult, NewObject, PutResult
from keyshelf.store.memory import MemoryStore
from tests.patience import PATIENCE

_LOCKED_SECONDS = 0.03
"""An actor that has not come to its next step by then probably waits for another."""
_NO_PARAMETERS: Parameters = {}
_actor: ContextVar[int | None] = ContextVar("actor", default=None)
_TURN = 0.1
"""How likely it is that another actor has its turn after a step."""


@dataclass
class Stepper:
    """Holds every step until it is chosen.

    One actor goes on for as long as it can and another is held for as long: what comes
    to light when one is very slow comes seldom where all go on evenly.
    """

    seed: int
    steps: int = 0
    _waiting: list[tuple[int, anyio.Event]] = field(default_factory=list[tuple[int, anyio.Event]])
    _moved: anyio.Event = field(default_factory=anyio.Event)
    _running: int = 0

    async def step(self) -> None:
        """Wait to be chosen; whoever is no actor goes on at once."""
        actor = _actor.get()
        if actor is None:
            return
        chosen = anyio.Event()
        self._waiting.append((actor, chosen))
        self._moved.set()
        await chosen.wait()

    async def run(self, actors: Sequence[Callable[[], Awaitable[None]]]) -> None:
        """Run actors to their ends. Raises when nobody can go on."""
        random = Random(self.seed)
        turns = random.sample(range(len(actors)), len(actors))
        async with anyio.create_task_group() as group:
            for number, actor in enumerate(actors):
                self._running += 1
                group.start_soon(self._act, number, actor)
            while self._running:
                if not self._waiting:
                    with anyio.fail_after(PATIENCE):
                        await self._moved.wait()
                    self._moved = anyio.Event()
                    continue
                self._moved = anyio.Event()
                chosen = min(self._waiting, key=lambda each: turns.index(each[0]))
                self._waiting.remove(chosen)
                chosen[1].set()
                self.steps += 1
                if random.random() < _TURN:
                    turns.remove(chosen[0])
                    turns.append(chosen[0])
                with anyio.move_on_after(_LOCKED_SECONDS):
                    await self._moved.wait()

    async def _act(self, number: int, actor: Callable[[], Awaitable[None]]) -> None:
        _actor.set(number)
        try:
            await actor()
        finally:
            self._running -= 1
            self._moved.set()


class SteppedDatabase(Database):
    """A database whose statements and commits are steps."""

    def __init__(self, inner: Database, stepper: Stepper) -> None:
        self._inner = inner
        self._stepper = stepper

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[Transaction]:
        async with self._inner.transaction() as tx:
            yield _SteppedTransaction(tx, self._stepper)
            await self._stepper.step()

    @asynccontextmanager
    async def read(self) -> AsyncGenerator[ReadTransaction]:
        async with self._inner.read() as tx:
            yield _SteppedRead(tx, self._stepper)


class _SteppedRead(ReadTransaction):
    def __init__(self, inner: ReadTransaction, stepper: Stepper) -> None:
        self._inner = inner
        self._stepper = stepper

    async def all(self, sql: LiteralString, params: Parameters = _NO_PARAMETERS) -> list[Row]:
        await self._stepper.step()
        return await self._inner.all(sql, params)

    async def one(self, sql: LiteralString, params: Parameters = _NO_PARAMETERS) -> Row | None:
        await self._stepper.step()
        return await self._inner.one(sql, params)

    async def stream(
        self, sql: LiteralString, params: Parameters = _NO_PARAMETERS, *, batch: int = 1000
    ) -> AsyncIterator[Row]:
        await self._stepper.step()
        async for row in self._inner.stream(sql, params, batch=batch):
            yield row


class _SteppedTransaction(_SteppedRead, Transaction):
    def __init__(self, inner: Transaction, stepper: Stepper) -> None:
        self._inner: Transaction = inner
        self._stepper = stepper

    async def execute(self, sql: LiteralString, params: Parameters = _NO_PARAMETERS) -> int:
        await self._stepper.step()
        return await self._inner.execute(sql, params)

    def on_commit(self, callback: AfterCommit) -> None:
        self._inner.on_commit(callback)


class SteppedStore(MemoryStore):
    """A store whose every object is a step."""

    def __init__(self, stepper: Stepper) -> None:
        super().__init__()
        self._stepper = stepper

    async def put_many(self, objects: Sequence[NewObject]) -> Sequence[PutResult]:
        results: list[PutResult] = []
        for each in objects:
            await self._stepper.step()
            results += await super().put_many([each])
        return results

    async def get_many(self, keys: Sequence[ObjectKey]) -> Sequence[bytes | None]:
        await self._stepper.step()
        return await super().get_many(keys)

    async def delete_many(self, keys: Sequence[ObjectKey]) -> Sequence[DeleteResult]:
        results: list[DeleteResult] = []
        for each in keys:
            await self._stepper.step()
            results += await super().delete_many([each])
        return results
