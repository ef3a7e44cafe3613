"""What makes each stage of a job, as the handler sees it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from keyshelf.jobs.values import Payload
from keyshelf.media.sources import LocalSource, Sources
from keyshelf.media.work.kinds import MakerName, StepOptions
from keyshelf.media.work.values import Made, Work


class Pieces(Protocol):
    """What a long stage has done so far, so that another attempt goes on from there."""

    def done(self, name: str) -> Payload | None:
        """Return what was noted of a piece; None when it is not done."""
        ...

    async def note(self, name: str, told: Payload) -> None:
        """Note that a piece is done. Its objects must be stored already."""
        ...

    async def forget(self) -> None:
        """Forget all pieces: their objects go next."""
        ...


Report = Callable[[float, float | None], Awaitable[None]]
"""Is told how many seconds of how many are done; raises when the job is to end."""


@dataclass(frozen=True, slots=True)
class Task:
    """One stage that is to be made."""

    job_id: UUID
    work: Work
    source: LocalSource
    options: StepOptions
    pieces: Pieces
    report: Report


Maker = Callable[[Task], Awaitable[Made]]
"""Makes a stage and stores its objects. It may run twice and comes to the same end."""


@dataclass(frozen=True, slots=True)
class Makers:
    """How sources come here, and what makes of them what."""

    sources: Sources
    by_name: Mapping[MakerName, Maker]
