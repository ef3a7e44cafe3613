"""In which order regions are asked for an object."""

from collections.abc import Sequence

from keyshelf.store.regions.region import Region
from keyshelf.store.regions.values import RegionsOptions, Strategy

_UNKNOWN = float("inf")


def order(
    regions: Sequence[Region], options: RegionsOptions, *, turn: int, now: float | None
) -> Sequence[Region]:
    """Return all regions in the order in which they are asked; the first is the choice.

    Those that rest come last, replicas after the primary. `turn` counts the reads. Without
    the time `now`, none is chosen only to learn how fast it is.
    """
    well = [each for each in regions if each.health.is_well]
    resting = [each for each in regions if not each.health.is_well]
    return [
        *_by_strategy(well, options, turn=turn, now=now),
        *sorted(resting, key=lambda each: not each.is_primary),
    ]


def _by_strategy(
    regions: Sequence[Region], options: RegionsOptions, *, turn: int, now: float | None
) -> Sequence[Region]:
    fastest = sorted(regions, key=lambda each: _expected(each, regions))
    match options.strategy:
        case Strategy.NEAREST_LATENCY:
            return sorted(fastest, key=lambda each: not _is_due(each, options, now))
        case Strategy.LOWEST_COST:
            return sorted(fastest, key=_price)
        case Strategy.PRIMARY_ONLY:
            return sorted(fastest, key=lambda each: not each.is_primary)
        case Strategy.ROUND_ROBIN:
            start = turn % len(regions) if regions else 0
            return [*regions[start:], *regions[:start]]


def _expected(region: Region, regions: Sequence[Region]) -> float:
    """Return the seconds until a read that begins here is answered, wherever that is."""
    mean = region.latency.mean
    if mean is None:
        return _UNKNOWN
    elsewhere = next((each.latency.mean for each in regions if each.is_primary), None)
    return mean + region.latency.missing * (elsewhere or mean)


def _price(region: Region) -> float:
    return _UNKNOWN if region.price is None else region.price


def _is_due(region: Region, options: RegionsOptions, now: float | None) -> bool:
    if now is None:
        return False
    return region.asked_at is None or now - region.asked_at > options.measured_for
