"""What keeps somebody from trying many sign-in tokens."""

import ipaddress
from datetime import timedelta

from keyshelf.coordination.limiter import RateLimit, RateLimitedError, RateLimiter

DEFAULT_LIMIT = RateLimit("sign-in", count=10, per=timedelta(minutes=1))
"""How many wrong tokens one address may send in how long."""


class SignInAttempts:
    """Counts wrong sign-in tokens by the network address that they come from."""

    def __init__(self, limiter: RateLimiter, *, limit: RateLimit = DEFAULT_LIMIT) -> None:
        self._limiter = limiter
        self._limit = limit

    async def require_allowed(self, client: str) -> None:
        """Raise `RateLimitedError` when too many wrong tokens came from `client`."""
        await self._limiter.check(self._limit, attempt_key(client))

    async def record_failure(self, client: str) -> None:
        """Count one wrong token."""
        try:
            await self._limiter.hit(self._limit, attempt_key(client))
        except RateLimitedError:
            # Full already, by attempts made at the same time: the next one is refused.
            pass


def attempt_key(client: str) -> str:
    """Return the key under which the attempts of a network address are counted.

    One household has a whole /64 of IPv6 addresses: they count as one.
    """
    try:
        address = ipaddress.ip_address(client)
    except ValueError:
        return client
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.IPv6Network((int(address) >> 64 << 64, 64)))
