"""Which region a read is asked of, and what is never asked of a replica."""

import anyio
import pytest

from keyshelf.layout.keys import ObjectKey
from keyshelf.store.base import NewObject
from keyshelf.store.errors import ObjectChangedError, ObjectNotFoundError
from keyshelf.store.primary import primary_of
from keyshelf.store.regions.values import Strategy
from tests.unit.store.regions.world import CHUNK, DOCUMENT, World, read, settle, world

pytestmark = pytest.mark.anyio


async def timed(at: World, seconds: dict[str, float]) -> None:
    """Let each region be asked once, each taking its time."""
    for _ in seconds:
        holds = {name: home.hold("get") for name, home in at.homes.items()}
        async with anyio.create_task_group() as group:
            group.start_soon(read, at)
            await settle()
            (name,) = [name for name, hold in holds.items() if hold.reached.is_set()]
            await at.clock.passes(seconds[name])
            holds[name].release.set()


async def test_the_fastest_is_asked_once_each_is_known() -> None:
    async with world(Strategy.NEAREST_LATENCY, "near", "far") as at:
        await at.have(CHUNK, b"x", "home", "near", "far")
        await timed(at, {"home": 0.2, "near": 0.02, "far": 0.4})

        for _ in range(10):
            await read(at)

        assert at.count("chosen_total", "near") == 11
        assert at.count("reads_total", "near") == 11


async def test_one_that_was_slow_is_measured_again_after_a_while() -> None:
    async with world(Strategy.NEAREST_LATENCY, "near") as at:
        await at.have(CHUNK, b"x", "home", "near")
        await timed(at, {"home": 0.2, "near": 0.02})
        await at.clock.passes(31)

        await read(at)
        await read(at)
        await read(at)

        assert at.count("chosen_total", "home") == 2
        assert at.count("chosen_total", "near") == 3


async def test_the_cheapest_is_asked_and_of_equals_the_fastest() -> None:
    prices = {"home": 0.09, "near": 0.02, "far": 0.02}
    async with world(Strategy.LOWEST_COST, "far", "near", prices=prices) as at:
        await at.have(CHUNK, b"x", "home", "near", "far")
        for _ in range(3):
            await read(at)

        assert at.count("chosen_total", "home") == 0


async def test_all_take_turns() -> None:
    async with world(Strategy.ROUND_ROBIN, "a", "b") as at:
        await at.have(CHUNK, b"x", "home", "a", "b")

        for _ in range(6):
            await read(at)

        assert [at.count("chosen_total", name) for name in ("home", "a", "b")] == [2, 2, 2]


async def test_the_primary_alone_is_asked_while_it_answers() -> None:
    async with world(Strategy.PRIMARY_ONLY, "a") as at:
        await at.have(CHUNK, b"x", "home", "a")

        await read(at)

        assert at.asked() == ["home"]


async def test_what_may_be_overwritten_is_read_from_the_primary() -> None:
    async with world(Strategy.ROUND_ROBIN, "a") as at:
        await at.have(DOCUMENT, b"new", "home")
        await at.have(DOCUMENT, b"old", "a")

        assert {await read(at, DOCUMENT) for _ in range(4)} == {b"new"}
        assert at.asked() == ["home"]


async def test_a_conditional_read_is_never_answered_by_a_stale_replica() -> None:
    async with world(Strategy.ROUND_ROBIN, "a") as at:
        await at.have(CHUNK, b"old", "a")
        old = (await at.homes["a"].head(CHUNK)).etag
        await at.have(CHUNK, b"new", "home")

        for _ in range(2):
            with pytest.raises(ObjectChangedError):
                await at.store.get(CHUNK, if_match=old)


async def test_what_was_just_written_or_deleted_is_the_primarys() -> None:
    written, deleted = CHUNK, ObjectKey("v1/chunks/cc/dd/ccdd")
    async with world(Strategy.ROUND_ROBIN, "a") as at:
        await at.have(written, b"stale", "a")
        await at.have(deleted, b"stale", "a", "home")
        await at.store.put_many([NewObject(written, b"right")])
        await at.store.delete_many([deleted])

        assert {await read(at, written) for _ in range(4)} == {b"right"}
        with pytest.raises(ObjectNotFoundError):
            await read(at, deleted)
        assert "get" not in at.homes["a"].calls


async def test_so_many_keys_are_remembered_and_for_so_long() -> None:
    keys = [ObjectKey(f"v1/chunks/aa/bb/{number}") for number in range(4)]
    async with world(Strategy.LOWEST_COST, "a", prices={"a": 0.0}, remembered=3) as at:
        for key in keys:
            await at.store.put(key, b"x")
            await at.have(key, b"x", "a")

        await at.store.get_many(keys)
        forgotten = at.count("chosen_total", "a")
        await at.clock.passes(901)
        await at.store.get_many(keys)

        assert (forgotten, at.count("chosen_total", "a")) == (1, 5)


async def test_who_asks_what_is_stored_asks_the_primary() -> None:
    async with world(Strategy.ROUND_ROBIN, "a") as at:
        await at.have(CHUNK, b"x", "a")

        assert await primary_of(at.store).get_many([CHUNK]) == [None]
        with pytest.raises(ObjectNotFoundError):
            await at.store.head(CHUNK)
        assert primary_of(at.homes["home"]) is at.homes["home"]
