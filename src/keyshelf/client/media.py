"""The routes of media, one method each."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote
from uuid import UUID, uuid4

from keyshelf.client.connection import Connection
from keyshelf.client.values import Job, StartedJob
from keyshelf.client.wire import JSON, decode

_ROOT = "/api/media"


@dataclass(frozen=True, slots=True)
class MediaFacts:
    """What a look at the bytes told."""

    source: str | None
    """A key with these bytes that the caller sees; None when there is none."""
    kind: str | None
    mimetype: str | None
    size: int | None
    width: int | None
    height: int | None
    duration_ms: int | None
    taken_at: datetime | None
    thumbhash: str | None
    dominant_color: str | None


@dataclass(frozen=True, slots=True)
class Rendition:
    """An object that was made; of a stream, its playlist with the size of it all."""

    key: str
    kind: str
    format: str
    size: int
    width: int | None
    height: int | None
    duration_ms: int | None
    made_at: datetime
    url: str | None


@dataclass(frozen=True, slots=True)
class Media:
    """Everything that is known of a hash."""

    hash: str
    asset: MediaFacts | None
    renditions: tuple[Rendition, ...]
    jobs: tuple[Job, ...]


@dataclass(frozen=True, slots=True)
class MediaDeletion:
    """What was removed for a hash."""

    hash: str
    complete: bool
    cancelled_jobs: int
    removed_objects: int
    removed_rows: Mapping[str, JSON]


class MediaRoutes:
    """What the service can be asked about media, in the words of its API."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def make(
        self,
        kind: str,
        *,
        media_hash: str,
        source: str,
        options: Mapping[str, JSON] | None = None,
        callback_url: str | None = None,
    ) -> Job:
        """Ask for work on a source, a key of the store; returns the job that does or did it."""
        body: dict[str, JSON] = {"type": kind, "hash": media_hash, "source": source}
        if options:
            body["options"] = options
        if callback_url is not None:
            body["callback_url"] = callback_url
        headers = {"Idempotency-Key": str(uuid4())}
        answer = await self._connection.request(
            "POST", "/api/jobs", body=body, headers=headers, repeatable=True
        )
        return decode(StartedJob, answer.body).job

    async def inspect(self, file_id: UUID) -> Job:
        """Have a file looked at anew; returns the job that does."""
        answer = await self._connection.request(
            "POST", f"/api/files/{file_id}/inspect", repeatable=True
        )
        return decode(StartedJob, answer.body).job

    async def show(self, media_hash: str) -> Media:
        """Return what is known of a hash, what was made for it, and its jobs."""
        answer = await self._connection.request("GET", f"{_ROOT}/{quote(media_hash, safe='')}")
        return decode(Media, answer.body)

    async def delete(self, media_hash: str) -> MediaDeletion:
        """Remove all that was made for a hash; what cannot be removed yet is tried again."""
        answer = await self._connection.request("DELETE", f"{_ROOT}/{quote(media_hash, safe='')}")
        return decode(MediaDeletion, answer.body)
