"""One run of the collector: mark, then decide on rows in transactions that hold the repository."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from keyshelf.database.transactions import Transaction
from keyshelf.layout.repository import ChunkId, chunk_key, manifest_key
from keyshelf.repositories.catalog.values import RepositoryRecord
from keyshelf.repositories.chunks import queries as chunk_rows
from keyshelf.repositories.deleting import queries as notes
from keyshelf.repositories.gc import queries
from keyshelf.repositories.gc.marking import CollectionLostError, Marks
from keyshelf.repositories.gc.queries import Horizon, Reach
from keyshelf.repositories.gc.sweeping import queries as sweeping
from keyshelf.repositories.gc.sweeping.queries import Swept
from keyshelf.repositories.gc.values import Collected, Deletion
from keyshelf.repositories.parts import RepositoryParts
from keyshelf.repositories.pushes import queries as push_rows
from keyshelf.repositories.values import RepositoryNotFoundError

_CHUNKS_AT_ONCE = 2000
"""How many chunks one transaction decides on: pushes wait for it."""

OnProgress = Callable[[int, int | None], Awaitable[None]]
"""Told how many chunks were looked at, and of how many when that is known."""


@dataclass(slots=True)
class Run:
    """A run on one repository, from one moment."""

    parts: RepositoryParts
    record: RepositoryRecord
    marks: Marks
    now: datetime
    cutoff: datetime
    """What was condemned until then may go."""
    on_progress: OnProgress

    async def look(self) -> Collected:
        """Return what `act` would do."""
        horizon = await self._ahead()
        await self.marks.follow(Reach.REFS, horizon)
        async with self.parts.database.read() as tx:
            commits = await sweeping.count_commits(tx, horizon)
        await self.marks.follow(Reach.ROWS, horizon)
        chunks = Swept()
        async for ids in self._slices():
            async with self.parts.database.read() as tx:
                if not await queries.has_marks(tx, self.marks.run):
                    raise CollectionLostError("what was marked is gone: look again")
                chunks += await sweeping.count_chunks(tx, horizon, ids)
        return _collected(commits, chunks)

    async def act(self) -> Collected:
        """Condemn and drop rows, and note their objects."""
        await self._end_expired()
        await self.marks.follow(Reach.REFS, await self._ahead())
        commits = await self._sweep_commits()
        self.marks.are_dropped = True
        chunks = Swept()
        await self._follow_all()
        async for ids in self._slices():
            # What came meanwhile is walked before the lock rather than with it.
            await self._follow_all()
            async with self.parts.database.transaction() as tx:
                horizon = await self._begin(tx)
                await self.marks.hold(tx, horizon, Reach.REFS, Reach.ROWS)
                _, swept = await self._sweep_chunks(tx, horizon, ids)
            chunks += swept
        return _collected(commits, chunks)

    async def delete(self, ids: Sequence[ChunkId]) -> dict[ChunkId, Deletion]:
        """Drop the rows of those of some chunks that may go, and note their objects."""
        await self._end_expired()
        self.marks.are_dropped = True
        await self._follow_all()
        async with self.parts.database.transaction() as tx:
            horizon = await self._begin(tx)
            await self.marks.hold(tx, horizon, Reach.REFS, Reach.ROWS)
            held = await chunk_rows.held(tx, self.record.number, ids)
            wanted = [bytes.fromhex(chunk) for chunk in held]
            dropped, _ = await self._sweep_chunks(tx, horizon, wanted)
        left = dict.fromkeys(held.difference(dropped), Deletion.IN_USE)
        gone = dict.fromkeys(dropped, Deletion.DELETED)
        return {chunk: (gone | left).get(chunk, Deletion.NOT_FOUND) for chunk in ids}

    async def _sweep_commits(self) -> Swept:
        async with self.parts.database.transaction() as tx:
            horizon = await self._begin(tx)
            await self.marks.hold(tx, horizon, Reach.REFS)
            await sweeping.spare_commits(tx, horizon)
            dropped = await sweeping.drop_commits(tx, horizon)
            condemned = await sweeping.condemn_commits(tx, horizon)
            keys = [manifest_key(self.record.id, commit) for commit in dropped]
            await notes.note(tx, keys, now=self.now)
        return Swept(condemned, len(dropped), len(dropped))

    async def _sweep_chunks(
        self, tx: Transaction, horizon: Horizon, ids: Sequence[bytes]
    ) -> tuple[list[ChunkId], Swept]:
        await sweeping.spare_chunks(tx, horizon, ids)
        dropped, swept = await sweeping.drop_chunks(tx, horizon, ids)
        condemned = await sweeping.condemn_chunks(tx, horizon, ids)
        # Also those that another repository has: it may be dropping its row just now,
        # and whoever deletes looks at all of them together.
        await notes.note(tx, [chunk_key(chunk) for chunk in dropped], now=self.now)
        return dropped, swept + Swept(condemned=condemned)

    async def _follow_all(self) -> None:
        horizon = await self._ahead()
        await self.marks.follow(Reach.REFS, horizon)
        await self.marks.follow(Reach.ROWS, horizon)

    async def _slices(self) -> AsyncIterator[list[bytes]]:
        """Give the ids of all chunks, some at a time."""
        after, done = b"", 0
        async with self.parts.database.read() as tx:
            total = await sweeping.count_all_chunks(tx, self.record.number)
        while True:
            async with self.parts.database.read() as tx:
                ids = await sweeping.chunks_after(
                    tx, self.record.number, after, limit=_CHUNKS_AT_ONCE
                )
            if not ids:
                return
            yield ids
            after, done = ids[-1], done + len(ids)
            await self.on_progress(done, max(done, total))

    async def _end_expired(self) -> None:
        async with self.parts.database.transaction() as tx:
            await push_rows.end_expired(tx, self.record.number, now=self.now)

    async def _ahead(self) -> Horizon:
        async with self.parts.database.read() as tx:
            found = await queries.horizon(
                tx, self.record.number, self.marks.run, now=self.now, cutoff=self.cutoff
            )
        return _there(found)

    async def _begin(self, tx: Transaction) -> Horizon:
        found = await queries.begin_condemning(
            tx, self.record.number, self.marks.run, now=self.now, cutoff=self.cutoff
        )
        return _there(found)


def _there(horizon: Horizon | None) -> Horizon:
    if horizon is None:
        raise RepositoryNotFoundError("the repository is gone")
    return horizon


def _collected(commits: Swept, chunks: Swept) -> Collected:
    return Collected(
        commits_condemned=commits.condemned,
        commits_deleted=commits.deleted,
        chunks_condemned=chunks.condemned,
        chunks_deleted=chunks.deleted,
        objects=commits.objects + chunks.objects,
        bytes_freed=chunks.freed_bytes,
    )
