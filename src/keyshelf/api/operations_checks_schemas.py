"""The shapes of requests and answers about checks of everybody's repositories."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

import msgspec
from pydantic import ConfigDict, Field

from keyshelf.api.schemas import Answer, JobOut, Request
from keyshelf.jobs.values import Job
from keyshelf.repositories.check.everywhere import Extent, Standing, Started
from keyshelf.repositories.check.values import Fault, Report


class _Shown(Answer):
    """An answer that is made of a value's fields."""

    model_config = ConfigDict(use_attribute_docstrings=True, from_attributes=True)


class StartChecksIn(Request):
    """Which repositories are to be checked, and how thoroughly."""

    repository: UUID | None = None
    """Its id; null for all that this service can open."""
    read_data: Annotated[bool, Field(strict=True)] = False
    """Read and verify the bytes of chunks, not only that they are there."""
    sample: Annotated[float, Field(gt=0, le=1)] | None = None
    """Only this part of them, chosen at random: 0.05 is one in twenty."""

    def extent(self) -> Extent:
        """Return how much is to be read."""
        return Extent(self.read_data, self.sample)


class ChecksStartedOut(Answer):
    """Checks that were asked for, each a job of its own."""

    jobs: Sequence[UUID]
    locked: int
    """Repositories that are left out: they are encrypted, and this service has no key to them."""

    @classmethod
    def of(cls, started: Started) -> Self:
        """Show what was started."""
        return cls(jobs=[job.id for job in started.jobs], locked=started.locked)


class CheckNumbersOut(Answer):
    """What a check counted."""

    job: UUID
    at: datetime
    read_data: bool
    sample: float | None
    commits: int
    chunks: int
    chunks_read: int
    """Those of the chunks whose every byte was read and compared, as all folders and lists are."""
    bytes_read: int
    damaged: int
    """Objects that are missing, or not what they must be."""
    hurt_files: int
    hurt_commits: int
    is_cut_short: bool
    """Whether more files are hurt than a check follows."""
    need_restore: int
    """Objects that must be restored before they can be looked at."""

    @classmethod
    def of(cls, job: Job, report: Report) -> Self:
        """Show the numbers of a report."""
        sample = job.payload["sample"]
        return cls(
            job=job.id,
            at=job.finished_at or job.created_at,
            read_data=bool(job.payload["read_data"]),
            sample=float(str(sample)) if sample is not None else None,
            commits=report.commits,
            chunks=report.chunks,
            chunks_read=report.chunks_read,
            bytes_read=report.bytes_read,
            damaged=report.damaged_count,
            hurt_files=report.hurt_files_count,
            hurt_commits=report.hurt_commits_count,
            is_cut_short=report.is_cut_short,
            need_restore=report.need_restore,
        )


class RepositoryCheckOut(Answer):
    """A repository, and how it was found when it was last checked."""

    id: UUID
    name: str
    owner: str
    """Whose it is; `shared` is everybody's."""
    is_readable: bool
    """Whether this service can check it: of an encrypted one it needs a key."""
    default_branch: str | None
    """Null where it has none, and for who may not read the repository."""
    commits: int
    stored_bytes: int
    job: JobOut | None
    """The newest check that was asked for, without what it found."""
    found: CheckNumbersOut | None
    """What the newest check found that came to its end, for as long as its job is kept."""

    @classmethod
    def of(cls, standing: Standing, job: JobOut | None, *, names: bool) -> Self:
        """Show a repository with its newest job, as the caller may see that."""
        record, ended = standing.record, standing.found
        return cls(
            id=record.id,
            name=record.name,
            owner=record.owner,
            is_readable=standing.is_readable,
            default_branch=standing.default_branch if names else None,
            commits=standing.filled.commits,
            stored_bytes=standing.filled.stored_bytes,
            job=job and job.model_copy(update={"result": None}),
            found=CheckNumbersOut.of(ended, report_of(ended)) if ended else None,
        )


class RepositoryChecksOut(Answer):
    """Some repositories, by name."""

    items: Sequence[RepositoryCheckOut]
    next_cursor: str | None


class DamagedObjectOut(_Shown):
    """An object that is not what it must be."""

    kind: Literal["chunk", "manifest"]
    id: str
    """The id of the chunk, or the hash of the commit."""
    fault: Fault
    detail: str


class HurtFileOut(_Shown):
    """A file of which something is missing."""

    path: str
    commits: int
    """In how many commits."""
    commit: str
    """One of them."""


class CheckFindingsOut(Answer):
    """What the newest check of a repository found that came to its end."""

    found: CheckNumbersOut
    damaged: Sequence[DamagedObjectOut]
    """The first 1,000."""
    hurt_files: Sequence[HurtFileOut]
    """The first 1,000; none where `names_files` is false."""
    names_files: bool
    """Whether files are named: only to who may read the repository, if such a one asked for it."""

    @classmethod
    def of(cls, job: Job, *, names: bool) -> Self:
        """Show what a job found."""
        report = report_of(job)
        files = report.hurt_files if names else ()
        return cls(
            found=CheckNumbersOut.of(job, report),
            damaged=[DamagedObjectOut.model_validate(each) for each in report.damaged],
            hurt_files=[HurtFileOut.model_validate(each) for each in files],
            names_files=names and bool(job.payload.get("names", True)),
        )


def report_of(job: Job) -> Report:
    """Return what a check found whose job came to its end."""
    return msgspec.convert(job.result, Report)
