"""The stages of one job: each is done once, however many attempts that takes."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Self

from keyshelf.database.pool import Database
from keyshelf.errors import (
    Error,
    IntegrityError,
    InvalidInputError,
    LimitError,
    NotFoundError,
    unwrapped,
)
from keyshelf.jobs.context import JobContext
from keyshelf.jobs.log.values import Level
from keyshelf.jobs.values import (
    JSON,
    JobCancelledError,
    JobFailure,
    JobPausedError,
    JobWaitingError,
    LostClaimError,
    Payload,
)
from keyshelf.layout.media import MediaHash
from keyshelf.media.doubts import BUSY_PERHAPS, TRIES
from keyshelf.media.work import queries
from keyshelf.media.work.failures import StagesFailedError
from keyshelf.media.work.values import Made, Stage, StageState
from keyshelf.telemetry import get_logger

_log = get_logger(__name__)

# The input is at fault, or asks for more than may be had: another attempt ends the same way,
# unless it is one of `BUSY_PERHAPS`.
_FINAL = (InvalidInputError, NotFoundError, IntegrityError, LimitError)
_PASSING = (JobCancelledError, JobPausedError, JobWaitingError, LostClaimError)


class Stages:
    """What became of the stages of a job, in this attempt and those before it."""

    def __init__(self, database: Database, context: JobContext, media: MediaHash) -> None:
        self._database = database
        self._context = context
        self._job_id = context.job_id
        self._media = media
        self._known: dict[str, Stage] = {}
        self._raised: dict[str, Exception] = {}

    @classmethod
    async def load(cls, database: Database, context: JobContext, media: MediaHash) -> Self:
        """Return the stages of a job as earlier attempts left them."""
        stages = cls(database, context, media)
        async with database.read() as tx:
            stages._known = {each.name: each for each in await queries.stages(tx, context.job_id)}
        return stages

    def is_open(self, name: str) -> bool:
        """Whether a stage is to be tried: neither ready, nor failed for good."""
        stage = self._known.get(name)
        return stage is None or (stage.state is StageState.FAILED and stage.is_retryable)

    async def attempt(self, name: str, make: Callable[[], Awaitable[Made]]) -> bool:
        """Make a stage and note what came of it; returns whether it is ready.

        What its maker raises is kept for `raise_failures`, so that other stages are
        tried: all but a cancel, a pause, a lost claim and a wait, which are raised at once. A
        crash after the objects are stored and before they are noted makes it again.
        """
        try:
            made = await make()
        except _PASSING:
            raise
        except Exception as error:
            error = unwrapped(error)
            if isinstance(error, _PASSING):
                raise error from None
            self._raised[name] = error
            stage = _failed(name, error, is_retryable=self._may_pass(error))
            failure = JobFailure(stage.error_code or "", stage.error_detail or "")
            self._context.tell(f"{name}: failed", level=Level.WARNING, failure=failure)
            await self._note(stage)
            return False
        await self._note(Stage(name, StageState.READY, made.result), made)
        return True

    def raise_failures(self, names: Sequence[str]) -> None:
        """Raise unless all these stages are ready.

        An error that another attempt may not meet comes first, as it was raised; else
        the only failure as it was, or `StagesFailedError`, either of which is final.
        """
        failed = [name for name in names if self._state(name) is not StageState.READY]
        for name in failed:
            error = self._raised.get(name)
            if error is not None and self._may_pass(error):
                raise error
        if len(failed) == 1 and (error := self._raised.get(failed[0])):
            if isinstance(error, LimitError):
                raise StagesFailedError(error.detail, cause=error.code) from error
            raise error
        if failed:
            raise StagesFailedError("; ".join(f"{each}: {self._detail(each)}" for each in failed))

    def results(self, names: Sequence[str]) -> Mapping[str, JSON]:
        """Return what is told of the stages that are ready."""
        return {
            name: stage.result
            for name in names
            if (stage := self._known.get(name)) and stage.state is StageState.READY
        }

    def pieces(self, stage: str) -> "StagePieces":
        """Return what a stage has done so far."""
        return StagePieces(self, stage)

    def told(self, name: str) -> JSON:
        """Return what is told of a stage; None when it is not ready."""
        stage = self._known.get(name)
        return stage.result if stage and stage.state is StageState.READY else None

    async def note_ready(self, name: str, told: Payload) -> None:
        """Note a stage that stored nothing of its own."""
        await self._note(Stage(name, StageState.READY, told))

    async def forget_pieces(self, stage: str) -> None:
        """Forget the pieces of a stage."""
        async with self._database.transaction() as tx:
            await self._context.hold(tx)
            await queries.forget_pieces(tx, self._job_id, f"{stage}/")
        pieces = [name for name in self._known if name.startswith(f"{stage}/")]
        for name in pieces:
            del self._known[name]

    def _may_pass(self, error: Exception) -> bool:
        if isinstance(error, BUSY_PERHAPS):
            return self._context.attempt < TRIES
        return not isinstance(error, _FINAL)

    def _state(self, name: str) -> StageState | None:
        stage = self._known.get(name)
        return stage.state if stage else None

    def _detail(self, name: str) -> str:
        stage = self._known.get(name)
        return (stage.error_detail if stage else None) or "not tried"

    async def _note(self, stage: Stage, made: Made | None = None) -> None:
        async with self._database.transaction() as tx:
            # An attempt that lost its job must not write over what the next one notes.
            await self._context.hold(tx)
            await queries.note_stage(tx, self._job_id, stage)
            for rendition in made.renditions if made else ():
                await queries.note_rendition(tx, self._media, rendition, job_id=self._job_id)
            if made and made.sketch:
                await queries.note_sketch(tx, self._media, made.sketch)
            if stage.state is StageState.READY:
                await queries.forget_pieces(tx, self._job_id, f"{stage.name}/")
        self._known[stage.name] = stage


class StagePieces:
    """The pieces of one stage, kept as stages of their own below its name."""

    def __init__(self, stages: Stages, stage: str) -> None:
        self._stages = stages
        self._stage = stage

    def done(self, name: str) -> Payload | None:
        """Return what was noted of a piece; None when it is not done."""
        told = self._stages.told(f"{self._stage}/{name}")
        return told if isinstance(told, Mapping) else None

    async def note(self, name: str, told: Payload) -> None:
        """Note that a piece is done. Its objects must be stored already."""
        await self._stages.note_ready(f"{self._stage}/{name}", told)

    async def forget(self) -> None:
        """Forget all pieces: their objects go next."""
        await self._stages.forget_pieces(self._stage)


def _failed(name: str, error: Exception, *, is_retryable: bool) -> Stage:
    stage = Stage(name, StageState.FAILED, is_retryable=is_retryable)
    if isinstance(error, Error):
        _log.warning("stage failed", stage=name, code=error.code, error=error.detail)
        return replace(stage, error_code=error.code, error_detail=error.detail)
    _log.error("stage failed unexpectedly", stage=name, exc_info=error)
    detail = f"unexpected {type(error).__name__}; the log tells more"
    return replace(stage, error_code="internal", error_detail=detail)
