"""What happens to a job, on both carriers of ids."""

from datetime import timedelta

import anyio
import pytest

from keyshelf.database.pool import Database
from keyshelf.errors import NotFoundError
from keyshelf.jobs.context import JobContext
from keyshelf.jobs.periodic import PeriodicTask
from keyshelf.jobs.queue import Queue
from keyshelf.jobs.values import (
    JSON,
    JobFailure,
    JobKind,
    JobNotFoundError,
    JobNotRetryableError,
    JobState,
    JobWaitingError,
    Payload,
    Progress,
)
from tests.integration.jobs.shop import kind, open_shop
from tests.patience import PATIENCE

pytestmark = [pytest.mark.anyio, pytest.mark.services]

WORK = kind()


async def echo(context: JobContext, payload: Payload) -> Payload:
    return {"echo": payload["word"], "attempt": context.attempt}


class Stuck:
    """A handler that waits until it is let go."""

    def __init__(self) -> None:
        self.began = anyio.Event()
        self.go = anyio.Event()
        self.runs = 0

    async def __call__(self, context: JobContext, payload: Payload) -> None:
        self.runs += 1
        self.began.set()
        while not self.go.is_set():
            await context.progress(self.runs, None, "files")
            await anyio.sleep(0.01)


async def test_a_job_runs_and_keeps_its_result(database: Database, queue: Queue) -> None:
    async with open_shop(database, queue, [(WORK, echo)]) as shop, shop.working():
        job = await shop.enqueue(WORK, {"word": "naïve 😀"})

        done = await shop.until_final(job.id)

    assert done.state is JobState.SUCCEEDED
    assert done.result == {"echo": "naïve 😀", "attempt": 1}
    assert done.owner_id == "ann"


async def test_a_job_added_before_any_worker_runs_when_one_comes(
    database: Database, queue: Queue
) -> None:
    async with open_shop(database, queue, [(WORK, echo)]) as shop:
        job = await shop.enqueue(WORK, {"word": "early"})

        async with shop.working():
            done = await shop.until_final(job.id)

    assert done.state is JobState.SUCCEEDED


async def test_a_job_that_was_rolled_back_never_runs(database: Database, queue: Queue) -> None:
    ran: list[Payload] = []

    async def note(context: JobContext, payload: Payload) -> None:
        ran.append(payload)

    async def enqueue_and_fail() -> None:
        async with database.transaction() as tx:
            await shop.jobs.enqueue(tx, WORK, {"word": "undone"}, owner_id="ann")
            raise RuntimeError

    async with open_shop(database, queue, [(WORK, note)]) as shop, shop.working():
        with pytest.raises(RuntimeError):
            await enqueue_and_fail()
        await shop.until_final((await shop.enqueue(WORK, {"word": "kept"})).id)

    assert ran == [{"word": "kept"}]


async def test_two_workers_run_each_job_once(database: Database, queue: Queue) -> None:
    ran: list[JSON] = []

    async def note(context: JobContext, payload: Payload) -> None:
        ran.append(payload["number"])
        await anyio.sleep(0)

    async with (
        open_shop(database, queue, [(WORK, note)]) as shop,
        shop.working(),
        shop.working(),
    ):
        added = [await shop.enqueue(WORK, {"number": number}) for number in range(60)]
        for job in added:
            await shop.until_final(job.id)

    assert len(ran) == 60
    assert set(ran) == set(range(60))


async def test_a_failure_is_tried_again_until_it_works(database: Database, queue: Queue) -> None:
    async def third_time_lucky(context: JobContext, payload: Payload) -> Payload:
        if context.attempt < 3:
            raise OSError("not yet")
        return {"attempt": context.attempt}

    async with open_shop(database, queue, [(WORK, third_time_lucky)]) as shop, shop.working():
        done = await shop.until_final((await shop.enqueue(WORK)).id)

    assert done.state is JobState.SUCCEEDED
    assert done.attempts == 3
    assert done.error is None


async def test_a_job_fails_when_its_attempts_are_used_up(database: Database, queue: Queue) -> None:
    async def broken(context: JobContext, payload: Payload) -> None:
        raise OSError("disk on fire")

    async with open_shop(database, queue, [(WORK, broken)]) as shop, shop.working():
        done = await shop.until_final((await shop.enqueue(WORK)).id)

    assert (done.state, done.attempts) == (JobState.FAILED, 3)
    assert done.error == JobFailure("internal", "unexpected OSError; the log tells more")


async def test_an_error_that_no_retry_cures_is_final(database: Database, queue: Queue) -> None:
    async def pointless(context: JobContext, payload: Payload) -> None:
        async with anyio.create_task_group():
            raise NotFoundError("the folder has gone")

    async with open_shop(database, queue, [(WORK, pointless)]) as shop, shop.working():
        done = await shop.until_final((await shop.enqueue(WORK)).id)

    assert (done.state, done.attempts) == (JobState.FAILED, 1)
    assert done.error == JobFailure("not-found", "the folder has gone")


async def test_waiting_for_others_uses_up_no_attempt(database: Database, queue: Queue) -> None:
    runs = 0

    async def sixth_time_there(context: JobContext, payload: Payload) -> Payload:
        nonlocal runs
        runs += 1
        if runs < 6:
            raise JobWaitingError("somebody has it", again_after=timedelta(seconds=0.02))
        return {"attempt": context.attempt}

    async with open_shop(database, queue, [(WORK, sixth_time_there)]) as shop, shop.working():
        done = await shop.until_final((await shop.enqueue(WORK)).id)

    assert (done.state, done.result) == (JobState.SUCCEEDED, {"attempt": 1})


async def test_a_job_that_waits_for_too_long_fails(database: Database, queue: Queue) -> None:
    impatient = kind(patience=timedelta(seconds=0.05))

    async def never_there(context: JobContext, payload: Payload) -> None:
        raise JobWaitingError("somebody has it", again_after=timedelta(seconds=0.02))

    async with open_shop(database, queue, [(impatient, never_there)]) as shop, shop.working():
        done = await shop.until_final((await shop.enqueue(impatient)).id)

    assert (done.state, done.attempts) == (JobState.FAILED, 1)
    assert done.error == JobFailure("job-waiting", "somebody has it")


async def test_a_waiting_job_that_is_asked_for_again_runs_at_once(
    database: Database, queue: Queue
) -> None:
    there = False

    async def once_there(context: JobContext, payload: Payload) -> None:
        if not there:
            raise JobWaitingError("somebody has it", again_after=timedelta(hours=1))

    async with open_shop(database, queue, [(WORK, once_there)]) as shop, shop.working():
        job = await shop.enqueue(WORK, unique_key="drive-1")
        await shop.until(job.id, lambda seen: seen.error is not None)
        there = True
        again = await shop.enqueue(WORK, unique_key="drive-1")
        done = await shop.until_final(job.id)

    assert again.id == job.id
    assert (done.state, done.error) == (JobState.SUCCEEDED, None)


async def test_an_attempt_that_takes_too_long_is_a_failure(
    database: Database, queue: Queue
) -> None:
    hasty = JobKind("hasty", max_attempts=1, timeout=timedelta(seconds=0.05))

    async with open_shop(database, queue, [(hasty, Stuck())]) as shop, shop.working():
        done = await shop.until_final((await shop.enqueue(hasty)).id)

    assert done.error is not None
    assert done.error.code == "job-timeout"


async def test_progress_is_seen_while_the_job_runs(database: Database, queue: Queue) -> None:
    stuck = Stuck()

    async with open_shop(database, queue, [(WORK, stuck)]) as shop, shop.working():
        job = await shop.enqueue(WORK)
        seen = await shop.until(job.id, lambda job: job.progress.done == 1)
        stuck.go.set()
        done = await shop.until_final(job.id)

    assert seen.state is JobState.RUNNING
    assert seen.progress == Progress(1, None, "files")
    assert done.progress == seen.progress


async def is_past_its_first_lease(database: Database) -> bool:
    """Whether the only job began so long ago that sweepers would have taken it."""
    async with database.read() as tx:
        return await tx.value("SELECT now() > started_at + lease * 1.2 FROM jobs")


async def test_a_running_job_outlives_its_lease_by_heartbeats(
    database: Database, queue: Queue
) -> None:
    # Twenty heartbeats: a machine that is busy misses some of them.
    brief = kind(lease=timedelta(seconds=2))
    release = anyio.Event()

    async def silent(context: JobContext, payload: Payload) -> None:
        await release.wait()

    async with open_shop(database, queue, [(brief, silent)]) as shop, shop.working():
        job = await shop.enqueue(brief)
        await shop.until_state(job.id, JobState.RUNNING)
        with anyio.fail_after(PATIENCE):
            while not await is_past_its_first_lease(database):
                await anyio.sleep(0.01)
        release.set()
        done = await shop.until_final(job.id)

    assert (done.state, done.attempts) == (JobState.SUCCEEDED, 1)


async def test_cancelling_a_running_job_ends_it(database: Database, queue: Queue) -> None:
    stuck = Stuck()

    async with open_shop(database, queue, [(WORK, stuck)]) as shop, shop.working():
        job = await shop.enqueue(WORK)
        await stuck.began.wait()
        async with database.transaction() as tx:
            asked = await shop.jobs.cancel(tx, job.id)
        done = await shop.until_final(job.id)

    assert asked.cancel_requested
    assert (done.state, stuck.runs) == (JobState.CANCELLED, 1)


async def test_a_cancelled_job_that_waits_never_runs(database: Database, queue: Queue) -> None:
    async with open_shop(database, queue, [(WORK, echo)]) as shop:
        job = await shop.enqueue(WORK, {"word": "no"})
        async with database.transaction() as tx:
            cancelled = await shop.jobs.cancel(tx, job.id)
        async with shop.working():
            await shop.until_final((await shop.enqueue(WORK, {"word": "yes"})).id)
        after = await shop.get(job.id)

    assert cancelled.state is JobState.CANCELLED
    assert (after.state, after.attempts) == (JobState.CANCELLED, 0)


async def test_a_failed_job_can_be_retried(database: Database, queue: Queue) -> None:
    cured = False

    async def until_cured(context: JobContext, payload: Payload) -> None:
        if not cured:
            raise OSError

    async with open_shop(database, queue, [(WORK, until_cured)]) as shop, shop.working():
        job = await shop.enqueue(WORK)
        await shop.until_state(job.id, JobState.FAILED)
        cured = True
        async with database.transaction() as tx:
            retried = await shop.jobs.retry(tx, job.id)
        done = await shop.until_final(job.id)

    assert (retried.state, retried.attempts) == (JobState.QUEUED, 0)
    assert (done.state, done.error) == (JobState.SUCCEEDED, None)


async def test_only_what_failed_can_be_retried(database: Database, queue: Queue) -> None:
    async with open_shop(database, queue, []) as shop:
        job = await shop.enqueue(WORK)

        with pytest.raises(JobNotRetryableError):
            async with database.transaction() as tx:
                await shop.jobs.retry(tx, job.id)


async def test_an_equal_job_is_not_added_twice(database: Database, queue: Queue) -> None:
    async with open_shop(database, queue, []) as shop:
        first = await shop.enqueue(WORK, unique_key="drive-1")
        second = await shop.enqueue(WORK, unique_key="drive-1")
        other = await shop.enqueue(WORK, unique_key="drive-2")

    assert second.id == first.id
    assert other.id != first.id


async def test_a_job_asked_for_while_it_runs_runs_once_more(
    database: Database, queue: Queue
) -> None:
    stuck = Stuck()

    async with open_shop(database, queue, [(WORK, stuck)]) as shop, shop.working():
        job = await shop.enqueue(WORK, unique_key="drive-1")
        await stuck.began.wait()
        again = await shop.enqueue(WORK, unique_key="drive-1")
        stuck.go.set()
        done = await shop.until_final(job.id)

    assert again.id == job.id
    assert (done.state, stuck.runs) == (JobState.SUCCEEDED, 2)


@pytest.mark.parametrize("again", [True, False])
async def test_a_job_asked_for_after_its_cancel_runs_all_the_same(
    database: Database, queue: Queue, *, again: bool
) -> None:
    runs = 0
    began, go = anyio.Event(), anyio.Event()

    async def cancelled_once(context: JobContext, payload: Payload) -> None:
        nonlocal runs
        runs += 1
        began.set()
        await go.wait()
        await context.progress(1, 1, "files")

    async with open_shop(database, queue, [(WORK, cancelled_once)]) as shop, shop.working():
        job = await shop.enqueue(WORK, unique_key="drive-1")
        await began.wait()
        async with database.transaction() as tx:
            await shop.jobs.cancel(tx, job.id)
        await shop.enqueue(WORK, unique_key="drive-1", again=again)
        go.set()
        done = await shop.until_final(job.id)

    assert (done.state, runs) == (JobState.SUCCEEDED, 2)


async def test_a_job_for_later_runs_when_its_time_has_come(
    database: Database, queue: Queue
) -> None:
    async with open_shop(database, queue, [(WORK, echo)]) as shop, shop.working():
        async with database.transaction() as tx:
            soon = await tx.value("SELECT now() + interval '300 ms'")
            job = await shop.jobs.enqueue(tx, WORK, {"word": "later"}, owner_id="ann", run_at=soon)
        done = await shop.until_final(job.id)

    assert done.state is JobState.SUCCEEDED
    assert done.started_at is not None
    assert done.started_at >= soon


async def test_an_error_in_a_service_comes_out_as_it_is(database: Database, queue: Queue) -> None:
    async def fail() -> None:
        async with open_shop(database, queue, []):
            raise LookupError

    with pytest.raises(LookupError):
        await fail()


async def test_a_retry_meets_an_equal_job_that_is_alive(database: Database, queue: Queue) -> None:
    async with open_shop(database, queue, []) as shop:
        first = await shop.enqueue(WORK, unique_key="drive-1")
        async with database.transaction() as tx:
            await shop.jobs.cancel(tx, first.id)
        await shop.enqueue(WORK, unique_key="drive-1")

        with pytest.raises(JobNotRetryableError):
            async with database.transaction() as tx:
                await shop.jobs.retry(tx, first.id)


async def test_a_stopping_worker_lets_its_job_finish(database: Database, queue: Queue) -> None:
    stuck = Stuck()

    async with open_shop(database, queue, [(WORK, stuck)]) as shop:
        async with shop.working() as worker:
            job = await shop.enqueue(WORK)
            await stuck.began.wait()
            worker.stop()
            stuck.go.set()
        after = await shop.get(job.id)

    assert after.state is JobState.SUCCEEDED


async def test_a_stopping_worker_hands_back_what_takes_too_long(
    database: Database, queue: Queue
) -> None:
    stuck = Stuck()

    async with open_shop(database, queue, [(WORK, stuck)]) as shop:
        async with shop.working(grace=0):
            job = await shop.enqueue(WORK)
            await stuck.began.wait()
        handed_back = await shop.get(job.id)
        stuck.go.set()
        async with shop.working():
            done = await shop.until_final(job.id)

    assert (handed_back.state, handed_back.attempts) == (JobState.QUEUED, 0)
    assert (done.state, stuck.runs) == (JobState.SUCCEEDED, 2)


async def test_a_request_can_wait_for_short_work(database: Database, queue: Queue) -> None:
    async with open_shop(database, queue, [(WORK, echo)]) as shop:
        job = await shop.enqueue(WORK, {"word": "quick"})

        done = await shop.runner.run_now(job.id, deadline=timedelta(seconds=PATIENCE))

    assert done.state is JobState.SUCCEEDED


async def test_long_work_goes_on_after_the_deadline(database: Database, queue: Queue) -> None:
    stuck = Stuck()

    async with open_shop(database, queue, [(WORK, stuck)]) as shop:
        job = await shop.enqueue(WORK)
        unfinished = await shop.runner.run_now(job.id, deadline=timedelta(seconds=1))
        stuck.go.set()
        done = await shop.until_final(job.id)

    assert unfinished.state is JobState.RUNNING
    assert done.state is JobState.SUCCEEDED


async def test_a_job_of_an_unknown_kind_waits_for_who_knows_it(
    database: Database, queue: Queue
) -> None:
    async with open_shop(database, queue, []) as shop, shop.working():
        job = await shop.enqueue(kind("from-the-future"))

        waiting = await shop.until(job.id, lambda seen: seen.run_at > job.run_at)

    assert (waiting.state, waiting.attempts) == (JobState.QUEUED, 0)


async def test_jobs_of_others_are_not_found(database: Database, queue: Queue) -> None:
    async with open_shop(database, queue, []) as shop:
        job = await shop.enqueue(WORK)

        async with database.read() as tx:
            with pytest.raises(JobNotFoundError):
                await shop.jobs.get(tx, job.id, owner_id="bob")
            mine = await shop.jobs.list(tx, owner_id="ann", state=JobState.QUEUED, kind="work")
            of_bob = await shop.jobs.list(tx, owner_id="bob")

    assert [each.id for each in mine] == [job.id]
    assert of_bob == []


async def test_a_periodic_task_is_done_by_one_of_two_workers(
    database: Database, queue: Queue
) -> None:
    turns: list[str] = []
    both = anyio.Event()

    async def turn(name: str) -> None:
        turns.append(name)
        if {"tidy", "note"} <= set(turns):
            both.set()

    tasks = [
        PeriodicTask("tidy", timedelta(hours=1), lambda: turn("tidy")),
        PeriodicTask("note", timedelta(hours=1), lambda: turn("note")),
    ]
    async with (
        open_shop(database, queue, []) as shop,
        shop.working(periodic=tasks),
        shop.working(periodic=tasks),
    ):
        with anyio.fail_after(PATIENCE):
            await both.wait()

    assert sorted(turns) == ["note", "tidy"]


async def test_the_metrics_tell_what_waits_and_what_ended(database: Database, queue: Queue) -> None:
    async with open_shop(database, queue, [(WORK, echo)]) as shop:
        done = await shop.enqueue(WORK, {"word": "done"})
        await shop.runner.run(done.id)
        await shop.enqueue(WORK)
        await shop.sweeper.sweep()

    value = shop.metrics.registry.get_sample_value
    assert value("keyshelf_jobs", {"queue": "small", "state": "queued"}) == 1
    assert value("keyshelf_jobs", {"queue": "large", "state": "queued"}) == 0
    assert value("keyshelf_jobs_ended_total", {"kind": "work", "state": "succeeded"}) == 1
    assert (value("keyshelf_oldest_job_seconds", {"queue": "small"}) or 0) > 0
