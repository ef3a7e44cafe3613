"""What a job's log tells: of each attempt, of who steered it, and no more than is kept."""

from datetime import timedelta
from uuid import UUID

import anyio
import pytest

from keyshelf.database.pool import Database
from keyshelf.jobs.context import JobContext
from keyshelf.jobs.log.values import MAX_LINES, Level, Note
from keyshelf.jobs.rows_queue import RowsQueue
from keyshelf.jobs.values import JobState, JobWaitingError, Payload
from tests.integration.jobs.shop import Shop, kind, open_shop

pytestmark = [pytest.mark.anyio, pytest.mark.services]

WORK = kind()


async def notes(shop: Shop, job_id: UUID) -> list[Note]:
    async with shop.database.read() as tx:
        return [line.note for line in await shop.jobs.log(tx, job_id)]


async def texts(shop: Shop, job_id: UUID) -> list[str]:
    return [note.text for note in await notes(shop, job_id)]


async def test_two_attempts_are_told_with_their_stages_and_the_error(database: Database) -> None:
    async def second_time_lucky(context: JobContext, payload: Payload) -> None:
        await context.progress(0, 2, "files", "look")
        await context.progress(1, 2, "files", "work")
        if context.attempt == 1:
            raise OSError("/secret/path")

    async with open_shop(database, RowsQueue(database), [(WORK, second_time_lucky)]) as shop:
        job = await shop.enqueue(WORK)
        async with shop.working():
            done = await shop.until_final(job.id)
        told = await notes(shop, job.id)

    taken = [note.text.partition(",")[0] for note in told if note.text.startswith("attempt")]
    assert taken == ["attempt 1", "attempt 1 of 3 failed", "attempt 2"]
    assert f"attempt 2, by {done.worker}" in [note.text for note in told]
    began = [note.text for note in told if note.text.endswith(": began")]
    assert began == ["look: began", "work: began"] * 2
    assert sum(note.text.startswith("work: ended after ") for note in told) == 2
    (failed,) = [note for note in told if note.level is Level.WARNING]
    assert (failed.text, failed.code) == ("attempt 1 of 3 failed, queued again", "internal")
    assert failed.detail == "unexpected OSError; the log tells more"
    assert told[-1].text == "finished"


async def test_the_log_grows_while_the_job_runs(database: Database) -> None:
    told, go = anyio.Event(), anyio.Event()

    async def work(context: JobContext, payload: Payload) -> None:
        context.tell("half of it is done")
        await context.progress(1, 2, "files")
        told.set()
        await go.wait()

    async with open_shop(database, RowsQueue(database), [(WORK, work)]) as shop, shop.working():
        job = await shop.enqueue(WORK)
        await told.wait()
        async with database.read() as tx:
            lines = await shop.jobs.log(tx, job.id)
        go.set()
        await shop.until_final(job.id)
        async with database.read() as tx:
            more = await shop.jobs.log(tx, job.id, after=max(line.number for line in lines))

    assert [line.note.text for line in lines][1:] == ["half of it is done"]
    assert [line.note.text for line in more] == ["finished"]


async def test_the_last_lines_are_kept_and_each_is_short(database: Database) -> None:
    async def chatty(context: JobContext, payload: Payload) -> None:
        for number in range(MAX_LINES):
            context.tell(f"{number} {'x' * 1000}")
            if number % 50 == 0:
                await context.progress(number, None, "files")

    async with open_shop(database, RowsQueue(database), [(WORK, chatty)]) as shop:
        job = await shop.enqueue(WORK)
        await shop.runner.run(job.id)
        told = await notes(shop, job.id)

    assert len(told) == MAX_LINES
    assert told[0].text.startswith("1 ")
    assert told[-1].text == "finished"
    assert max(len(note.text) for note in told) <= 200


async def test_who_paused_resumed_and_cancelled_is_told(database: Database) -> None:
    async with open_shop(database, RowsQueue(database), []) as shop:
        job = await shop.enqueue(WORK)
        async with database.transaction() as tx:
            await shop.jobs.pause(tx, job.id, by="ann")
            await shop.jobs.pause(tx, job.id, by="eve")
            await shop.jobs.resume(tx, job.id, by="bob")
            await shop.jobs.cancel(tx, job.id, by="cid")
            await shop.jobs.retry(tx, job.id, by="dan")

        assert await texts(shop, job.id) == [
            "paused by ann",
            "resumed by bob",
            "cancelled by cid",
            "queued again by dan",
        ]


async def test_that_a_worker_died_is_told_with_its_name(database: Database) -> None:
    async with open_shop(database, RowsQueue(database), []) as shop:
        job = await shop.enqueue(WORK)
        async with database.transaction() as tx:
            await tx.execute(
                "UPDATE jobs SET state = 'running', attempts = 1, worker = 'host/7',"
                " claim = gen_random_uuid(), lease_until = now() - interval '1 s'"
            )
        await shop.sweeper.sweep()

        (note,) = await notes(shop, job.id)
    assert note.text == "host/7 gave no more sign of life: queued"
    assert note.code == "job-abandoned"


async def test_waiting_again_and_again_is_told_once(database: Database) -> None:
    async def wait(context: JobContext, payload: Payload) -> None:
        raise JobWaitingError("others have it", again_after=timedelta(0))

    async with open_shop(database, RowsQueue(database), [(WORK, wait)]) as shop:
        job = await shop.enqueue(WORK)
        for _ in range(3):
            await shop.runner.run(job.id)

        assert len(await texts(shop, job.id)) == 2


async def test_a_log_goes_with_its_job(database: Database) -> None:
    async with open_shop(database, RowsQueue(database), []) as shop:
        job = await shop.enqueue(WORK)
        async with database.transaction() as tx:
            ended = await shop.jobs.cancel(tx, job.id)
            await shop.jobs.forget(tx, [job.id])

        assert ended.state is JobState.CANCELLED
        assert await texts(shop, job.id) == []
