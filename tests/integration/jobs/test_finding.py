"""Finding jobs among many."""

from uuid import uuid4

import pytest

from keyshelf.database.pool import Database
from keyshelf.jobs.rows_queue import RowsQueue
from keyshelf.jobs.service import Jobs
from tests.integration.jobs.shop import kind

pytestmark = pytest.mark.anyio

WORK = kind()


async def test_the_newest_of_repositories_are_found_without_reading_every_job(
    database: Database,
) -> None:
    wanted = str(uuid4())
    async with RowsQueue(database) as queue:
        jobs = Jobs(queue)
        async with database.transaction() as tx:
            await tx.execute(
                """
                INSERT INTO jobs (id, kind, queue, owner_id, payload, max_attempts, lease)
                SELECT gen_random_uuid(), 'work', 'large', 'ann',
                    jsonb_build_object('repository', gen_random_uuid()), 1, interval '1 minute'
                FROM generate_series(1, 2000)
                """
            )
        async with database.transaction() as tx:
            await jobs.enqueue(tx, WORK, {"repository": wanted}, owner_id="ann")
        async with database.transaction() as tx:
            newest = await jobs.enqueue(tx, WORK, {"repository": wanted}, owner_id="ann")
        async with database.read() as tx:
            found = await jobs.newest_of_repositories(tx, WORK, [wanted, str(uuid4())])
            read = await tx.value(
                "SELECT seq_tup_read FROM pg_stat_xact_user_tables WHERE relname = 'jobs'"
            )

    assert {key: each.id for key, each in found.items()} == {wanted: newest.id}
    assert read == 0
