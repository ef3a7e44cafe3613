"""Choosing between Redis and this process."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from redis.asyncio import Redis

from keyshelf.coordination.cache import Cache, MemoryCache, RedisCache
from keyshelf.coordination.failures import translated
from keyshelf.coordination.limiter import RateLimiter


@dataclass(frozen=True, slots=True)
class Coordination:
    """What the processes of one service share."""

    limiter: RateLimiter
    cache: Cache
    redis: Redis | None

    async def check(self) -> None:
        """Raise `RedisUnavailableError` when there is a Redis and it does not answer."""
        if self.redis is not None:
            with translated():
                await self.redis.get("keyshelf:check")


@asynccontextmanager
async def open_coordination(redis_url: str | None) -> AsyncGenerator[Coordination]:
    """Open what is shared through Redis, or its twins in this process without a URL.

    A Redis that is away is no error here: everything works on without it, and with
    it once it is back.
    """
    if redis_url is None:
        yield Coordination(RateLimiter(None), MemoryCache(), None)
        return
    redis = Redis.from_url(redis_url, socket_connect_timeout=2, socket_timeout=2)  # pyright: ignore[reportUnknownMemberType] -- its options are untyped
    async with redis:
        yield Coordination(RateLimiter(redis), RedisCache(redis), redis)
