"""Stages: done once, kept when another fails, tried again alone."""

import anyio
import pytest

from keyshelf.errors import InvalidInputError, UnavailableError
from keyshelf.jobs.values import JobState
from keyshelf.layout.media import work_key
from keyshelf.media.tools.failures import ToolOutputTooLargeError, ToolTimeoutError
from keyshelf.media.work.makers import Task
from keyshelf.media.work.retrying import retry
from keyshelf.media.work.upkeep import sweep_pieces
from keyshelf.media.work.values import MediaType
from tests.integration.media.work.studio import HASH, SOURCE, Studio, nothing

pytestmark = [pytest.mark.anyio, pytest.mark.services]


class UnreadableError(InvalidInputError):
    code = "test-unreadable"


class AwayError(UnavailableError):
    code = "test-away"


async def refuse(task: Task) -> None:
    raise UnreadableError("no such moment")


async def test_all_stages_make_a_whole_result(studio: Studio) -> None:
    admitted = await studio.ask()

    job = await studio.run(admitted.job.id)

    assert job.state is JobState.SUCCEEDED
    assert job.result is not None
    stages = job.result["stages"]
    assert list(stages) == ["cover", "preview", "transcode"]  # type: ignore[arg-type]
    assert await studio.count("media_renditions") == 3
    shown = await studio.shown(job.id)
    assert [stage and stage.state for _, stage in shown.stages] == ["ready"] * 4
    assert not shown.retry_plan.allowed


async def test_an_attempt_that_died_is_gone_on_with(studio: Studio) -> None:
    reached = anyio.Event()

    async def hang(task: Task) -> None:
        await task.pieces.note("piece-1", {"frames": 50})
        reached.set()
        await anyio.sleep_forever()

    studio.stubs.before["transcode"] = hang
    admitted = await studio.ask()
    async with anyio.create_task_group() as group:
        group.start_soon(studio.run, admitted.job.id)
        await reached.wait()
        group.cancel_scope.cancel()
    noted: list[object] = []

    async def look(task: Task) -> None:
        noted.append(task.pieces.done("piece-1"))

    studio.stubs.before["transcode"] = look
    job = await studio.run(admitted.job.id)

    assert job.state is JobState.SUCCEEDED
    assert studio.stubs.calls == {"cover": 1, "preview": 1, "transcode": 2}
    assert noted == [{"frames": 50}]
    assert {name for name, _ in (await studio.shown(job.id)).stages} == {
        "source", "cover", "preview", "transcode"
    }  # fmt: skip


async def test_a_stage_that_fails_stops_no_other_and_is_retried_alone(studio: Studio) -> None:
    studio.stubs.before["cover"] = refuse
    admitted = await studio.ask()

    failed = await studio.run(admitted.job.id)

    assert failed.state is JobState.FAILED
    assert failed.error is not None
    assert (failed.error.code, failed.error.detail) == ("test-unreadable", "no such moment")
    shown = await studio.shown(failed.id)
    assert list(shown.results) == ["preview", "transcode"]
    assert shown.retry_plan.allowed
    assert shown.retry_plan.stages == ["cover"]

    studio.stubs.before["cover"] = nothing
    async with studio.database.transaction() as tx:
        again = await retry(tx, studio.parts, failed, by_admin=False)
    job = await studio.run(again.id)

    assert (job.id, job.state) == (failed.id, JobState.SUCCEEDED)
    assert studio.stubs.calls == {"cover": 2, "preview": 1, "transcode": 1}


async def test_what_may_pass_is_tried_again_by_itself(studio: Studio) -> None:
    async def away(task: Task) -> None:
        raise AwayError("the store does not answer")

    studio.stubs.before["preview"] = away
    studio.stubs.before["cover"] = refuse
    admitted = await studio.ask()
    waiting = await studio.run(admitted.job.id)
    assert waiting.state is JobState.QUEUED

    studio.stubs.before["preview"] = nothing
    await studio.due_now(admitted.job.id)
    job = await studio.run(admitted.job.id)

    # The cover was refused for good: another attempt would have come to the same.
    assert job.state is JobState.FAILED
    assert studio.stubs.calls == {"cover": 1, "preview": 2, "transcode": 1}


async def test_what_a_busy_machine_may_have_caused_is_tried_a_few_times(studio: Studio) -> None:
    async def take_long(task: Task) -> None:
        raise ToolTimeoutError("it took too long")

    studio.stubs.before["cover"] = take_long
    admitted = await studio.ask(MediaType.COVER)
    states: list[JobState] = []
    for _ in range(3):
        states.append((await studio.run(admitted.job.id)).state)
        await studio.due_now(admitted.job.id)

    assert states == [JobState.QUEUED, JobState.QUEUED, JobState.FAILED]
    assert studio.stubs.calls == {"cover": 3}


async def test_a_limit_that_no_other_machine_would_lift_is_met_once(studio: Studio) -> None:
    async def want_too_much(task: Task) -> None:
        raise ToolOutputTooLargeError("it wrote too much")

    studio.stubs.before["cover"] = want_too_much
    admitted = await studio.ask(MediaType.COVER)

    job = await studio.run(admitted.job.id)

    assert job.state is JobState.FAILED
    assert studio.stubs.calls == {"cover": 1}


async def test_an_attempt_that_lost_its_job_notes_nothing_more(studio: Studio) -> None:
    async def lose(task: Task) -> None:
        async with studio.database.transaction() as tx:
            await tx.execute(
                "UPDATE jobs SET claim = gen_random_uuid() WHERE id = %(id)s", {"id": task.job_id}
            )

    studio.stubs.before["cover"] = lose
    admitted = await studio.ask(MediaType.COVER)

    await studio.run(admitted.job.id)

    assert [name for name, stage in (await studio.shown(admitted.job.id)).stages if stage] == [
        "source"
    ]
    assert await studio.count("media_renditions") == 0


async def test_bytes_that_are_not_what_the_hash_says_are_not_worked_on(studio: Studio) -> None:
    other = "0" * 64
    admitted = await studio.ask(hash=other)

    job = await studio.run(admitted.job.id)

    assert job.error is not None
    assert (job.state, job.error.code) == (JobState.FAILED, "media-hash-mismatch")
    assert not studio.stubs.calls
    assert await studio.keys() == []
    assert await studio.count("media_assets") == 0


async def test_a_source_that_was_replaced_is_not_worked_on(studio: Studio) -> None:
    admitted = await studio.ask(hash="holiday")
    await studio.parts.media.source.put(SOURCE, b"another film")

    job = await studio.run(admitted.job.id)

    assert job.error is not None
    assert (job.state, job.error.code) == (JobState.FAILED, "media-source-changed")
    stages = dict((await studio.shown(job.id)).stages)
    assert stages["source"] is not None
    assert stages["source"].error_code == "media-source-changed"


async def test_cancelling_ends_what_runs(studio: Studio) -> None:
    began = anyio.Event()

    async def work(task: Task) -> None:
        began.set()
        for done in range(10_000):
            await task.report(done, 10_000)
            await anyio.sleep(0.01)

    studio.stubs.before["cover"] = work
    admitted = await studio.ask(MediaType.COVER)
    async with anyio.create_task_group() as group:
        group.start_soon(studio.run, admitted.job.id)
        await began.wait()
        async with studio.database.transaction() as tx:
            await studio.parts.media.jobs.cancel(tx, admitted.job.id)

    job = await studio.job(admitted.job.id)
    assert job.state is JobState.CANCELLED
    assert job.progress.unit == "seconds"
    assert await studio.keys() == []


async def test_cancelling_ends_what_says_nothing(studio: Studio) -> None:
    began, ended = anyio.Event(), anyio.Event()

    async def hang(task: Task) -> None:
        began.set()
        try:
            await anyio.sleep_forever()
        finally:
            ended.set()

    studio.stubs.before["cover"] = hang
    admitted = await studio.ask()
    async with anyio.create_task_group() as group:
        group.start_soon(studio.run, admitted.job.id)
        await began.wait()
        async with studio.database.transaction() as tx:
            await studio.parts.media.jobs.cancel(tx, admitted.job.id)
        await ended.wait()

    assert (await studio.job(admitted.job.id)).state is JobState.CANCELLED
    assert studio.stubs.calls == {"cover": 1}


async def test_a_paused_job_keeps_its_stages_and_pieces_and_is_the_one_that_is_asked_for(
    studio: Studio,
) -> None:
    began = anyio.Event()
    noted: list[object] = []

    async def hang(task: Task) -> None:
        noted.append(task.pieces.done("piece-1"))
        await task.pieces.note("piece-1", {"frames": 50})
        began.set()
        await anyio.sleep_forever()

    studio.stubs.before["transcode"] = hang
    admitted = await studio.ask()
    jobs = studio.parts.media.jobs
    async with anyio.create_task_group() as group:
        group.start_soon(studio.run, admitted.job.id)
        await began.wait()
        async with studio.database.transaction() as tx:
            await jobs.pause(tx, admitted.job.id)
    again = await studio.ask()
    assert (again.is_new, again.job.id, again.job.state) == (
        False,
        admitted.job.id,
        JobState.PAUSED,
    )
    assert (await studio.shown(admitted.job.id)).retry_plan.stages == ["transcode"]

    async def look(task: Task) -> None:
        noted.append(task.pieces.done("piece-1"))

    studio.stubs.before["transcode"] = look
    async with studio.database.transaction() as tx:
        await jobs.resume(tx, admitted.job.id)
    job = await studio.run(admitted.job.id)
    async with studio.database.read() as tx:
        told = [line.note.text for line in await jobs.log(tx, job.id)]

    assert (job.state, job.attempts) == (JobState.SUCCEEDED, 1)
    assert studio.stubs.calls == {"cover": 1, "preview": 1, "transcode": 2}
    assert noted == [None, {"frames": 50}]
    assert "not done again: cover, preview" in told


async def test_pieces_go_with_their_job(studio: Studio) -> None:
    gone = studio.parts.media.new_id()
    admitted = await studio.ask(MediaType.TRANSCODE, hash=HASH)
    for job_id in (gone, admitted.job.id):
        await studio.media.put(work_key(job_id, "piece-1/r240.mp4"), b"frames")

    assert await sweep_pieces(studio.parts) == 1
    assert await studio.keys() == [work_key(admitted.job.id, "piece-1/r240.mp4")]

    await studio.run(admitted.job.id)
    assert [key for key in await studio.keys() if key.startswith("work/")] == []
