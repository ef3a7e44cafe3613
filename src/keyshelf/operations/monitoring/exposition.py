"""Metrics of the whole service, made of what the database knows when they are asked for.

The five families of repositories have the specification's names and labels; two of them are
called like counters and are none. All processes tell the same: take one, never their sum.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
    UnknownMetricFamily,
)

from keyshelf.operations.counters.values import BOUNDS, Asked, Counts, Requests, Way
from keyshelf.operations.monitoring.values import Kept
from keyshelf.operations.stats.values import REPOSITORY, Stored

_OPERATIONS: Mapping[str, str] = {"head": "get", "delete_many": "delete"}
"""What the specification counts as one of its three operations."""


def backup_family(newest: datetime | None) -> Metric:
    """Return when the newest backup was made: 0 where there is none."""
    return _gauge(
        "keyshelf_backup_timestamp_seconds",
        "When the newest backup of the database was made, as its store lists it; 0 for none.",
        newest.timestamp() if newest else 0,
    )


def families(
    namespace: str, counts: Counts, stored: Sequence[Stored], kept: Kept
) -> Iterator[Metric]:
    """Give all families, those of repositories under a namespace."""
    versions = [each for each in stored if each.store == REPOSITORY]
    yield from _holdings(namespace, versions)
    yield from _requests(namespace, counts)
    yield _bandwidth(namespace, counts)
    yield from _stored(stored)
    yield from _kept(kept)


def _holdings(namespace: str, stored: Sequence[Stored]) -> Iterator[Metric]:
    objects = GaugeMetricFamily(
        f"{namespace}_storage_objects_total",
        "Objects of repositories, by type: chunk, manifest, proxy or metadata.",
        labels=["type"],
    )
    total = GaugeMetricFamily(
        f"{namespace}_storage_bytes_total",
        "Bytes of repositories, by type and storage class: hot, warm, cold or archive.",
        labels=["type", "class"],
    )
    counted: dict[str, int] = defaultdict(int)
    sizes: dict[tuple[str, str], int] = defaultdict(int)
    for each in stored:
        counted[each.kind] += each.amount.objects
        sizes[each.kind, each.storage_class] += each.amount.bytes
    for kind, count in sorted(counted.items()):
        objects.add_metric([kind], count)
    for labels, count in sorted(sizes.items()):
        total.add_metric(list(labels), count)
    yield objects
    yield total


def _requests(namespace: str, counts: Counts) -> Iterator[Metric]:
    requests = CounterMetricFamily(
        f"{namespace}_storage_requests",
        "Requests to the store of repositories since the beginning, by operation and outcome.",
        labels=["operation", "status"],
    )
    latency = HistogramMetricFamily(
        f"{namespace}_storage_latency_seconds",
        "How long requests to the store of repositories took, by operation and region.",
        labels=["operation", "region"],
    )
    by_operation: dict[str, Requests] = defaultdict(Requests)
    by_region: dict[tuple[str, str], Requests] = defaultdict(Requests)
    for asked, each in counts.requests.items():
        if _is_of_versions(asked):
            operation = _OPERATIONS.get(asked.operation, asked.operation)
            by_operation[operation] += each
            by_region[operation, asked.region] += each
    for operation, each in sorted(by_operation.items()):
        errors = each.refused + each.failed
        requests.add_metric([operation, "success"], each.count - errors)
        requests.add_metric([operation, "error"], errors)
    for labels, each in sorted(by_region.items()):
        latency.add_metric(list(labels), _cumulated(each), each.seconds)
    yield requests
    yield latency


def _cumulated(requests: Requests) -> list[tuple[str, float]]:
    reached: list[tuple[str, float]] = []
    total = 0
    for bound, count in zip(BOUNDS, requests.buckets, strict=True):
        total += count
        reached.append(("+Inf" if bound == float("inf") else str(float(bound)), float(total)))
    return reached


def _bandwidth(namespace: str, counts: Counts) -> Metric:
    bandwidth = UnknownMetricFamily(
        f"{namespace}_storage_bandwidth_bytes",
        "Bytes of repositories into the store and out of it since the beginning.",
        labels=["direction"],
    )
    moved: dict[str, int] = {"in": 0, "out": 0}
    for way, count in counts.bytes.items():
        if _is_of_versions(way):
            moved[way.direction] += count
    for direction, count in moved.items():
        bandwidth.add_metric([direction], count)
    return bandwidth


def _is_of_versions(place: Asked | Way) -> bool:
    """Say whether a store holds repositories: the primary, or one of its replicas."""
    return place.store == REPOSITORY or place.store.startswith(f"{REPOSITORY}-")


def _stored(stored: Sequence[Stored]) -> Iterator[Metric]:
    objects = GaugeMetricFamily(
        "keyshelf_stored_objects",
        "Objects in all stores, by kind and storage class.",
        labels=["store", "kind", "class"],
    )
    total = GaugeMetricFamily(
        "keyshelf_stored_bytes",
        "Bytes in all stores, by kind and storage class.",
        labels=["store", "kind", "class"],
    )
    sums: dict[tuple[str, str, str], tuple[int, int]] = defaultdict(lambda: (0, 0))
    for each in stored:
        place = each.store, each.kind, each.storage_class
        count, size = sums[place]
        sums[place] = count + each.amount.objects, size + each.amount.bytes
    for labels, (count, size) in sorted(sums.items()):
        objects.add_metric(list(labels), count)
        total.add_metric(list(labels), size)
    yield objects
    yield total


def _kept(kept: Kept) -> Iterator[Metric]:
    yield _gauge("keyshelf_repositories", "Repositories.", kept.repositories)
    yield _gauge(
        "keyshelf_repository_logical_bytes",
        "What a copy of each commit would take.",
        kept.logical_bytes,
    )
    yield _gauge("keyshelf_repository_chunk_bytes", "Chunks before compression.", kept.chunk_bytes)
    yield _gauge("keyshelf_repository_stored_bytes", "Chunks as stored.", kept.stored_bytes)
    yield _gauge(
        "keyshelf_condemned_chunks",
        "Chunks that nothing leads to and that wait for their grace to end.",
        kept.condemned_chunks,
    )
    yield _gauge(
        "keyshelf_objects_to_delete",
        "Objects that are still to be deleted.",
        kept.waiting_deletions,
    )
    tasks = GaugeMetricFamily(
        "keyshelf_task_started_timestamp_seconds",
        "When each periodic task last began.",
        labels=["task"],
    )
    for name, moment in kept.tasks.items():
        tasks.add_metric([name], moment.timestamp())
    yield tasks


def _gauge(name: str, help_text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, help_text, value=value)
