"""What is told of a job on media, and of everything that was made for a hash."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from keyshelf.database.transactions import ReadTransaction, Row
from keyshelf.jobs.values import JSON, Job, JobState
from keyshelf.layout.media import MediaHash
from keyshelf.media.work import queries
from keyshelf.media.work.kinds import NAMES, SOURCE, steps, work_of
from keyshelf.media.work.values import Stage, StageState, Webhook, WebhookState, Work
from keyshelf.media.work.webhooks import queries as webhook_queries


@dataclass(frozen=True, slots=True)
class RetryPlan:
    """What a retry would do: the stages that are not ready."""

    allowed: bool
    stages: Sequence[str]


@dataclass(frozen=True, slots=True)
class ShownWork:
    """A job on media with all that belongs to it."""

    work: Work
    stages: Sequence[tuple[str, Stage | None]]
    """In their order; None for one that was not tried."""
    results: Mapping[str, JSON]
    """What the stages that are ready made, by name."""
    retry_plan: RetryPlan
    webhooks: Sequence[Webhook]

    @property
    def callback_status(self) -> WebhookState | None:
        """What became of the newest webhook; None when nobody is told."""
        return self.webhooks[-1].state if self.webhooks else None


def is_media(job: Job) -> bool:
    """Whether a job is one of ours."""
    return job.kind in NAMES


async def show(tx: ReadTransaction, job: Job) -> ShownWork:
    """Return what is told of a job on media."""
    work = work_of(job.payload)
    known = {each.name: each for each in await queries.stages(tx, job.id)}
    names = [step.name for step in steps(work)]
    ready = [name for name in names if _is_ready(known.get(name))]
    may_retry = job.state in {JobState.FAILED, JobState.CANCELLED, JobState.PAUSED}
    return ShownWork(
        work=work,
        stages=[(name, known.get(name)) for name in (SOURCE, *names)],
        results={name: known[name].result for name in ready},
        retry_plan=RetryPlan(
            allowed=may_retry,
            stages=[name for name in names if name not in ready] if may_retry else [],
        ),
        webhooks=await webhook_queries.of_job(tx, job.id),
    )


@dataclass(frozen=True, slots=True)
class KnownMedia:
    """What is known of a hash: what a look told, what was made, and what is kept of it."""

    asset: Row | None
    renditions: Sequence[Row]
    encodes: Mapping[UUID, Row]


async def look(tx: ReadTransaction, media: MediaHash) -> KnownMedia:
    """Return what is known of a hash; nothing of one that nobody used."""
    return KnownMedia(
        asset=await queries.asset(tx, media),
        renditions=await queries.renditions(tx, media),
        encodes={row["id"]: row for row in await queries.encodes(tx, media)},
    )


async def owner_of(tx: ReadTransaction, media: MediaHash) -> str | None:
    """Return who first used a hash; None when nobody did."""
    return await queries.owner_of(tx, media)


def _is_ready(stage: Stage | None) -> bool:
    return stage is not None and stage.state is StageState.READY
