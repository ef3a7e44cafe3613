"""A throttled store is asked at a pace, gives way when it is too much, and comes back."""

from dataclasses import dataclass, field

import anyio
import pytest
from anyio.lowlevel import checkpoint
from prometheus_client import CollectorRegistry

from keyshelf.layout.keys import ObjectKey
from keyshelf.store.base import Condition, NewObject, PutOptions, PutResult
from keyshelf.store.budget import Budget
from keyshelf.store.errors import StoreUnavailableError
from keyshelf.store.faulty import FaultyStore
from keyshelf.store.memory import MemoryStore
from keyshelf.store.pacing import Pace, PaceTiming
from keyshelf.store.retrying import Retries
from keyshelf.store.throttled import (
    ThrottledStore,
    ThrottleMetrics,
    ThrottleOptions,
    prefix_of,
)

pytestmark = pytest.mark.anyio

CHUNK, MANIFEST = ObjectKey("v1/chunks/aa/bb/c"), ObjectKey("v1/manifests/r/m")


@dataclass
class Clockwork:
    """Time that passes by being waited for; what was waited for is noted."""

    at: float = 0.0
    waits: list[float] = field(default_factory=list[float])

    def now(self) -> float:
        return self.at

    async def wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        await checkpoint()

    @property
    def timing(self) -> PaceTiming:
        return PaceTiming(self.now, self.wait)


@pytest.fixture
def clock() -> Clockwork:
    return Clockwork()


@dataclass
class Throttled:
    store: ThrottledStore
    inner: FaultyStore
    retries: Retries
    clock: Clockwork
    registry: CollectorRegistry

    def count(self, name: str) -> float | None:
        return self.registry.get_sample_value(name, {"store": "repository"})


@pytest.fixture
def throttled(clock: Clockwork) -> Throttled:
    options = ThrottleOptions(reads=40, writes=20, timing=clock.timing)
    inner, retries, registry = FaultyStore(MemoryStore()), Retries(), CollectorRegistry()
    store = ThrottledStore(inner, options, retries, ThrottleMetrics(registry), role="repository")
    return Throttled(store, inner, retries, clock, registry)


@pytest.mark.parametrize(
    ("key", "prefix"),
    [
        ("v1/chunks/aa/bb/c", "v1/chunks"),
        ("v1/chunks/", "v1/chunks"),
        ("anna/my-files/a.txt", "anna/my-files"),
        ("anna/a.txt", "anna"),
        ("a.txt", "a.txt"),
        ("", ""),
    ],
)
def test_a_prefix_is_the_first_two_segments(key: str, prefix: str) -> None:
    assert prefix_of(key) == prefix


async def test_a_quarter_second_passes_at_once_and_the_rest_waits_its_turn(
    clock: Clockwork,
) -> None:
    pace = Pace(20, clock.timing)

    for _ in range(8):
        await pace.take()

    assert clock.waits == pytest.approx([0.05, 0.10, 0.15])


async def test_who_stops_waiting_gives_back_its_place(clock: Clockwork) -> None:
    pace = Pace(20, clock.timing)
    await pace.take(6)
    with anyio.CancelScope() as scope:
        scope.cancel()
        await pace.take(100)
    await pace.take()

    assert clock.waits[-1] == pytest.approx(0.10)


async def test_a_refusal_halves_the_pace_that_there_was_and_time_gives_it_back(
    clock: Clockwork,
) -> None:
    pace = Pace(1000, clock.timing)
    for _ in range(400):
        await pace.take()
    clock.at += 1

    assert pace.refused()
    assert pace.pace == 200
    assert not pace.refused(), "one of many that were under way"
    clock.at += 2
    assert pace.pace == pytest.approx(300)
    assert pace.refused()
    clock.at += 100
    assert pace.pace == 1000


async def test_a_pace_does_not_fall_to_nothing(clock: Clockwork) -> None:
    pace = Pace(1000, clock.timing)
    for _ in range(20):
        pace.refused()
        clock.at += 1

    assert pace.pace >= 10


async def test_reads_writes_and_prefixes_wait_apart(throttled: Throttled) -> None:
    for _ in range(5):
        await throttled.store.put(CHUNK, b"x")
    await throttled.store.put(MANIFEST, b"x")
    await throttled.store.head(CHUNK)
    assert throttled.clock.waits == []

    await throttled.store.put(CHUNK, b"x")

    assert len(throttled.clock.waits) == 1
    assert throttled.count("keyshelf_store_waited_seconds_total") == pytest.approx(0.05)


async def test_each_object_of_a_batch_counts(throttled: Throttled) -> None:
    keys = [ObjectKey(f"v1/chunks/aa/bb/{number}") for number in range(10)]

    await throttled.store.put_many([NewObject(key, b"x") for key in keys])
    await throttled.store.get_many([*keys, *keys])
    await throttled.store.delete_many(keys)

    # Five writes and ten reads pass at once; the ten deletions wait together.
    assert len(throttled.clock.waits) == 5 + 10 + 1


async def test_what_the_store_refuses_slows_its_prefix_only(throttled: Throttled) -> None:
    store = throttled.store
    await store.put(CHUNK, b"x")
    await store.put(MANIFEST, b"x")
    chunks, manifests = store.pace(CHUNK, writes=True), store.pace(MANIFEST, writes=True)
    assert chunks is not None
    assert manifests is not None

    throttled.retries.overloaded("PUT", CHUNK)

    assert (chunks.pace, manifests.pace) == (0.5, 20)
    assert throttled.count("keyshelf_store_slowed_total") == 1
    throttled.retries.overloaded("POST", None)
    assert manifests.pace == 0.5


async def test_the_prefix_that_is_asked_least_lately_is_forgotten(throttled: Throttled) -> None:
    store = throttled.store
    first, second = store.pace("v1/a/x", writes=True), store.pace("v1/b/x", writes=True)
    for number in range(4094):
        store.pace(f"more/{number}/x", writes=True)

    store.pace("v1/a/x", writes=True)
    store.pace("one/more/x", writes=True)

    assert store.pace("v1/a/x", writes=True) is first
    assert store.pace("v1/b/x", writes=True) is not second


async def test_no_bound_is_no_wait(clock: Clockwork) -> None:
    options = ThrottleOptions(reads=0, writes=0, timing=clock.timing)
    store = ThrottledStore(
        MemoryStore(), options, Retries(), ThrottleMetrics(CollectorRegistry()), role="media"
    )

    for _ in range(50):
        await store.put(CHUNK, b"x")

    assert clock.waits == []


def test_a_share_of_requests_may_be_repeated() -> None:
    budget = Budget(share=0.25, burst=2)

    spent = [budget.spend() for _ in range(3)]
    for _ in range(4):
        budget.earn()

    assert spent == [True, True, False]
    assert [budget.spend(), budget.spend()] == [True, False]


async def test_a_batch_repeats_nothing_past_the_budget(throttled: Throttled) -> None:
    while throttled.retries.may_retry():
        pass
    created = NewObject(CHUNK, b"x", PutOptions(condition=Condition.CREATE))
    throttled.inner.fail("put")

    with pytest.raises(StoreUnavailableError):
        await throttled.store.put_many([created])
    assert throttled.inner.calls == ["put"]
    assert await throttled.store.put_many([created]) == [PutResult.WRITTEN]
