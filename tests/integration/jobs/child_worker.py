"""A worker process that a test kills: it stops dead at a moment and says so.

Run with a database URL, a Redis URL or `-`, and the moment.
"""

import sys
from collections.abc import Awaitable, Callable

import anyio

from keyshelf.database.pool import Database, DatabaseOptions
from keyshelf.jobs.attempts import Attempts
from keyshelf.jobs.context import JobContext
from keyshelf.jobs.opening import choose_queue
from keyshelf.jobs.runner import Runner
from keyshelf.jobs.values import Payload
from tests.integration.jobs.shop import kind, open_shop

Reach = Callable[[], Awaitable[None]]

MOMENTS = ("received", "claimed", "half-done", "done", "written")


async def main(database_url: str, redis_url: str, moment: str) -> None:
    async def reach(here: str) -> None:
        if here == moment:
            print(here, flush=True)
            await anyio.sleep_forever()

    async def work(context: JobContext, payload: Payload) -> None:
        await reach("claimed")
        async with database.transaction() as tx:
            await tx.execute("INSERT INTO effects VALUES (%(job)s)", {"job": context.job_id})
        await reach("half-done")

    async def nothing() -> None:
        pass

    stop_at(Runner, "run", before=lambda: reach("received"), after=nothing)
    stop_at(Attempts, "_settle", before=lambda: reach("done"), after=lambda: reach("written"))
    async with await Database.open(DatabaseOptions(url=database_url)) as database:
        queue = choose_queue(database, redis_url=None if redis_url == "-" else redis_url)
        async with open_shop(database, queue, [(kind(), work)]) as shop, shop.working():
            await anyio.sleep_forever()


def stop_at(owner: type, name: str, *, before: Reach, after: Reach) -> None:
    """Patch a method, because no other way leads between its end and the next step."""
    method: Callable[..., Awaitable[object]] = getattr(owner, name)

    async def patched(*arguments: object) -> object:
        await before()
        result = await method(*arguments)
        await after()
        return result

    setattr(owner, name, patched)


if __name__ == "__main__":
    anyio.run(main, sys.argv[1], sys.argv[2], sys.argv[3])
