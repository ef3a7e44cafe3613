"""The log of a job, as it is shown."""

from collections.abc import Sequence
from datetime import datetime
from typing import Self

from keyshelf.api.schemas import Answer
from keyshelf.jobs.log.values import Level, LogLine
from keyshelf.jobs.service import SERVICE
from keyshelf.jobs.values import Job, JobState


class JobLogLineOut(Answer):
    """Something that happened to a job."""

    number: int
    """Larger in lines that were written later."""
    at: datetime
    level: Level
    text: str
    code: str | None
    detail: str | None
    """What the work said; null where the reader may not see what the job found."""

    @classmethod
    def of(cls, line: LogLine, *, with_detail: bool) -> Self:
        """Show a line."""
        note = line.note
        return cls(
            number=line.number,
            at=line.at,
            level=note.level,
            text=note.text,
            code=note.code,
            detail=note.detail if with_detail else None,
        )

    @classmethod
    def of_queueing(cls, job: Job) -> Self:
        """Show how a job began: its row tells that, however long its log is."""
        asked = f"{SERVICE}, for {job.owner_id}" if job.is_background else job.owner_id
        return cls(
            number=0,
            at=job.created_at,
            level=Level.INFO,
            text=f"queued by {asked}",
            code=None,
            detail=None,
        )


class JobLogAnswer(Answer):
    """The newest lines of a job's log, the last of them last."""

    state: JobState
    """Of the job. Where it is final there will be no more lines."""
    lines: list[JobLogLineOut]

    @classmethod
    def of(
        cls, job: Job, lines: Sequence[LogLine], *, with_beginning: bool, with_details: bool
    ) -> Self:
        """Show the lines of a job, which was looked at before them."""
        beginning = [JobLogLineOut.of_queueing(job)] if with_beginning else []
        shown = [JobLogLineOut.of(each, with_detail=with_details) for each in lines]
        return cls(state=job.state, lines=[*beginning, *shown])
