"""How often somebody may do something."""

import math
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from limits import RateLimitItem, RateLimitItemPerSecond
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from redis.asyncio import Redis

from keyshelf.coordination.failures import RedisUnavailableError, translated
from keyshelf.errors import InvalidInputError, LimitError
from keyshelf.telemetry import get_logger

_log = get_logger(__name__)

_Question = Callable[[SlidingWindowCounterRateLimiter, RateLimitItem, str], Awaitable[bool]]


class RateLimitedError(LimitError):
    """Too many of these in a short time. Wait `retry_after` seconds."""

    code = "rate-limited"

    def __init__(self, detail: str, *, retry_after: int) -> None:
        super().__init__(detail, retry_after=retry_after)
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class RateLimit:
    """So many times in any stretch of so long, counted for each key on its own."""

    name: str
    count: int
    per: timedelta

    def __post_init__(self) -> None:
        if self.count < 1 or self.per < timedelta(seconds=1):
            raise InvalidInputError("a rate limit allows at least one in at least a second")


class RateLimiter:
    """Counts in Redis when there is one, else in this process.

    While Redis is away each process counts for itself, so that a limit holds less
    strictly and nothing stops.
    """

    def __init__(self, redis: Redis | None) -> None:
        self._own = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._shared = self._own if redis is None else _on(redis)

    async def hit(self, limit: RateLimit, key: str) -> None:
        """Count one for `key`; raises `RateLimitedError` instead when that is too many."""
        await self._ask(_hit, limit, key)

    async def check(self, limit: RateLimit, key: str) -> None:
        """Raise `RateLimitedError` when one more for `key` would be too many; count nothing."""
        await self._ask(_test, limit, key)

    async def _ask(self, question: _Question, limit: RateLimit, key: str) -> None:
        item = RateLimitItemPerSecond(
            limit.count, round(limit.per.total_seconds()), namespace=f"keyshelf:{limit.name}"
        )
        try:
            with translated():
                await _require(question, self._shared, item, limit, key)
        except RedisUnavailableError as error:
            _log.warning("rate limits are counted in this process", error=error.detail)
            await _require(question, self._own, item, limit, key)


async def _hit(limiter: SlidingWindowCounterRateLimiter, item: RateLimitItem, key: str) -> bool:
    return await limiter.hit(item, key)


async def _test(limiter: SlidingWindowCounterRateLimiter, item: RateLimitItem, key: str) -> bool:
    return await limiter.test(item, key)


async def _require(
    question: _Question,
    limiter: SlidingWindowCounterRateLimiter,
    item: RateLimitItem,
    limit: RateLimit,
    key: str,
) -> None:
    if await question(limiter, item, key):
        return
    window = await limiter.get_window_stats(item, key)
    wait = max(1, math.ceil(window.reset_time - time.time()))  # noqa: TID251 -- the library's clock
    raise RateLimitedError(
        f"more than {limit.count} in {round(limit.per.total_seconds())} s", retry_after=wait
    )


def _on(redis: Redis) -> SlidingWindowCounterRateLimiter:
    storage = RedisStorage(
        "async+redis://",  # not used: the pool knows where
        implementation="redispy",
        wrap_exceptions=True,
        key_prefix="keyshelf:limits",
        connection_pool=redis.connection_pool,  # pyright: ignore[reportArgumentType] -- documented, typed too narrowly
    )
    return SlidingWindowCounterRateLimiter(storage)
