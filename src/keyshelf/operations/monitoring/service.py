"""Metrics of one process and of the whole service."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from keyshelf.clock import Clock, system_clock
from keyshelf.database.pool import Database
from keyshelf.errors import Error
from keyshelf.layout.namespace import Namespace
from keyshelf.operations.backups import service as backups
from keyshelf.operations.counters.service import Counters
from keyshelf.operations.monitoring import queries
from keyshelf.operations.monitoring.exposition import backup_family, families
from keyshelf.operations.monitoring.values import Kept
from keyshelf.operations.replicas import queries as replica_queries
from keyshelf.operations.replicas.metrics import families as replica_families
from keyshelf.operations.stats import service as stats
from keyshelf.operations.stats.service import StatsParts
from keyshelf.operations.stats.values import Stored
from keyshelf.store.base import ObjectStore
from keyshelf.telemetry import get_logger

_log = get_logger(__name__)
_COUNTED_ANEW = timedelta(minutes=5)


class ServiceMetrics:
    """The metrics of this process, and those that the database has of the whole service."""

    def __init__(
        self,
        registry: CollectorRegistry,
        database: Database,
        counters: Counters,
        counting: StatsParts,
        *,
        namespace: Namespace,
        backups: ObjectStore,
        replicas: Sequence[str] = (),
        clock: Clock = system_clock,
    ) -> None:
        self._registry = registry
        self._database = database
        self._counters = counters
        self._counting = counting
        self._namespace = namespace
        self._backups = backups
        self._replicas = replicas
        self._clock = clock
        self._stored = tuple[Stored, ...]()
        self._stored_until = clock()
        self._backup = tuple[Metric, ...]()
        self._backup_until = clock()

    async def exposition(self) -> bytes:
        """Return all metrics in Prometheus' text format.

        While the database is away, those of this process alone: `keyshelf_metrics_complete`
        is 0 then.
        """
        found: list[Metric] = []
        try:
            found += await self._of_the_service()
        except Error as error:
            _log.warning("metrics are not complete", code=error.code, error=error.detail)
        found.append(
            GaugeMetricFamily(
                "keyshelf_metrics_complete",
                "Whether the metrics of the whole service are here, not only of this process.",
                value=bool(found),
            )
        )
        found += await self._of_backups()
        whole = CollectorRegistry()
        whole.register(_Found(found))
        return generate_latest(self._registry) + generate_latest(whole)

    async def kept(self) -> Kept:
        """Return what repositories hold, what waits to be deleted, and when tasks last began."""
        async with self._database.read() as tx:
            return await queries.kept(tx)

    async def _of_the_service(self) -> list[Metric]:
        counts = await self._counters.read()
        if self._clock() >= self._stored_until:
            self._stored = tuple((await stats.count(self._counting)).stored)
            self._stored_until = self._clock() + _COUNTED_ANEW
        async with self._database.read() as tx:
            copies = await replica_queries.states(tx)
            failures = await replica_queries.failures(tx)
        return [
            *families(self._namespace, counts, self._stored, await self.kept()),
            *replica_families(self._replicas, copies, failures),
        ]

    async def _of_backups(self) -> Sequence[Metric]:
        """Return what tells of the newest backup; of a store that is away, what it said last."""
        if self._clock() >= self._backup_until:
            self._backup_until = self._clock() + _COUNTED_ANEW
            try:
                found = await backups.find_all(self._backups)
            except Error as error:
                _log.warning("backups cannot be listed", code=error.code, error=error.detail)
            else:
                self._backup = (backup_family(found[0].at if found else None),)
        return self._backup


class _Found(Collector):
    def __init__(self, metrics: Iterable[Metric]) -> None:
        self._metrics = list(metrics)

    def collect(self) -> Iterator[Metric]:
        """Give what was found."""
        yield from self._metrics
