"""Requests that give jobs a moment: how many run, and how long all of them take."""

from datetime import timedelta

import anyio
import pytest

from keyshelf.api.waiting import wait_for_all
from keyshelf.database.pool import Database
from keyshelf.jobs.context import JobContext
from keyshelf.jobs.registry import Registration, Registry
from keyshelf.jobs.rows_queue import RowsQueue
from keyshelf.jobs.runner import Runner
from keyshelf.jobs.values import JobState, Payload
from keyshelf.telemetry import Metrics
from tests.integration.jobs.shop import kind, open_shop

pytestmark = [pytest.mark.anyio, pytest.mark.services]

WORK = kind()
MOMENT = timedelta(seconds=1)
"""Too short for what never ends, and long enough to begin it on a machine that is busy."""


class Endless:
    """A handler that goes on until its job is handed back."""

    def __init__(self) -> None:
        self.began = 0

    async def __call__(self, context: JobContext, payload: Payload) -> None:
        del context, payload
        self.began += 1
        await anyio.sleep_forever()


async def test_one_moment_is_for_all_jobs_of_a_request(database: Database) -> None:
    endless = Endless()
    async with open_shop(database, RowsQueue(database), [(WORK, endless)]) as shop:
        jobs = [await shop.enqueue(WORK) for _ in range(3)]

        shown = await wait_for_all(shop.runner, [job.id for job in jobs], deadline=MOMENT)

        assert shown is not None
        assert shown.id == jobs[0].id
        assert endless.began == 1


async def test_no_more_jobs_are_run_now_than_there_is_room_for(database: Database) -> None:
    endless, queue = Endless(), RowsQueue(database)
    registry = Registry([Registration(WORK, endless)])
    async with (
        open_shop(database, queue, []) as shop,
        Runner(database, registry, queue, Metrics(), now_at_once=1) as runner,
    ):
        jobs = [await shop.enqueue(WORK) for _ in range(2)]

        states = [(await runner.run_now(job.id, deadline=MOMENT)).state for job in jobs]

        assert states == [JobState.RUNNING, JobState.QUEUED]
        assert endless.began == 1
