"""What repositories do by themselves, and as jobs."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import msgspec
import pytest

from keyshelf.jobs import queries
from keyshelf.jobs.attempts import AttemptOptions
from keyshelf.jobs.registry import Registry
from keyshelf.jobs.rows_queue import RowsQueue
from keyshelf.jobs.runner import Runner
from keyshelf.jobs.service import Jobs
from keyshelf.jobs.values import Job, JobState, Progress
from keyshelf.layout.repository import CHUNKS, bloom_key, chunk_key, repository_key, stats_key
from keyshelf.repositories import bloom, handlers, scheduling
from keyshelf.repositories.catalog.values import RepositoryRecord
from keyshelf.repositories.check.values import Report
from keyshelf.repositories.formats import documents, ids
from keyshelf.repositories.upkeep import upkeep
from keyshelf.store.errors import StoreUnavailableError
from keyshelf.store.faulty import FaultyStore
from keyshelf.telemetry import Metrics
from tests.integration.repositories.shelf import MAIN, Packed, Shelf, commit_tree
from tests.patience import PATIENCE

pytestmark = pytest.mark.anyio
TREE = {"a.mov": b"a take, in several chunks", "n": b"noted"}


async def do(shelf: Shelf, name: str) -> None:
    (task,) = [each for each in upkeep(shelf.parts) if each.name == f"repositories-{name}"]
    await task.run()


async def content_of(shelf: Shelf, key: str) -> bytes:
    (found,) = await shelf.parts.store.get_many(
        [each for each in await shelf.keys() if each == key]
    )
    assert found is not None
    return found


async def test_a_mirror_that_lags_is_written(shelf: Shelf, film: RepositoryRecord) -> None:
    faulty = FaultyStore(shelf.parts.store)
    faulty.fail("get", call=2, error=StoreUnavailableError("not now"))
    commit = await commit_tree(shelf.on(faulty).carrier(film), TREE)
    before = documents.decode_repository(await content_of(shelf, repository_key(film.id)))
    assert before.refs == ()

    await do(shelf, "mirror")

    after = documents.decode_repository(await content_of(shelf, repository_key(film.id)))
    assert [ref.commit for ref in after.refs] == [commit]


async def test_pushes_that_went_silent_end_and_leave_nothing(
    shelf: Shelf, film: RepositoryRecord
) -> None:
    packed = Packed(None)
    packed.put(b"half of a push")
    faulty = FaultyStore(shelf.parts.store)
    faulty.lose_answer("put")
    with pytest.raises(StoreUnavailableError):
        async with shelf.on(faulty).carrier(film).push() as push:
            await push.send(list(packed.chunks.values()))

    async with shelf.carrier(film).push():
        shelf.clock.pass_by(timedelta(days=2))
        await do(shelf, "end-pushes")
        assert await shelf.count("repository_pushes") == 0
    await do(shelf, "delete-objects")

    assert await shelf.keys(CHUNKS) == []


async def test_marks_of_runs_that_died_are_swept(shelf: Shelf, film: RepositoryRecord) -> None:
    run = shelf.parts.new_id()
    async with shelf.parts.database.transaction() as tx:
        await tx.execute(
            "INSERT INTO repository_collections VALUES (%(run)s, %(now)s)",
            {"run": run, "now": shelf.clock()},
        )
        await tx.execute("INSERT INTO repository_marks VALUES (%(run)s, '')", {"run": run})

    await do(shelf, "sweep-marks")
    assert await shelf.count("repository_marks") == 1
    shelf.clock.pass_by(timedelta(days=8))
    await do(shelf, "sweep-marks")

    assert await shelf.count("repository_marks") == 0


async def test_statistics_and_the_filter_are_written_once_for_each_change(
    shelf: Shelf, film: RepositoryRecord
) -> None:
    await commit_tree(shelf.carrier(film), TREE)
    await do(shelf, "snapshots")
    stats = documents.decode_stats(await content_of(shelf, stats_key(film.id)))
    chunks = bloom.parse(await content_of(shelf, bloom_key(film.id)))
    packed = Packed(None)
    packed.folder(b"", TREE)

    assert (stats.commits, stats.chunks) == (1, len(packed.chunks))
    assert stats.logical_bytes == sum(map(len, TREE.values()))
    assert all(chunks.may_have(chunk) for chunk in packed.chunks)
    assert not chunks.may_have(ids.chunk_id(b"something else", None))
    await shelf.parts.store.delete(stats_key(film.id))
    await do(shelf, "snapshots")
    assert stats_key(film.id) not in await shelf.keys()


@asynccontextmanager
async def runner_of(shelf: Shelf) -> AsyncGenerator[tuple[Jobs, Runner]]:
    database = shelf.parts.database
    async with RowsQueue(database) as queue:
        registry = Registry(handlers.registrations(shelf.parts))
        options = AttemptOptions(progress_interval=timedelta(0))
        async with Runner(database, registry, queue, Metrics(), options=options) as runner:
            yield Jobs(queue), runner


async def test_jobs_collect_and_check(shelf: Shelf, film: RepositoryRecord) -> None:
    carrier = shelf.carrier(film)
    await commit_tree(carrier, TREE)
    lost = await commit_tree(carrier, {"b": b"not kept"})
    await carrier.delete_ref(MAIN, expected=lost)
    await commit_tree(carrier, {"c": b"kept"})
    await shelf.parts.store.delete(chunk_key(ids.chunk_id(b"kept", None)))
    shelf = replace(
        shelf,
        parts=replace(shelf.parts, options=replace(shelf.parts.options, grace=timedelta(0))),
    )

    async with runner_of(shelf) as (jobs, runner):

        async def finished(job_id: UUID) -> Job:
            job = await runner.run_now(job_id, deadline=timedelta(seconds=PATIENCE))
            assert job.state is JobState.SUCCEEDED, job
            return job

        async with shelf.parts.database.transaction() as tx:
            collection = await scheduling.schedule_collection(
                tx, jobs, film.id, dry_run=False, asked_by="anna"
            )
            checking = await scheduling.schedule_check(
                tx, jobs, film.id, read_data=True, sample=None, asked_by="anna"
            )
        collected = (await finished(collection.id)).result
        report = (await finished(checking.id)).result

    assert collected is not None
    assert collected["commits_deleted"] == 2
    told = msgspec.convert(report, Report)
    assert [each.path for each in told.hurt_files] == ["c"]


async def test_asking_again_for_a_check_that_runs_leaves_what_it_found(
    shelf: Shelf, film: RepositoryRecord
) -> None:
    async def ask(jobs: Jobs) -> Job:
        async with shelf.parts.database.transaction() as tx:
            return await scheduling.schedule_check(
                tx, jobs, film.id, read_data=True, sample=None, asked_by="anna"
            )

    claim = shelf.parts.new_id()
    async with RowsQueue(shelf.parts.database) as queue:
        job = await ask(Jobs(queue))
        async with shelf.parts.database.transaction() as tx:
            await queries.claim(tx, job.id, claim, worker="one")
        again = await ask(Jobs(queue))
        async with shelf.parts.database.transaction() as tx:
            ended = await queries.finish(tx, job.id, claim, JobState.SUCCEEDED, Progress())

    assert again.id == job.id
    assert ended is not None
    assert ended.state is JobState.SUCCEEDED
