"""How far replicas are behind, as metrics."""

from collections.abc import Callable, Iterator, Sequence

from prometheus_client.core import GaugeMetricFamily, Metric

from keyshelf.operations.replicas.values import ReplicaFailure, ReplicaState

_LABELS = ("replica", "region")
_Value = Callable[[ReplicaState], float]
_TOLD: Sequence[tuple[str, str, _Value]] = (
    (
        "keyshelf_replica_missing_objects",
        "Objects that a replica lacks.",
        lambda each: each.missing,
    ),
    (
        "keyshelf_replica_missing_bytes",
        "Bytes of objects that a replica lacks.",
        lambda each: each.missing_bytes,
    ),
    (
        "keyshelf_replica_changed_objects",
        "Objects that a replica has older, or otherwise different.",
        lambda each: each.older + each.different,
    ),
    (
        "keyshelf_replica_extra_objects",
        "Objects that only a replica has.",
        lambda each: each.extra,
    ),
    (
        "keyshelf_replica_lag_seconds",
        "The age of the oldest object that a replica lacked or had older, when it was compared.",
        lambda each: each.lag.total_seconds(),
    ),
    (
        "keyshelf_replica_compared_timestamp_seconds",
        "When a replica was last compared.",
        lambda each: each.compared_at.timestamp(),
    ),
)


def families(
    replicas: Sequence[str], states: Sequence[ReplicaState], failures: Sequence[ReplicaFailure]
) -> Iterator[Metric]:
    """Give a family for each number, with a sample for each of the replicas that are set."""
    for name, help_text, value in _TOLD:
        family = GaugeMetricFamily(name, help_text, labels=_LABELS)
        for each in states:
            if each.replica not in replicas:
                continue
            family.add_metric([each.replica, each.region], value(each))
        yield family
    failed = GaugeMetricFamily(
        "keyshelf_replica_failed_timestamp_seconds",
        "When a replica could not be compared; 0 where the last comparison came to its end.",
        labels=["replica"],
    )
    failed_at = {each.replica: each.failed_at.timestamp() for each in failures}
    for replica in replicas:
        failed.add_metric([replica], failed_at.get(replica, 0.0))
    yield failed
