"""Choosing what carries the ids of jobs."""

from keyshelf.database.pool import Database
from keyshelf.jobs.queue import Queue
from keyshelf.jobs.rows_queue import RowsQueue


def choose_queue(database: Database, *, redis_url: str | None) -> Queue:
    """Return SAQ on Redis when there is one, else the rows themselves as the queue."""
    if redis_url is None:
        return RowsQueue(database)
    # A fifth of what starting a service imports, and of no use without Redis.
    from keyshelf.jobs.saq_queue import SaqQueue  # noqa: PLC0415 -- see above

    return SaqQueue(redis_url)
