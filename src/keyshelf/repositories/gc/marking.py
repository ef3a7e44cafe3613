"""Marking what is reachable, in a table: however much it is, memory holds a little of it."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from uuid import UUID

import anyio

from keyshelf.database.transactions import ReadTransaction, Transaction
from keyshelf.errors import ConflictError
from keyshelf.layout.repository import CommitHash
from keyshelf.repositories import references
from keyshelf.repositories.catalog.values import RepositoryNumber, RepositoryRecord
from keyshelf.repositories.direct.carrier import DirectCarrier
from keyshelf.repositories.formats.ids import Keys
from keyshelf.repositories.gc import queries
from keyshelf.repositories.gc.queries import Horizon, Reach
from keyshelf.repositories.parts import RepositoryParts
from keyshelf.repositories.reading import Reader
from keyshelf.repositories.references import MANIFESTS_AT_ONCE, Named

_IDENTITY = "collector"
_END_SECONDS = 10

Transactions = Callable[[], AbstractAsyncContextManager[Transaction]]
"""Opens a transaction for each batch of marks, or gives always the same one."""
OnMarked = Callable[[int], Awaitable[None]]


class CollectionLostError(ConflictError):
    """What was marked is gone, with a crash of the database or after days. Collect again."""

    code = "collection-lost"


@dataclass(slots=True)
class Marks:
    """What one run has found reachable, and as of when."""

    parts: RepositoryParts
    number: RepositoryNumber
    reader: Reader
    run: UUID
    on_marked: OnMarked
    are_dropped: bool = False
    """Whether the rows of commits that may go are gone, and those that remain stay."""
    nodes: int = 0
    """How many nodes were read."""
    _as_of: dict[Reach, int] = field(default_factory=dict[Reach, int])

    async def follow(self, reach: Reach, horizon: Horizon) -> None:
        """Mark all that refs, or commits that do not go, lead to; again only what is new."""
        await self._follow(reach, horizon, self.parts.database.transaction)

    async def hold(self, tx: Transaction, horizon: Horizon, *reaches: Reach) -> None:
        """Make the marks complete as of a transaction that holds the repository.

        Nobody can change a ref until it ends, so it looks again at what changed since
        `follow`, which is little. Raises `CollectionLostError`.
        """
        if not await queries.hold_marks(tx, self.run):
            raise CollectionLostError("what was marked is gone: collect again")
        for reach in reaches:
            await self._follow(reach, horizon, lambda: nullcontext(tx))

    async def _follow(self, reach: Reach, horizon: Horizon, transactions: Transactions) -> None:
        if self._as_of.get(reach) == horizon.generation:
            return
        async with transactions() as tx:
            commits = await self._unmarked(tx, reach, horizon)
        for start in range(0, len(commits), MANIFESTS_AT_ONCE):
            some = commits[start : start + MANIFESTS_AT_ONCE]
            await self._walk(some, reach, transactions)
            async with transactions() as tx:
                await queries.mark_commits(tx, self.run, some, reach)
        self._as_of[reach] = horizon.generation

    async def _unmarked(
        self, tx: ReadTransaction, reach: Reach, horizon: Horizon
    ) -> list[CommitHash]:
        if reach is Reach.REFS:
            return await queries.unmarked_by_refs(tx, self.number, self.run)
        return await queries.unmarked_rows(tx, horizon, are_dropped=self.are_dropped)

    async def _walk(
        self, commits: Sequence[CommitHash], reach: Reach, transactions: Transactions
    ) -> None:
        async def claim(named: Sequence[Named]) -> Sequence[Named]:
            # Of those that are named twice any will do.
            known = {(each.id, each.kind): each for each in named}
            async with transactions() as tx:
                fresh = await queries.mark(tx, self.run, list(known.values()), reach)
            return [known[each] for each in fresh]

        async def open_nodes(batch: Sequence[Named]) -> Sequence[Named]:
            read = await references.read_nodes(self.reader, batch)
            self.nodes += len(read)
            await self.on_marked(self.nodes)
            return [each for _, named in read for each in named]

        roots = await references.read_roots(self.reader, commits)
        await references.walk(roots, claim=claim, open_nodes=open_nodes)


@asynccontextmanager
async def marking(
    parts: RepositoryParts, record: RepositoryRecord, keys: Keys | None, on_marked: OnMarked
) -> AsyncGenerator[Marks]:
    """Give the marks of a new run, and forget them at the end; upkeep does so after a crash."""
    run = parts.new_id()
    async with parts.database.transaction() as tx:
        await queries.begin_run(tx, run, now=parts.clock())
    carrier = DirectCarrier(parts, record, record.opened(keys), _IDENTITY)
    try:
        yield Marks(parts, record.number, Reader(carrier), run, on_marked)
    finally:
        with anyio.move_on_after(_END_SECONDS, shield=True):
            async with parts.database.transaction() as tx:
                await queries.end_run(tx, run)
