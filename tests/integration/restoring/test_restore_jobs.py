"""Asking for restores."""

import hashlib
from dataclasses import replace
from uuid import uuid4

import pytest

from keyshelf.database.pool import Database
from keyshelf.jobs.rows_queue import RowsQueue
from keyshelf.jobs.service import Jobs
from keyshelf.workflows.restore_jobs import RestoreWish, schedule_restore

pytestmark = pytest.mark.anyio


async def test_many_paths_are_asked_for_at_once_and_the_same_twice_is_one_job(
    database: Database,
) -> None:
    paths = tuple(hashlib.sha256(bytes([each])).hexdigest() for each in range(250))
    wish = RestoreWish(uuid4(), "main", "0" * 64, paths=paths)

    async with RowsQueue(database) as queue, database.transaction() as tx:
        first, second, other = [
            await schedule_restore(tx, Jobs(queue), each, asked_by="anna")
            for each in (wish, wish, replace(wish, paths=paths[1:]))
        ]

    assert second.id == first.id
    assert other.id != first.id
