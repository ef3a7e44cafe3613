"""What is asked of media, and what becomes of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID

from keyshelf.jobs.values import JSON, Payload
from keyshelf.layout.keys import ObjectKey
from keyshelf.layout.media import MediaHash
from keyshelf.media.source_versions import SourceVersion

WebhookState = Literal["waiting", "pending", "sent", "failed"]
"""Until its job ends it waits, then it is pending until it arrives or is given up."""


class MediaType(StrEnum):
    """The types of work. Each is a kind of job."""

    THUMBNAIL = "image:thumbnail"
    COVER = "video:cover"
    PREVIEW = "video:preview"
    TRANSCODE = "video:transcode"
    FULL = "video:full"
    AUDIO = "audio:transcode"


@dataclass(frozen=True, slots=True)
class NewWork:
    """Work as a caller asks for it; nothing of it has been checked."""

    type: MediaType
    hash: str
    source: str
    options: Mapping[str, object] = field(default_factory=dict[str, object])
    callback_url: str | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """Work that was checked: what a job's payload tells."""

    type: MediaType
    hash: MediaHash
    source: ObjectKey
    version: SourceVersion
    options: Mapping[str, JSON]
    """Canonical: equal wishes have equal options."""


class StageState(StrEnum):
    """What became of a stage. One that was not tried has no state."""

    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Stage:
    """A part of a job, as an attempt left it."""

    name: str
    state: StageState
    result: JSON = None
    error_code: str | None = None
    error_detail: str | None = None
    is_retryable: bool = False
    """Whether a stage that failed is tried again by itself."""
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Rendition:
    """An object that was made for a hash; for a stream its playlist, with the size of it all."""

    key: ObjectKey
    kind: str
    format: str
    size: int
    width: int | None = None
    height: int | None = None
    duration_ms: int | None = None
    facts: Payload | None = None


@dataclass(frozen=True, slots=True)
class Sketch:
    """What is shown of media until their picture is there."""

    thumbhash: bytes
    dominant_color: int
    """0xRRGGBB"""


@dataclass(frozen=True, slots=True)
class Made:
    """What a stage made: what is told of it, and the objects that it stored."""

    result: JSON
    renditions: Sequence[Rendition] = ()
    sketch: Sketch | None = None
    """Of a picture that from now on stands for the media."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """Somebody who is told when a job ends."""

    id: UUID
    url: str
    state: WebhookState
    attempts: int
    last_status: int | None
    last_error: str | None
    created_at: datetime
    next_at: datetime | None
    sent_at: datetime | None
