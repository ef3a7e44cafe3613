"""How work on media, and what was made of it, look over HTTP."""

import base64
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field

from keyshelf.api.schemas import Answer, JobErrorOut, JobOut, LocalTime, Request
from keyshelf.jobs.values import Job
from keyshelf.layout.keys import ObjectKey
from keyshelf.media.work.addresses import shown
from keyshelf.media.work.deletion import Deletion
from keyshelf.media.work.showing import KnownMedia, ShownWork
from keyshelf.media.work.values import MediaType, NewWork, Stage, Webhook, WebhookState

StageStatus = Literal["pending", "ready", "failed", "skipped"]
LinkOf = Callable[[ObjectKey], str | None]
"""Returns the address under which a rendition is served; None for one that is not."""


class NewJobIn(Request):
    """Work on media. What `options` may hold depends on the type."""

    type: MediaType
    hash: Annotated[str, Field(max_length=256)]
    source: Annotated[str, Field(min_length=1, max_length=1024)]
    options: Annotated[dict[str, object], Field(default_factory=dict)]
    callback_url: Annotated[str, Field(min_length=1, max_length=4096)] | None = None

    def wish(self) -> NewWork:
        """Return it as the domain knows it."""
        return NewWork(self.type, self.hash, self.source, self.options, self.callback_url)


class StageOut(Answer):
    """One stage of a job."""

    name: str
    status: StageStatus
    error: JobErrorOut | None
    retryable: bool
    """Whether a stage that failed is tried again by itself."""
    ended_at: datetime | None

    @classmethod
    def of(cls, name: str, stage: Stage | None, *, is_over: bool) -> Self:
        """Show a stage; one that was not tried is pending as long as the job goes on."""
        untried: StageStatus = "skipped" if is_over else "pending"
        code = stage.error_code if stage else None
        return cls(
            name=name,
            status=stage.state.value if stage else untried,
            error=JobErrorOut(code=code, detail=(stage and stage.error_detail) or "")
            if code
            else None,
            retryable=stage is not None and stage.is_retryable,
            ended_at=stage.ended_at if stage else None,
        )


class RetryPlanOut(Answer):
    """What a retry would do."""

    allowed: bool
    stages: list[str]


class WebhookOut(Answer):
    """Somebody who is told when a job ends. Of the URL only the host is shown."""

    id: UUID
    url: str
    state: WebhookState
    attempts: int
    last_status: int | None
    last_error: str | None
    next_at: datetime | None
    sent_at: datetime | None

    @classmethod
    def of(cls, webhook: Webhook) -> Self:
        """Show a webhook."""
        return cls(
            id=webhook.id,
            url=shown(webhook.url),
            state=webhook.state,
            attempts=webhook.attempts,
            last_status=webhook.last_status,
            last_error=webhook.last_error,
            next_at=webhook.next_at,
            sent_at=webhook.sent_at,
        )


class MediaWorkOut(Answer):
    """What a job on media is to do, and how far each of its stages is."""

    type: MediaType
    hash: str
    source: str
    options: dict[str, object]
    stages: list[StageOut]
    results: dict[str, object]
    """What the stages that are ready made, by name, also of a job that failed."""
    retry_plan: RetryPlanOut
    callback_status: WebhookState | None
    webhooks: list[WebhookOut]

    @classmethod
    def of(cls, job: Job, work: ShownWork) -> Self:
        """Show the work of a job."""
        over = job.state.is_final
        return cls(
            type=work.work.type,
            hash=work.work.hash,
            source=work.work.source,
            options=dict(work.work.options),
            stages=[StageOut.of(name, stage, is_over=over) for name, stage in work.stages],
            results=dict(work.results),
            retry_plan=RetryPlanOut(
                allowed=work.retry_plan.allowed, stages=list(work.retry_plan.stages)
            ),
            callback_status=work.callback_status,
            webhooks=[WebhookOut.of(each) for each in work.webhooks],
        )


class ShownJobAnswer(Answer):
    """A job; for work on media, with all that belongs to it."""

    job: JobOut
    media: MediaWorkOut | None = None


class AssetOut(Answer):
    """What a look at the bytes told. A colour is `#rrggbb`, a ThumbHash base64."""

    source: str | None
    """A key with these bytes: the first, if you see its drive, or else one of yours."""
    kind: str | None
    mimetype: str | None
    size: int | None
    width: int | None
    height: int | None
    duration_ms: int | None
    orientation: int | None
    taken_at: LocalTime | None
    """As the camera's clock told it, without a zone."""
    thumbhash: str | None
    dominant_color: str | None
    facts: dict[str, object] | None
    error: JobErrorOut | None
    inspected_at: datetime | None


class RenditionOut(Answer):
    """An object that was made for a hash; of a stream, its playlist with the size of it all."""

    key: str
    kind: str
    format: str
    size: int
    width: int | None
    height: int | None
    duration_ms: int | None
    facts: dict[str, object] | None
    made_at: datetime
    url: str | None
    """Where it is served, with its signature if it needs one."""


class MediaAnswer(Answer):
    """Everything that is known of a hash."""

    hash: str
    asset: AssetOut | None
    renditions: list[RenditionOut]
    jobs: list[JobOut]


class DeletionAnswer(Answer):
    """What was removed for a hash, and what was not."""

    hash: str
    complete: bool
    cancelled_jobs: int
    removed_objects: int
    removed_rows: dict[str, int]
    running_jobs: list[UUID]
    failed_objects: dict[str, str]
    """The first thousand objects that are still there, and what the store said."""
    failed_objects_count: int

    @classmethod
    def of(cls, told: Deletion) -> Self:
        """Show a deletion."""
        failed = list(told.failed_objects.items())
        return cls(
            hash=told.hash,
            complete=told.is_complete,
            cancelled_jobs=told.cancelled_jobs,
            removed_objects=told.objects,
            removed_rows=told.rows,
            running_jobs=list(told.running_jobs),
            failed_objects=dict(failed[:1000]),
            failed_objects_count=len(failed),
        )


def media_answer(
    media: str,
    known: KnownMedia,
    jobs: Sequence[JobOut],
    *,
    source: ObjectKey | None,
    link_of: LinkOf,
) -> MediaAnswer:
    """Show everything that is known of a hash; `source` is what the caller may know of it."""
    return MediaAnswer(
        hash=media,
        asset=_asset(known, source),
        renditions=[
            RenditionOut.model_validate({**row, "url": link_of(row["key"])})
            for row in known.renditions
        ],
        jobs=list(jobs),
    )


def _asset(known: KnownMedia, source: ObjectKey | None) -> AssetOut | None:
    if (row := known.asset) is None:
        return None
    color, thumbhash, code = row["dominant_color"], row["thumbhash"], row["error_code"]
    return AssetOut.model_validate(
        {
            **row,
            "source": source,
            "thumbhash": thumbhash and base64.b64encode(thumbhash).decode(),
            "dominant_color": None if color is None else f"#{color:06x}",
            "error": code and {"code": code, "detail": row["error_detail"] or ""},
        }
    )
