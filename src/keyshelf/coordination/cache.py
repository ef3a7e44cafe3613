"""Answers that are kept for a short while."""

from collections import OrderedDict
from datetime import timedelta

import anyio
from redis.asyncio import Redis

from keyshelf.coordination.failures import RedisUnavailableError, translated
from keyshelf.telemetry import get_logger

_log = get_logger(__name__)

_PREFIX = "keyshelf:cache:"


class MemoryCache:
    """Keeps at most `max_entries` answers in this process, the latest written ones."""

    def __init__(self, *, max_entries: int = 10_000) -> None:
        self._max_entries = max_entries
        self._entries: OrderedDict[str, tuple[float, bytes]] = OrderedDict()

    async def get(self, key: str) -> bytes | None:
        """Return what was put under `key`, unless it is too old or had to make room."""
        ends, value = self._entries.get(key, (0.0, b""))
        return value if anyio.current_time() < ends else None

    async def put(self, key: str, value: bytes, *, ttl: timedelta) -> None:
        """Keep `value` for `ttl` at most."""
        self._entries[key] = (anyio.current_time() + ttl.total_seconds(), value)
        self._entries.move_to_end(key)
        if len(self._entries) > self._max_entries:
            self._entries.popitem(last=False)

    async def forget(self, key: str) -> None:
        """Drop what is kept under `key`."""
        self._entries.pop(key, None)


class RedisCache:
    """Keeps answers in Redis. While that is away nothing is kept."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def get(self, key: str) -> bytes | None:
        """Return what was put under `key`, unless it is too old or was dropped."""
        try:
            with translated():
                return await self._redis.get(_PREFIX + key)
        except RedisUnavailableError as error:
            _log.warning("cache not read", error=error.detail)
            return None

    async def put(self, key: str, value: bytes, *, ttl: timedelta) -> None:
        """Keep `value` for `ttl` at most."""
        try:
            with translated():
                await self._redis.set(_PREFIX + key, value, px=ttl)
        except RedisUnavailableError as error:
            _log.warning("cache not written", error=error.detail)

    async def forget(self, key: str) -> None:
        """Drop what is kept under `key`; raises `RedisUnavailableError` when it may remain."""
        with translated():
            await self._redis.delete(_PREFIX + key)


Cache = MemoryCache | RedisCache
