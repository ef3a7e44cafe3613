"""A copy in another class is read where an object must be restored first."""

from collections.abc import AsyncGenerator

import pytest

from keyshelf.store.errors import NeedsRestoreError
from keyshelf.store.regions.values import Strategy
from tests.unit.store.regions.world import CHUNK, World, read, world

pytestmark = pytest.mark.anyio
ARCHIVED = NeedsRestoreError("it lies in DEEP_ARCHIVE", storage_class="DEEP_ARCHIVE")


@pytest.fixture
async def at() -> AsyncGenerator[World]:
    """A primary that is asked first, and two replicas."""
    prices = {"home": 0.0, "a": 1.0, "b": 2.0}
    async with world(Strategy.LOWEST_COST, "a", "b", prices=prices) as opened:
        yield opened


async def test_what_the_primary_has_archived_is_read_from_a_replica(at: World) -> None:
    await at.have(CHUNK, b"x", "home", "b")
    at.homes["home"].fail("get", error=ARCHIVED)

    assert await read(at) == b"x"

    assert at.asked() == ["a", "b", "home"]
    assert at.count("well", "home") == 1


async def test_where_no_replica_has_it_the_class_is_told_and_not_a_loss(at: World) -> None:
    await at.have(CHUNK, b"x", "home")
    for call in (1, 2):
        at.homes["home"].fail("get", call=call, error=ARCHIVED)

    with pytest.raises(NeedsRestoreError, match="DEEP_ARCHIVE"):
        await read(at)
    with pytest.raises(NeedsRestoreError) as failed:
        await at.store.get_many([CHUNK])

    assert failed.value.extras["key"] == CHUNK


async def test_what_a_replica_has_archived_is_read_from_the_primary() -> None:
    prices = {"a": 0.0, "home": 1.0}
    async with world(Strategy.LOWEST_COST, "a", prices=prices) as at:
        await at.have(CHUNK, b"x", "home", "a")
        at.homes["a"].fail("get", error=ARCHIVED)

        assert await read(at) == b"x"

        assert at.asked() == ["a", "home"]
        assert at.count("well", "a") == 1


async def test_what_is_archived_everywhere_is_told_as_that(at: World) -> None:
    for home in at.homes.values():
        home.fail("get", error=ARCHIVED)

    with pytest.raises(NeedsRestoreError):
        await read(at)

    assert at.asked() == ["a", "b", "home"]
