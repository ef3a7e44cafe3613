"""What is counted of a store."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from keyshelf.store.observed import SECONDS

BOUNDS: tuple[float, ...] = (*SECONDS, float("inf"))
"""Bounds of the histogram of latencies, in seconds."""

Direction = Literal["in", "out"]
"""Into the store, or out of it."""


class Asked(NamedTuple):
    """Of what requests are counted."""

    store: str
    region: str
    operation: str


class Way(NamedTuple):
    """Of what bytes are counted."""

    store: str
    region: str
    direction: Direction


@dataclass(frozen=True, slots=True)
class Requests:
    """So many requests, how they ended, and how long they took."""

    count: int = 0
    refused: int = 0
    """Failed by what was asked (4xx)."""
    failed: int = 0
    """Failed by the store (5xx), or without an answer."""
    seconds: float = 0.0
    buckets: tuple[int, ...] = (0,) * len(BOUNDS)
    """How many took longer than the bound before and no longer than this one."""

    def __add__(self, other: "Requests") -> "Requests":
        return self._with(other, 1)

    def __sub__(self, other: "Requests") -> "Requests":
        return self._with(other, -1)

    def _with(self, other: "Requests", sign: int) -> "Requests":
        return Requests(
            self.count + sign * other.count,
            self.refused + sign * other.refused,
            self.failed + sign * other.failed,
            self.seconds + sign * other.seconds,
            tuple(a + sign * b for a, b in zip(self.buckets, other.buckets, strict=True)),
        )


@dataclass(frozen=True, slots=True)
class Counts:
    """All that is counted."""

    requests: Mapping[Asked, Requests] = field(default_factory=dict[Asked, Requests])
    bytes: Mapping[Way, int] = field(default_factory=dict[Way, int])

    def __add__(self, other: "Counts") -> "Counts":
        nothing = Requests()
        return Counts(
            {
                key: self.requests.get(key, nothing) + other.requests.get(key, nothing)
                for key in self.requests.keys() | other.requests.keys()
            },
            {
                key: self.bytes.get(key, 0) + other.bytes.get(key, 0)
                for key in self.bytes.keys() | other.bytes.keys()
            },
        )

    def since(self, before: "Counts") -> "Counts":
        """Return what was counted after `before`, without what did not change."""
        nothing = Requests()
        requests = {
            key: now - before.requests.get(key, nothing) for key, now in self.requests.items()
        }
        moved = {key: now - before.bytes.get(key, 0) for key, now in self.bytes.items()}
        return Counts(
            {key: each for key, each in requests.items() if each.count},
            {key: each for key, each in moved.items() if each},
        )
