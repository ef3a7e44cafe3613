"""The SQL of jobs' logs. Whoever writes a line has changed, and so holds, the job's row."""

import json
from collections.abc import Sequence
from uuid import UUID

from keyshelf.database.transactions import ReadTransaction, Transaction
from keyshelf.jobs.log.values import MAX_LINES, Level, LogLine, Note


async def append(tx: Transaction, job_id: UUID, told: Sequence[tuple[Note, float]]) -> None:
    """Add notes that are so many seconds old, and forget what is more than is kept."""
    if not told:
        return
    await tx.execute(
        """
        WITH added AS (
            INSERT INTO job_log (job_id, at, level, text, code, detail)
            SELECT %(job)s, now() - make_interval(secs => (note ->> 'age')::float8),
                note ->> 'level', note ->> 'text', note ->> 'code', note ->> 'detail'
            FROM jsonb_array_elements(%(told)s::jsonb) WITH ORDINALITY AS told (note, place)
            ORDER BY place
        )
        DELETE FROM job_log WHERE job_id = %(job)s AND number <= (
            SELECT number FROM job_log WHERE job_id = %(job)s
            ORDER BY number DESC OFFSET %(room)s LIMIT 1)
        """,
        {
            "job": job_id,
            "told": json.dumps([_spelled(note, age) for note, age in told[-MAX_LINES:]]),
            "room": max(0, MAX_LINES - len(told)),
        },
    )


async def note(tx: Transaction, job_id: UUID, told: Note) -> None:
    """Add something that happens in this transaction."""
    await append(tx, job_id, [(told, 0)])


async def lines(tx: ReadTransaction, job_id: UUID, *, after: int) -> list[LogLine]:
    """Return the lines of a job with larger numbers, the oldest first.

    Numbers tell when lines were written, which is a moment after what they tell of.
    """
    rows = await tx.all(
        """
        SELECT number, at, level, text, code, detail FROM job_log
        WHERE job_id = %(job)s AND number > %(after)s ORDER BY at, number
        """,
        {"job": job_id, "after": after},
    )
    return [
        LogLine(
            row["number"],
            row["at"],
            Note(row["text"], Level(row["level"]), row["code"], row["detail"]),
        )
        for row in rows
    ]


def _spelled(told: Note, age: float) -> dict[str, str | float | None]:
    return {
        "age": age,
        "level": told.level,
        "text": told.text,
        "code": told.code,
        "detail": told.detail,
    }
