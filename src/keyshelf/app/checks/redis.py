"""Redis, when there is one."""

from keyshelf.app.checks.values import Check, failed, ok
from keyshelf.coordination.opening import open_coordination
from keyshelf.errors import Error
from keyshelf.settings import Settings


async def check_redis(settings: Settings) -> Check:
    """Ask Redis for something, or say what stands in for it."""
    url = settings.text("REDIS_URL")
    if url is None:
        return ok("redis", "not used: jobs wait in PostgreSQL, limits and caches in memory")
    async with open_coordination(url) as coordination:
        try:
            await coordination.check()
        except Error as error:
            return failed("redis", error.detail, fix="start Redis, or mend REDIS_URL")
    return ok("redis", "answers")
