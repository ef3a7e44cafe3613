"""How reads from many regions behave."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import Enum
from time import monotonic

import anyio

from keyshelf.layout.keys import ObjectKey


class Strategy(Enum):
    """Which region is asked first."""

    NEAREST_LATENCY = "nearest-latency"
    """The one that answered fastest of late."""
    LOWEST_COST = "lowest-cost"
    """The one whose bytes cost least to read; of equal ones, the fastest."""
    PRIMARY_ONLY = "primary-only"
    """The primary; replicas only when it fails."""
    ROUND_ROBIN = "round-robin"
    """All in turn, the primary too."""


@dataclass(frozen=True, slots=True)
class Timing:
    """What time it is, in seconds, and how to wait."""

    now: Callable[[], float] = monotonic
    wait: Callable[[float], Awaitable[None]] = anyio.sleep


def _untold(_key: ObjectKey, _body: bytes) -> bool:
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionsOptions:
    """What is read from replicas, and when the next one is asked."""

    strategy: Strategy = Strategy.NEAREST_LATENCY
    unchanging: tuple[str, ...] = ()
    """What the keys begin with whose objects never change: only these are read from replicas."""
    is_damaged: Callable[[ObjectKey, bytes], bool] = _untold
    """Whether the bytes of such an object are surely not what its key promises."""
    patience: float = 0.5
    """Seconds after which a region that has not answered counts as silent."""
    hedged_share: float = 0.03
    """How many reads of all may be asked of a second region before the first one is silent."""
    measured_for: float = 30.0
    """Seconds after which a region is asked once more, to know how fast it is, and probed if
    nothing was read from it."""
    probe_deadline: float = 5.0
    """Seconds that a probe of a region may take."""
    remembered: int = 50_000
    """How many keys are remembered that this process wrote, or found in a replica."""
    remembered_for: float = 900.0
    """Seconds after which a replica is taken to have what this process wrote."""
    timing: Timing = field(default_factory=Timing)

    def is_unchanging(self, key: ObjectKey) -> bool:
        """Say whether the object of a key is the same in every region that has it."""
        return key.startswith(self.unchanging)
