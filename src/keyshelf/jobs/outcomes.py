"""What came of an attempt at a job, and what its log says of it."""

from dataclasses import dataclass
from datetime import timedelta

from keyshelf.errors import (
    Error,
    IntegrityError,
    InvalidInputError,
    NotFoundError,
    unwrapped,
)
from keyshelf.jobs.log.values import Level, Note
from keyshelf.jobs.values import (
    Job,
    JobCancelledError,
    JobFailure,
    JobPausedError,
    JobState,
    JobWaitingError,
    LostClaimError,
    Payload,
)
from keyshelf.store.errors import NeedsRestoreError
from keyshelf.telemetry import get_logger

_log = get_logger(__name__)

_FINAL = (InvalidInputError, NotFoundError, IntegrityError, JobWaitingError, NeedsRestoreError)


@dataclass(frozen=True, slots=True)
class Succeeded:
    """The handler came to its end."""

    result: Payload | None


@dataclass(frozen=True, slots=True)
class Failed:
    """The handler raised; when that is final another attempt would end the same way."""

    failure: JobFailure
    is_final: bool = False


@dataclass(frozen=True, slots=True)
class Waiting:
    """Others hold what the job needs."""

    failure: JobFailure
    again_after: timedelta


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The handler heard of a cancel and stopped."""


@dataclass(frozen=True, slots=True)
class Paused:
    """The handler heard of a pause and stopped."""


@dataclass(frozen=True, slots=True)
class HandedBack:
    """The worker stops, and another is to do the job."""


@dataclass(frozen=True, slots=True)
class Lost:
    """Somebody else may run the job: what came of this attempt counts no more."""


Outcome = Succeeded | Failed | Waiting | Cancelled | Paused | HandedBack | Lost


def outcome_of(raised: Exception, *, may_wait: bool) -> Outcome:
    """Return what an attempt came to whose handler raised."""
    match error := unwrapped(raised):
        case JobWaitingError() if may_wait:
            return Waiting(JobFailure(error.code, error.detail), error.again_after)
        case JobCancelledError():
            return Cancelled()
        case JobPausedError():
            return Paused()
        case LostClaimError():
            return Lost()
        case Error():
            _log.warning("job attempt failed", code=error.code, error=error.detail)
            return Failed(JobFailure(error.code, error.detail), isinstance(error, _FINAL))
        case _:
            _log.error("job attempt failed unexpectedly", exc_info=error)
            detail = f"unexpected {type(error).__name__}; the log tells more"
            return Failed(JobFailure("internal", detail))


def is_repeated(outcome: Outcome, job: Job) -> bool:
    """Whether a job waits again as it did before: told once is enough."""
    return isinstance(outcome, Waiting) and job.error == outcome.failure


def told(outcome: Outcome, job: Job, state: JobState) -> Note:
    """Return what the log says of an attempt after which its job is in `state`."""
    now = _NOW[state]
    match outcome:
        case Succeeded():
            again = "" if state is JobState.SUCCEEDED else f"; asked for again meanwhile{now}"
            return Note.of(f"finished{again}")
        case Failed(failure):
            ended = state is JobState.FAILED
            text = f"attempt {job.attempts} of {job.max_attempts} failed{now}"
            level = Level.ERROR if ended else Level.WARNING
            return Note.of(text, level=level, code=failure.code, detail=failure.detail)
        case Waiting(failure):
            return Note.of(f"others hold what it needs{now}", detail=failure.detail)
        case Cancelled() | Paused():
            return Note.of(f"stopped at a safe place{now}")
        case HandedBack():
            return Note.of(f"handed back by a worker that stops{now}")
        case Lost():
            return Note.of("given up: another worker may have it")


_NOW = {
    JobState.QUEUED: ", queued again",
    JobState.RUNNING: "",
    JobState.PAUSED: ", paused",
    JobState.SUCCEEDED: "",
    JobState.FAILED: " for good",
    JobState.CANCELLED: ", cancelled",
}
