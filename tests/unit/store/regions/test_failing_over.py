"""Reads go on elsewhere when a region lacks the object, fails, is silent, or breaks off."""

from collections.abc import AsyncGenerator

import anyio
import pytest

from keyshelf.errors import Error
from keyshelf.layout.keys import ObjectKey
from keyshelf.store.base import ByteRange
from keyshelf.store.errors import (
    InvalidRangeError,
    ObjectNotFoundError,
    StoreForbiddenError,
    StoreUnavailableError,
)
from keyshelf.store.regions.values import Strategy
from tests.unit.store.regions.world import CHUNK, World, read, world

pytestmark = pytest.mark.anyio

CHEAP = {"a": 0.0, "b": 1.0, "home": 2.0}


@pytest.fixture
async def at() -> AsyncGenerator[World]:
    """Two replicas before the primary, of which the first is always asked first."""
    async with world(Strategy.LOWEST_COST, "a", "b", prices=CHEAP) as opened:
        yield opened


async def test_what_a_stale_replica_lacks_comes_from_the_next(at: World) -> None:
    await at.have(CHUNK, b"x", "b", "home")

    assert await read(at) == b"x"
    assert at.asked() == ["a", "b"]
    assert at.count("fallbacks_total", "a", reason="missing") == 1
    assert at.count("well", "a") == 1


async def test_what_is_nowhere_is_missing_as_the_primary_says(at: World) -> None:
    with pytest.raises(ObjectNotFoundError):
        await read(at)
    assert at.asked() == ["a", "b", "home"]
    assert await at.store.get_many([CHUNK]) == [None]


@pytest.mark.parametrize("failure", [StoreUnavailableError, StoreForbiddenError])
async def test_a_region_that_fails_rests_until_a_probe_finds_it_well(
    at: World, failure: type[Error]
) -> None:
    await at.have(CHUNK, b"x", "a", "b", "home")
    at.homes["a"].fail("get", error=failure("no"))
    at.homes["a"].fail("check", error=failure("no"))

    assert [await read(at), await read(at)] == [b"x", b"x"]
    assert at.homes["a"].calls == ["get"]
    assert at.count("well", "a") == 0
    await at.clock.passes(1)
    assert at.count("well", "a") == 0
    await at.clock.passes(1)
    await read(at)
    assert at.homes["a"].calls == ["get", "check"]
    await at.clock.passes(1)
    await read(at)

    assert at.homes["a"].calls == ["get", "check", "check", "get"]
    assert at.count("well", "a") == 1


async def test_a_silent_region_is_waited_for_once(at: World) -> None:
    await at.have(CHUNK, b"x", "a", "b", "home")
    at.homes["a"].hold("get")
    found: list[bytes] = []

    async def one() -> None:
        found.append(await read(at))

    async with anyio.create_task_group() as group:
        group.start_soon(one)
        await at.clock.passes(0.4)
        assert found == []
        await at.clock.passes(0.1)
        assert found == [b"x"]
    for _ in range(3):
        await one()

    assert at.count("fallbacks_total", "a", reason="silent") == 1
    assert at.count("reads_total", "b") == 4


async def test_whoever_rests_is_asked_when_all_others_are_silent_or_lack_it(at: World) -> None:
    await at.have(CHUNK, b"x", "home")
    at.homes["home"].fail("get")
    with pytest.raises(StoreUnavailableError):
        await read(at)
    assert at.count("well", "home") == 0
    at.homes["a"].hold("get", call=2)
    hold = at.homes["b"].hold("get", call=2)
    found: list[bytes] = []

    async def one() -> None:
        found.append(await read(at))

    async with anyio.create_task_group() as group:
        group.start_soon(one)
        await at.clock.passes(0.5)
        assert at.homes["b"].calls.count("get") == 2
        hold.release.set()
        await at.clock.passes(0)

    assert found == [b"x"]


async def test_a_late_region_is_helped_as_far_as_the_budget_goes(at: World) -> None:
    await at.have(CHUNK, b"x", "a", "b", "home")
    for _ in range(20):
        hold = at.homes["a"].hold("get", call=at.homes["a"].calls.count("get") + 1)
        async with anyio.create_task_group() as group:
            group.start_soon(read, at)
            await at.clock.passes(0.01)
            hold.release.set()
    for _ in range(40):
        hold = at.homes["a"].hold("get", call=at.homes["a"].calls.count("get") + 1)
        async with anyio.create_task_group() as group:
            group.start_soon(read, at)
            await at.clock.passes(0.02)
            hold.release.set()

    # Ten are saved up, and each read earns three hundredths of one.
    assert at.count("hedges_total", "a") == 11
    assert at.count("reads_total", "b") == 11
    assert at.count("well", "a") == 1


async def test_replicas_serve_while_the_primary_is_away(at: World) -> None:
    await at.have(CHUNK, b"x", "b")
    for call in range(1, 4):
        at.homes["home"].fail("get", call=call)

    assert await read(at) == b"x"
    with pytest.raises(StoreUnavailableError):
        await read(at, ObjectKey("v1/chunks/ee/ff/eeff"))


async def test_a_resting_region_is_the_last_resort(at: World) -> None:
    await at.have(CHUNK, b"x", "a")
    at.homes["a"].fail("get")
    for name in ("b", "home"):
        for call in (1, 2):
            at.homes[name].fail("get", call=call)
    with pytest.raises(StoreUnavailableError):
        await read(at)

    assert await read(at) == b"x"


async def test_a_range_past_the_end_is_refused_by_the_primary(at: World) -> None:
    await at.have(CHUNK, b"x", "a", "b", "home")

    with pytest.raises(InvalidRangeError):
        await at.store.get(CHUNK, byte_range=ByteRange(7))


async def test_a_read_that_is_given_up_leaves_nothing_under_way(at: World) -> None:
    await at.have(CHUNK, b"x", "a", "b", "home")
    hold = at.homes["a"].hold("get")
    with anyio.CancelScope() as scope:
        async with anyio.create_task_group() as group:
            group.start_soon(read, at)
            await hold.reached.wait()
            scope.cancel()

    assert await read(at) == b"x"


@pytest.mark.parametrize("name", ["a", "home"])
async def test_a_region_that_nobody_asks_is_probed_now_and_then(at: World, name: str) -> None:
    for _ in range(3):
        await at.clock.passes(30)
    assert at.homes[name].calls == ["check"] * 3
    assert at.count("well", name) == 1

    at.homes[name].fail("check", call=4)
    await at.clock.passes(30)
    assert at.count("well", name) == 0
    await at.clock.passes(1)
    assert at.count("well", name) == 1


async def test_a_region_that_is_read_from_is_not_probed(at: World) -> None:
    await at.have(CHUNK, b"x", "a")

    for _ in range(4):
        await at.clock.passes(20)
        await read(at)

    assert at.homes["a"].calls == ["get"] * 4


async def test_damaged_bytes_are_passed_over_for_others(at: World) -> None:
    await at.have(CHUNK, b"damaged", "a", "home")
    await at.have(CHUNK, b"x", "b")

    assert await read(at) == b"x"
    assert at.count("fallbacks_total", "a", reason="damaged") == 1
    assert at.count("well", "a") == 1


async def test_a_damaged_primary_is_not_the_last_word() -> None:
    async with world(Strategy.PRIMARY_ONLY, "a") as at:
        await at.have(CHUNK, b"damaged", "home")
        assert await read(at) == b"damaged"

        await at.have(CHUNK, b"x", "a")
        assert await at.store.get_many([CHUNK]) == [b"x"]


async def test_bytes_that_are_damaged_everywhere_are_for_the_reader_to_judge(at: World) -> None:
    await at.have(CHUNK, b"damaged in a", "a", "b")
    await at.have(CHUNK, b"damaged at home", "home")

    assert await read(at) == b"damaged at home"
