"""Both carriers of ids, for the tests that hold for each."""

import pytest

from keyshelf.database.pool import Database
from keyshelf.jobs.queue import Queue
from keyshelf.jobs.rows_queue import RowsQueue
from keyshelf.jobs.saq_queue import SaqQueue
from tests.redis_server import RedisServer


@pytest.fixture(params=["rows", "redis"])
def queue(request: pytest.FixtureRequest, database: Database) -> Queue:
    if request.param == "rows":
        return RowsQueue(database)
    server: RedisServer = request.getfixturevalue("redis_server")
    return SaqQueue(server.url)
