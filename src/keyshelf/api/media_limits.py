"""How often one caller may ask for work on media."""

from datetime import timedelta

from keyshelf.access.identity import Identity
from keyshelf.app.service import Keyshelf
from keyshelf.coordination.limiter import RateLimit


async def count_media_job(service: Keyshelf, caller: Identity) -> None:
    """Count one job that is asked for, retried, or told of again. Raises `RateLimitedError`."""
    count = service.settings.number("KEYSHELF_MEDIA_JOBS_PER_MINUTE")
    limit = RateLimit("media-jobs", count, timedelta(minutes=1))
    await service.coordination.limiter.hit(limit, caller.id)
