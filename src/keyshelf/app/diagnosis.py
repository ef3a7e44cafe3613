"""What `keyshelf doctor` asks of each part, and the fix of what is wrong."""

from collections.abc import AsyncIterator
from uuid import uuid4

from keyshelf.app.checks.buckets import check_buckets
from keyshelf.app.checks.databases import check_database
from keyshelf.app.checks.machine import check_machine
from keyshelf.app.checks.redis import check_redis
from keyshelf.app.checks.renditions import check_renditions
from keyshelf.app.checks.stores import check_stores
from keyshelf.app.checks.values import Check
from keyshelf.clock import Clock, system_clock
from keyshelf.settings import Settings

__all__ = ["Check", "diagnose"]


async def diagnose(settings: Settings, *, clock: Clock = system_clock) -> AsyncIterator[Check]:
    """Look at every part and tell what was found, each as soon as it is.

    Never raises for a part that is broken: that is a check that failed, with its
    fix. Nothing is made or mended; in each store one small object comes and goes.
    """
    for check in check_machine(settings):
        yield check
    async for check in check_database(settings):
        yield check
    yield await check_redis(settings)
    async for check in check_stores(settings, probe_id=uuid4(), clock=clock):
        yield check
    async for check in check_buckets(settings, probe_id=uuid4()):
        yield check
    async for check in check_renditions(settings):
        yield check
