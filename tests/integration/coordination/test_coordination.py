"""Rate limits and short-lived answers: the same in Redis and in the process."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from keyshelf.coordination.cache import MemoryCache
from keyshelf.coordination.failures import RedisUnavailableError
from keyshelf.coordination.limiter import RateLimit, RateLimitedError
from keyshelf.coordination.opening import Coordination, open_coordination
from tests.redis_server import RedisServer

pytestmark = [pytest.mark.anyio, pytest.mark.services]

SIGN_IN = RateLimit("sign-in", 3, timedelta(hours=1))
LONG = timedelta(hours=1)


@pytest.fixture(params=["process", "redis"])
async def shared(request: pytest.FixtureRequest) -> AsyncIterator[Coordination]:
    on_redis = request.param == "redis"
    url = request.getfixturevalue("redis_server").url if on_redis else None
    async with open_coordination(url) as opened:
        yield opened


async def exhaust(shared: Coordination) -> None:
    for _ in range(SIGN_IN.count):
        await shared.limiter.hit(SIGN_IN, "ann")


async def test_refuses_one_too_many_and_says_when_to_come_back(shared: Coordination) -> None:
    await exhaust(shared)

    with pytest.raises(RateLimitedError) as raised:
        await shared.limiter.hit(SIGN_IN, "ann")

    assert 1 <= raised.value.retry_after <= 2 * 3600


async def test_counts_each_key_and_each_limit_on_its_own(shared: Coordination) -> None:
    await exhaust(shared)

    await shared.limiter.hit(SIGN_IN, "bob")
    await shared.limiter.hit(RateLimit("api", 3, timedelta(hours=1)), "ann")


async def test_keeps_an_answer(shared: Coordination) -> None:
    await shared.cache.put("whoami:1", b"\x00ann", ttl=LONG)

    assert await shared.cache.get("whoami:1") == b"\x00ann"
    assert await shared.cache.get("whoami:2") is None


async def test_forgets_an_answer(shared: Coordination) -> None:
    await shared.cache.put("whoami:1", b"ann", ttl=LONG)

    await shared.cache.forget("whoami:1")
    await shared.cache.forget("never put")

    assert await shared.cache.get("whoami:1") is None


async def test_an_old_answer_is_none(shared: Coordination) -> None:
    await shared.cache.put("whoami:1", b"ann", ttl=timedelta(milliseconds=1))

    value: bytes | None = b"ann"
    while value is not None:  # a millisecond at most
        value = await shared.cache.get("whoami:1")

    assert value is None


async def test_the_cache_of_a_process_is_bounded() -> None:
    cache = MemoryCache(max_entries=2)
    for number in range(3):
        await cache.put(str(number), b"x", ttl=LONG)

    assert [await cache.get(str(number)) for number in range(3)] == [None, b"x", b"x"]


async def test_two_processes_share_through_redis(redis_server: RedisServer) -> None:
    async with (
        open_coordination(redis_server.url) as one,
        open_coordination(redis_server.url) as other,
    ):
        await exhaust(one)
        await one.cache.put("whoami:1", b"ann", ttl=LONG)

        with pytest.raises(RateLimitedError):
            await other.limiter.hit(SIGN_IN, "ann")
        assert await other.cache.get("whoami:1") == b"ann"


async def test_without_its_redis_it_limits_alone_and_caches_nothing(
    redis_server: RedisServer,
) -> None:
    async with open_coordination(redis_server.url) as shared:
        await shared.check()
        redis_server.stop()

        await exhaust(shared)
        with pytest.raises(RateLimitedError):
            await shared.limiter.hit(SIGN_IN, "ann")
        await shared.cache.put("whoami:1", b"ann", ttl=LONG)
        assert await shared.cache.get("whoami:1") is None
        with pytest.raises(RedisUnavailableError):
            await shared.cache.forget("whoami:1")
        with pytest.raises(RedisUnavailableError):
            await shared.check()

        redis_server.start()
        await shared.check()
        await shared.cache.put("whoami:1", b"ann", ttl=LONG)
        assert await shared.cache.get("whoami:1") == b"ann"
