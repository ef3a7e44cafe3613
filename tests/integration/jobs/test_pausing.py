"""Jobs that wait because somebody wants it, on both carriers of ids."""

from datetime import timedelta

import anyio
import pytest

from keyshelf.database.pool import Database
from keyshelf.jobs.context import JobContext
from keyshelf.jobs.queue import Queue
from keyshelf.jobs.saq_queue import SaqQueue
from keyshelf.jobs.values import Job, JobEndedError, JobState, JobWaitingError, Payload
from tests.integration.jobs.shop import Shop, kind, open_shop
from tests.integration.jobs.test_crashes import die_at
from tests.patience import PATIENCE

pytestmark = [pytest.mark.anyio, pytest.mark.services]

WORK = kind()


class Stages:
    """A handler of two stages, that keeps the first and stops at safe places in the second."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.in_second = anyio.Event()
        self.go = anyio.Event()

    async def __call__(self, context: JobContext, payload: Payload) -> None:
        if "first" not in self.done:
            await context.progress(0, 2, "files", "first")
            self.done.append("first")
        self.in_second.set()
        while not self.go.is_set():
            await context.progress(1, 2, "files", "second")
            await anyio.sleep(0.01)
        self.done.append("second")


async def nothing(context: JobContext, payload: Payload) -> None:
    pass


async def pause(shop: Shop, job: Job) -> Job:
    async with shop.database.transaction() as tx:
        return await shop.jobs.pause(tx, job.id, by="ann")


async def resume(shop: Shop, job: Job) -> Job:
    async with shop.database.transaction() as tx:
        return await shop.jobs.resume(tx, job.id, by="ann")


async def test_a_paused_job_is_taken_by_nobody_until_it_is_resumed(
    database: Database, queue: Queue
) -> None:
    async with open_shop(database, queue, [(WORK, nothing)]) as shop:
        job = await shop.enqueue(WORK)
        assert (await pause(shop, job)).state is JobState.PAUSED
        assert (await pause(shop, job)).state is JobState.PAUSED

        async with shop.working():
            await shop.until_final((await shop.enqueue(WORK)).id)
            waiting = await shop.get(job.id)
            first = await resume(shop, job)
            await resume(shop, job)
            done = await shop.until_final(job.id)

    assert (waiting.state, waiting.attempts) == (JobState.PAUSED, 0)
    assert first.state is JobState.QUEUED
    assert (done.state, done.attempts) == (JobState.SUCCEEDED, 1)


async def test_a_running_job_stops_and_goes_on_from_what_it_kept(
    database: Database, queue: Queue
) -> None:
    stages = Stages()
    async with open_shop(database, queue, [(WORK, stages)]) as shop, shop.working():
        job = await shop.enqueue(WORK)
        await stages.in_second.wait()

        asked = await pause(shop, job)
        paused = await shop.until_state(job.id, JobState.PAUSED)
        stages.go.set()
        await resume(shop, job)
        done = await shop.until_final(job.id)

    assert asked.stopping is JobState.PAUSED
    assert (paused.attempts, paused.stopping, paused.error) == (0, None, None)
    assert paused.progress.message == "second"
    assert (done.state, done.attempts) == (JobState.SUCCEEDED, 1)
    assert stages.done == ["first", "second"]


async def test_a_pause_that_is_taken_back_in_time_changes_nothing(
    database: Database, queue: Queue
) -> None:
    runs = 0
    began, go = anyio.Event(), anyio.Event()

    async def work(context: JobContext, payload: Payload) -> None:
        nonlocal runs
        runs += 1
        began.set()
        await go.wait()
        await context.progress(1, 1, "files")

    async with open_shop(database, queue, [(WORK, work)]) as shop, shop.working():
        job = await shop.enqueue(WORK)
        await began.wait()
        await pause(shop, job)
        resumed = await resume(shop, job)
        go.set()
        done = await shop.until_final(job.id)

    assert (resumed.state, resumed.stopping) == (JobState.RUNNING, None)
    assert (done.state, runs) == (JobState.SUCCEEDED, 1)


async def test_an_attempt_that_fails_while_it_is_to_pause_is_not_followed_by_another(
    database: Database, queue: Queue
) -> None:
    began, go = anyio.Event(), anyio.Event()

    async def broken(context: JobContext, payload: Payload) -> None:
        began.set()
        await go.wait()
        raise OSError("disk on fire")

    async with open_shop(database, queue, [(WORK, broken)]) as shop, shop.working():
        job = await shop.enqueue(WORK)
        await began.wait()
        await pause(shop, job)
        go.set()
        paused = await shop.until_state(job.id, JobState.PAUSED)

    assert paused.attempts == 1
    assert paused.error is not None


async def test_what_has_ended_or_is_being_cancelled_is_not_paused(
    database: Database, queue: Queue
) -> None:
    stages = Stages()
    handlers = [(WORK, stages), (kind("short"), nothing)]
    async with open_shop(database, queue, handlers) as shop, shop.working():
        ended = await shop.until_final((await shop.enqueue(kind("short"))).id)
        ending = await shop.enqueue(WORK)
        await stages.in_second.wait()
        async with database.transaction() as tx:
            await shop.jobs.cancel(tx, ending.id)
            with pytest.raises(JobEndedError):
                await shop.jobs.pause(tx, ending.id)

        with pytest.raises(JobEndedError):
            await pause(shop, ended)
        with pytest.raises(JobEndedError):
            await resume(shop, ended)
        assert (await shop.until_final(ending.id)).state is JobState.CANCELLED


async def test_a_worker_killed_before_it_could_pause_leaves_the_job_paused(
    database: Database, database_url: str, queue: Queue, request: pytest.FixtureRequest
) -> None:
    on_redis = isinstance(queue, SaqQueue)
    redis_url = request.getfixturevalue("redis_server").url if on_redis else "-"
    async with database.transaction() as tx:
        await tx.execute("CREATE TABLE effects (job uuid)")
    async with open_shop(database, queue, [(WORK, nothing)]) as shop:
        job = await shop.enqueue(WORK)
        await die_at("half-done", database_url, redis_url)
        await pause(shop, job)
        async with database.transaction() as tx:
            await tx.execute("UPDATE jobs SET lease_until = now()")

        await shop.sweeper.sweep()
        paused = await shop.get(job.id)
        async with shop.working():
            await shop.until_final((await shop.enqueue(WORK)).id)
            still = await shop.get(job.id)
            await resume(shop, job)
            done = await shop.until_final(job.id)

    assert (paused.state, paused.attempts) == (JobState.PAUSED, 0)
    assert still.state is JobState.PAUSED
    assert done.state is JobState.SUCCEEDED


async def test_a_paused_job_can_be_cancelled_and_tried_anew(
    database: Database, queue: Queue
) -> None:
    async with open_shop(database, queue, [(WORK, nothing)]) as shop:
        cancelled, retried = await shop.enqueue(WORK), await shop.enqueue(WORK)
        await pause(shop, cancelled)
        await pause(shop, retried)

        async with database.transaction() as tx:
            ended = await shop.jobs.cancel(tx, cancelled.id)
            again = await shop.jobs.retry(tx, retried.id)

    assert ended.state is JobState.CANCELLED
    assert ended.finished_at is not None
    assert again.state is JobState.QUEUED


async def test_a_paused_job_goes_on_when_the_same_is_asked_for_again(
    database: Database, queue: Queue
) -> None:
    async with open_shop(database, queue, [(WORK, nothing)]) as shop:
        job = await shop.enqueue(WORK, unique_key="drive-1")
        await pause(shop, job)

        again = await shop.enqueue(WORK, unique_key="drive-1")
        async with shop.working():
            done = await shop.until_final(job.id)

    assert (again.id, again.state) == (job.id, JobState.QUEUED)
    assert done.state is JobState.SUCCEEDED


async def test_nobody_waits_for_a_paused_job(database: Database, queue: Queue) -> None:
    async with open_shop(database, queue, [(WORK, nothing)]) as shop:
        job = await shop.enqueue(WORK)
        await pause(shop, job)

        with anyio.fail_after(PATIENCE):
            told = await shop.runner.run_now(job.id, deadline=timedelta(hours=1))

    assert told.state is JobState.PAUSED


async def test_the_time_that_a_job_was_paused_does_not_use_up_its_patience(
    database: Database, queue: Queue
) -> None:
    async def wait(context: JobContext, payload: Payload) -> None:
        raise JobWaitingError("others have it", again_after=timedelta(hours=1))

    async with open_shop(database, queue, [(WORK, wait)]) as shop:
        job = await shop.enqueue(WORK)
        await pause(shop, job)
        async with database.transaction() as tx:
            await tx.execute("UPDATE jobs SET started_at = now() - interval '2 days'")
        await resume(shop, job)
        await shop.runner.run(job.id)
        after = await shop.get(job.id)

    assert after.state is JobState.QUEUED


async def test_metrics_and_the_overview_tell_what_is_paused(
    database: Database, queue: Queue
) -> None:
    async with open_shop(database, queue, []) as shop:
        await pause(shop, await shop.enqueue(WORK))

        await shop.sweeper.sweep()

        labels = {"queue": "small", "state": "paused"}
        assert shop.metrics.registry.get_sample_value("keyshelf_jobs", labels) == 1
        async with database.read() as tx:
            small = (await shop.jobs.backlog(tx))[0]
        assert (small.queued, small.paused) == (0, 1)
