"""What a job is: its kind, its state, and what is told about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal
from uuid import UUID

from keyshelf.errors import ConflictError, InvalidInputError, NotFoundError, UnavailableError

JSON = Mapping[str, "JSON"] | Sequence["JSON"] | str | int | float | bool | None
Payload = Mapping[str, JSON]

BACKGROUND = "background"
"""In the payload of a job that nobody asked for."""

QueueName = Literal["small", "reading", "large"]
QUEUES: tuple[QueueName, ...] = ("small", "reading", "large")
"""Short work, work that takes as long as a large file takes to be read, and long work: none
waits behind another, each has workers of its own."""

Unit = Literal["files", "objects", "bytes", "seconds"]


class JobState(StrEnum):
    """Where a job is. The last three are final, until somebody retries it."""

    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    """It waits until somebody resumes it, or asks for the same again."""
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        """Whether it has ended."""
        return self in (JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED)

    @property
    def goes_on(self) -> bool:
        """Whether something more happens by itself."""
        return self in (JobState.QUEUED, JobState.RUNNING)


class JobNotFoundError(NotFoundError):
    """No such job, or it is somebody else's."""

    code = "job-not-found"


class JobNotRetryableError(ConflictError):
    """Only a failed, cancelled or paused job can be retried, and no equal one may be alive."""

    code = "job-not-retryable"


class JobEndedError(ConflictError):
    """What has ended, or was cancelled, is neither paused nor resumed. A retry queues it again."""

    code = "job-ended"


class JobCancelledError(ConflictError):
    """Somebody asked to cancel the job. A handler tidies up and lets it pass."""

    code = "job-cancelled"


class JobPausedError(ConflictError):
    """Somebody asked to pause the job. A handler keeps what is done and lets it pass."""

    code = "job-paused"


class LostClaimError(ConflictError):
    """The attempt was taken for dead and somebody else may run the job. End it."""

    code = "job-claim-lost"


class JobTimeoutError(UnavailableError):
    """An attempt took longer than its kind allows."""

    code = "job-timeout"


class JobWaitingError(UnavailableError):
    """What the job needs is held by others for now: it runs again later, which is no failure."""

    code = "job-waiting"

    def __init__(self, detail: str, *, again_after: timedelta) -> None:
        super().__init__(detail)
        self.again_after = again_after


class JobAbandonedError(UnavailableError):
    """The worker died in each attempt. Look at what the job asks for before a retry."""

    code = "job-abandoned"


@dataclass(frozen=True, slots=True)
class JobKind:
    """A kind of work: where it waits, and how often and how long it may try."""

    name: str
    queue: QueueName = "small"
    max_attempts: int = 5
    """Attempts that fail or die; those that wait or are handed back do not count."""
    timeout: timedelta = timedelta(minutes=10)
    """Bound on one attempt."""
    lease: timedelta = timedelta(seconds=30)
    """An attempt that gives no sign of life for so long is taken for dead."""
    patience: timedelta = timedelta(hours=24)
    """How long after its first attempt a job may go on waiting before that is a failure."""

    def __post_init__(self) -> None:
        if self.max_attempts < 1 or self.lease <= timedelta(0) or self.timeout <= timedelta(0):
            raise InvalidInputError("a kind of job needs an attempt, a timeout and a lease")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job has come; `total` is None while it is unknown."""

    done: int = 0
    total: int | None = None
    unit: Unit = "objects"
    message: str | None = None


@dataclass(frozen=True, slots=True)
class JobFailure:
    """Why the last attempt failed: a stable code and a sentence."""

    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Job:
    """A job as its row tells it."""

    id: UUID
    kind: str
    queue: QueueName
    owner_id: str
    payload: Payload
    state: JobState
    run_at: datetime
    attempts: int
    max_attempts: int
    cancel_requested: bool
    progress: Progress
    error: JobFailure | None
    result: Payload | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    pause_requested: bool = False
    """Whether its attempt is to stop, for the job to wait."""
    resumed_at: datetime | None = None
    worker: str | None = None
    """The process that took it last."""

    @property
    def stopping(self) -> JobState | None:
        """What a running job is about to become because somebody asked: cancelled or paused."""
        if self.state is not JobState.RUNNING:
            return None
        if self.cancel_requested:
            return JobState.CANCELLED
        return JobState.PAUSED if self.pause_requested else None

    @property
    def is_background(self) -> bool:
        """Whether nobody asked for it: the service does by itself."""
        return BACKGROUND in self.payload


@dataclass(frozen=True, slots=True)
class JobPosition:
    """A place in a list of jobs, newest first: after the job created then, of this id."""

    created_at: datetime
    id: UUID


@dataclass(frozen=True, slots=True)
class Backlog:
    """How much waits in a queue, how much is being done, and how much is paused."""

    queue: QueueName
    queued: int
    running: int
    paused: int
    oldest_waits: float
    """For how many seconds the oldest job that may run has been waiting."""
