"""Whatever dies or forgets, no job is lost and at most one attempt is repeated."""

import subprocess
import sys
from pathlib import Path

import anyio
import pytest

from keyshelf.database.embedded import EmbeddedPostgres
from keyshelf.database.migrate import migrate
from keyshelf.database.pool import Database, DatabaseOptions
from keyshelf.jobs.context import JobContext
from keyshelf.jobs.queue import Queue
from keyshelf.jobs.rows_queue import RowsQueue
from keyshelf.jobs.saq_queue import SaqQueue
from keyshelf.jobs.values import JobState, Payload
from tests.database import SERVER_FOR_TESTS
from tests.integration.jobs.child_worker import MOMENTS
from tests.integration.jobs.shop import kind, open_shop
from tests.patience import PATIENCE
from tests.redis_server import RedisServer

pytestmark = [pytest.mark.anyio, pytest.mark.services]

WORK = kind()


async def nothing(context: JobContext, payload: Payload) -> None:
    pass


@pytest.fixture
def redis_url(request: pytest.FixtureRequest, queue: Queue) -> str:
    on_redis = isinstance(queue, SaqQueue)
    return request.getfixturevalue("redis_server").url if on_redis else "-"


async def die_at(moment: str, *arguments: str) -> None:
    """Start a worker process, let it come to `moment`, and kill it there."""
    command = [sys.executable, "-m", "tests.integration.jobs.child_worker", *arguments, moment]
    child = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert child.stdout is not None
    try:
        reached = await anyio.to_thread.run_sync(child.stdout.readline)
        assert reached.decode().strip() == moment
    finally:
        child.kill()
        child.wait()
        child.stdout.close()


@pytest.mark.parametrize("moment", MOMENTS)
async def test_a_worker_killed_at_any_moment_loses_nothing(
    moment: str, database: Database, database_url: str, queue: Queue, redis_url: str
) -> None:
    async def work(context: JobContext, payload: Payload) -> None:
        async with database.transaction() as tx:
            await tx.execute("INSERT INTO effects VALUES (%(job)s)", {"job": context.job_id})

    async with database.transaction() as tx:
        await tx.execute("CREATE TABLE effects (job uuid)")
    async with open_shop(database, queue, [(WORK, work)]) as shop:
        job = await shop.enqueue(WORK)
        await die_at(moment, database_url, redis_url)
        async with database.transaction() as tx:
            await tx.execute("UPDATE jobs SET lease_until = now() WHERE state = 'running'")

        async with shop.working():
            done = await shop.until_final(job.id)
        async with database.read() as tx:
            effects = await tx.value("SELECT count(*) FROM effects")

    assert done.state is JobState.SUCCEEDED
    assert done.attempts == (1 if moment in ("received", "written") else 2)
    assert effects == (2 if moment in ("half-done", "done") else 1)


async def test_a_job_that_kills_every_worker_fails_in_the_end(
    database: Database, queue: Queue
) -> None:
    async with open_shop(database, queue, [(WORK, nothing)]) as shop:
        job = await shop.enqueue(WORK)
        async with database.transaction() as tx:
            await tx.execute(
                "UPDATE jobs SET state = 'running', attempts = max_attempts,"
                " claim = gen_random_uuid(), lease_until = now() - interval '1 s'"
            )

        await shop.sweeper.sweep()
        after = await shop.get(job.id)

    assert after.state is JobState.FAILED
    assert after.error is not None
    assert after.error.code == "job-abandoned"


async def test_a_cancel_outlives_the_worker_that_should_have_heard_it(
    database: Database, queue: Queue
) -> None:
    async with open_shop(database, queue, [(WORK, nothing)]) as shop:
        job = await shop.enqueue(WORK)
        async with database.transaction() as tx:
            await tx.execute(
                "UPDATE jobs SET state = 'running', cancel_requested = true,"
                " claim = gen_random_uuid(), lease_until = now() - interval '1 s'"
            )

        await shop.sweeper.sweep()

        assert (await shop.get(job.id)).state is JobState.CANCELLED


async def test_an_attempt_that_lost_its_lease_writes_nothing(
    database: Database, queue: Queue
) -> None:
    began, stopped = anyio.Event(), anyio.Event()

    async def work(context: JobContext, payload: Payload) -> None:
        began.set()
        try:
            await anyio.sleep_forever()
        finally:
            stopped.set()

    async with open_shop(database, queue, [(WORK, work)]) as shop, shop.working():
        job = await shop.enqueue(WORK)
        await began.wait()
        async with database.transaction() as tx:
            await tx.execute(
                "UPDATE jobs SET claim = gen_random_uuid(), lease_until = now() + interval '1 h'"
            )
        with anyio.fail_after(PATIENCE):
            await stopped.wait()
        after = await shop.get(job.id)

    assert after.state is JobState.RUNNING


async def test_jobs_survive_a_redis_that_forgets(
    database: Database, redis_server: RedisServer
) -> None:
    queue = SaqQueue(redis_server.url)
    async with open_shop(database, queue, [(WORK, nothing)]) as shop:
        forgotten = [await shop.enqueue(WORK) for _ in range(5)]
        redis_server.flush()

        async with shop.working():
            done = [await shop.until_final(job.id) for job in forgotten]

    assert {job.state for job in done} == {JobState.SUCCEEDED}


async def test_a_worker_outlives_a_restart_of_redis(
    database: Database, redis_server: RedisServer
) -> None:
    queue = SaqQueue(redis_server.url)
    async with open_shop(database, queue, [(WORK, nothing)]) as shop, shop.working():
        await shop.until_final((await shop.enqueue(WORK)).id)
        redis_server.stop()
        meanwhile = await shop.enqueue(WORK)
        redis_server.start()

        done = await shop.until_final(meanwhile.id)

    assert done.state is JobState.SUCCEEDED


async def test_a_worker_outlives_a_restart_of_the_database(server_folder: Path) -> None:
    folder = server_folder / "postgres"
    server = await EmbeddedPostgres.start(folder, SERVER_FOR_TESTS)
    began, go = anyio.Event(), anyio.Event()

    async def work(context: JobContext, payload: Payload) -> None:
        began.set()
        await go.wait()

    async with await Database.open(DatabaseOptions(url=server.url)) as database:
        await migrate(database)
        handlers = [(WORK, work), (kind("next"), nothing)]
        async with open_shop(database, RowsQueue(database), handlers) as shop, shop.working():
            running = await shop.enqueue(WORK)
            await began.wait()

            await server.stop()
            go.set()
            server = await EmbeddedPostgres.start(folder, SERVER_FOR_TESTS)

            finished = await shop.until_final(running.id)
            later = await shop.until_final((await shop.enqueue(kind("next"))).id)
    await server.stop()

    assert (finished.state, finished.attempts) == (JobState.SUCCEEDED, 1)
    assert later.state is JobState.SUCCEEDED
