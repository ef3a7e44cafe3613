"""Reading what this process has counted of its stores."""

from collections import defaultdict
from collections.abc import Mapping
from itertools import pairwise

from keyshelf.operations.counters.values import BOUNDS, Asked, Counts, Direction, Requests, Way
from keyshelf.store.observed import OURS, THEIRS, StoreMetrics

_DIRECTIONS: Mapping[str, Direction] = {"read": "out", "written": "in"}


def gather(metrics: StoreMetrics, regions: Mapping[str, str]) -> Counts:
    """Return all that this process has counted; `regions` says where each store is."""
    errors = _errors(metrics)
    requests: dict[Asked, Requests] = {}
    seconds: dict[tuple[str, str], float] = {}
    reached: dict[tuple[str, str], dict[float, int]] = defaultdict(dict)
    for family in metrics.seconds.collect():
        for sample in family.samples:
            place = sample.labels["store"], sample.labels["op"]
            if sample.name.endswith("_bucket"):
                reached[place][float(sample.labels["le"])] = int(sample.value)
            elif sample.name.endswith("_sum"):
                seconds[place] = sample.value
    for (store, operation), cumulated in reached.items():
        up_to = [0, *(cumulated[bound] for bound in BOUNDS)]
        buckets = tuple(later - earlier for earlier, later in pairwise(up_to))
        requests[Asked(store, regions[store], operation)] = Requests(
            count=up_to[-1],
            refused=errors[store, operation, OURS],
            failed=errors[store, operation, THEIRS],
            seconds=seconds[store, operation],
            buckets=buckets,
        )
    return Counts(requests, _bytes(metrics, regions))


def _errors(metrics: StoreMetrics) -> Mapping[tuple[str, str, str], int]:
    found: dict[tuple[str, str, str], int] = defaultdict(int)
    for family in metrics.errors.collect():
        for sample in family.samples:
            if sample.name.endswith("_total"):
                labels = sample.labels
                found[labels["store"], labels["op"], labels["class"]] += int(sample.value)
    return found


def _bytes(metrics: StoreMetrics, regions: Mapping[str, str]) -> Mapping[Way, int]:
    return {
        Way(
            sample.labels["store"],
            regions[sample.labels["store"]],
            _DIRECTIONS[sample.labels["direction"]],
        ): int(sample.value)
        for family in metrics.bytes.collect()
        for sample in family.samples
        if sample.name.endswith("_total")
    }
