"""Keeping the counters of one process in the database that all processes share."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta

import anyio

from keyshelf.concurrency import shielded, together
from keyshelf.database.pool import Database
from keyshelf.errors import Error
from keyshelf.operations.counters import queries
from keyshelf.operations.counters.gathering import gather
from keyshelf.operations.counters.values import Counts
from keyshelf.store.observed import StoreMetrics
from keyshelf.telemetry import get_logger

_log = get_logger(__name__)
INTERVAL = timedelta(seconds=15)


class Counters:
    """What this process counts of its stores, added to what all have counted before.

    Whoever stops writes all down; who is killed loses what it counted since the last
    `INTERVAL`. While the database is away counts wait in memory.
    """

    def __init__(
        self, database: Database, metrics: StoreMetrics, regions: Mapping[str, str]
    ) -> None:
        self._database = database
        self._metrics = metrics
        self._regions = regions
        self._written = Counts()
        self._writing = anyio.Lock()

    async def write(self) -> None:
        """Add what was counted since the last time to the database. Raises its errors."""
        async with self._writing:
            now = gather(self._metrics, self._regions)
            new = now.since(self._written)
            if not new.requests and not new.bytes:
                return
            # Whoever is cancelled between the commit and the note would count it all once more.
            await shielded(self._add(new))
            self._written = now

    async def _add(self, new: Counts) -> None:
        async with self._database.transaction() as tx:
            await queries.add(tx, new)

    async def read(self) -> Counts:
        """Return what all processes have counted, of this one to the moment. Raises as `write`."""
        await self.write()
        async with self._database.read() as tx:
            return await queries.read(tx)


@asynccontextmanager
async def keeping(counters: Counters, *, interval: timedelta = INTERVAL) -> AsyncGenerator[None]:
    """Write the counters down again and again, and at the end."""

    async def keep() -> None:
        while True:
            await anyio.sleep(interval.total_seconds())
            await _written(counters)

    async with together() as group:
        group.start_soon(keep)
        try:
            yield
        finally:
            group.cancel_scope.cancel()
            with anyio.CancelScope(shield=True):
                await _written(counters)


async def _written(counters: Counters) -> None:
    try:
        await counters.write()
    except Error as error:
        _log.warning("counters are not written down", code=error.code, error=error.detail)
