"""Choosing what carries the ids of jobs."""

from keyshelf.database.pool import Database
from keyshelf.jobs.queue import Queue
from keyshelf.jobs.rows_queue import RowsQueue
from keyshelf.jobs.saq_queue import SaqQueue


def choose_queue(database: Database, *, redis_url: str | None) -> Queue:
    """Return SAQ on Redis when there is one, else the rows themselves as the queue."""
    return RowsQueue(database) if redis_url is None else SaqQueue(redis_url)
