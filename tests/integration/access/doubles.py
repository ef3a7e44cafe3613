"""What the parts of access are given in tests: a clock, and a cache on it."""

from datetime import UTC, datetime, timedelta


class Clock:
    """Time that passes when a test says so."""

    def __init__(self) -> None:
        self.now = datetime(2026, 5, 4, 10, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, by: timedelta) -> None:
        self.now += by


class ClockedCache:
    """A cache on the test's clock."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.values: dict[str, tuple[datetime, bytes]] = {}

    async def get(self, key: str) -> bytes | None:
        until, value = self.values.get(key, (self.clock.now, b""))
        return value if until > self.clock.now else None

    async def put(self, key: str, value: bytes, *, ttl: timedelta) -> None:
        self.values[key] = (self.clock.now + ttl, value)
