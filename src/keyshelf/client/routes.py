"""The routes of the API, one method each."""

from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from datetime import timedelta
from typing import Literal, TypeVar
from uuid import UUID, uuid4

from keyshelf.client.connection import Connection, Parameters
from keyshelf.client.failures import UnexpectedAnswerError
from keyshelf.client.values import (
    ApiToken,
    Changed,
    DownloadLink,
    Emptied,
    File,
    FoundFile,
    Job,
    JobLog,
    OnConflict,
    Page,
    PlaybackToken,
    Reservation,
    Session,
    SignedParts,
    SignedRequest,
    Space,
    TrashContents,
    TrashedFile,
    UploadStatus,
)
from keyshelf.client.wire import JSON, decode

T = TypeVar("T")
PAGE = 500


class Routes:
    """What the service can be asked, in the words of its API.

    Every method raises a `RemoteError` of the category that the service gives,
    or `ServiceUnreachableError`. Lists come page by page, as they are read.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def session(self) -> Session:
        """Return who I am to the service, and what it is."""
        return decode(Session, await self._get("/api/session"))

    async def file(self, file_id: UUID) -> File:
        """Return one file or folder."""
        return _member(File, await self._get(f"/api/files/{file_id}"), "file")

    def folder(
        self,
        parent_id: UUID | None = None,
        *,
        space: Space = "my-files",
        name: str | None = None,
        sort: Literal["name", "size", "created", "updated", "type"] = "name",
        order: Literal["asc", "desc"] = "asc",
        folders_only: bool = False,
    ) -> AsyncIterator[File]:
        """Iterate over one level: a folder's, or the root of `space`; only `name`, if given."""
        where = {"parent_id": str(parent_id)} if parent_id else {"space": space}
        what: Parameters = {
            **where,
            "name": name,
            "sort": sort,
            "order": order,
            "folders_only": "true" if folders_only else None,
        }
        return self._pages(File, "/api/files", what)

    def trash(self) -> AsyncIterator[TrashedFile]:
        """Iterate over what was trashed itself, newest first."""
        return self._pages(TrashedFile, "/api/trash", {})

    def search(self, text: str, *, space: Space | None = None) -> AsyncIterator[FoundFile]:
        """Iterate over the files whose name has `text` in it, any case, accents ignored."""
        return self._pages(FoundFile, "/api/search", {"q": text, "space": space})

    async def create_folder(
        self,
        name: str,
        *,
        parent_id: UUID | None = None,
        space: Space = "my-files",
        on_conflict: Literal["fail", "rename", "existing"] = "fail",
    ) -> File:
        """Make a folder; with `existing`, the one that is there already will do."""
        body = {**_place(parent_id, space), "name": name, "on_conflict": on_conflict}
        return _member(File, await self._create("/api/folders", body), "folder")

    async def change(
        self,
        file_id: UUID,
        *,
        filename: str | None = None,
        place: tuple[UUID | None, Space] | None = None,
        on_conflict: Literal["fail", "rename"] = "fail",
    ) -> Changed:
        """Rename a file or folder, move it to `place` (a folder or a space's root), or both."""
        body: dict[str, JSON] = {"on_conflict": on_conflict}
        if filename is not None:
            body["filename"] = filename
        if place is not None:
            body |= _place(*place)
        # Renaming to the name it has changes nothing, so asking twice is safe.
        answer = await self._connection.request(
            "PATCH", f"/api/files/{file_id}", body=body, repeatable=on_conflict == "fail"
        )
        return decode(Changed, answer.body)

    async def copy(
        self,
        file_id: UUID,
        *,
        parent_id: UUID | None = None,
        space: Space = "my-files",
        filename: str | None = None,
        on_conflict: Literal["fail", "rename"] = "fail",
    ) -> Changed:
        """Copy a file, or a folder with everything below it."""
        body = {**_place(parent_id, space), "on_conflict": on_conflict}
        if filename is not None:
            body["filename"] = filename
        return decode(Changed, await self._create(f"/api/files/{file_id}/copy", body))

    async def move_to_trash(self, file_id: UUID) -> File:
        """Put a file or folder into the trash; its name is free again at once."""
        answer = await self._connection.request("DELETE", f"/api/files/{file_id}")
        return _member(File, answer.body, "file")

    async def delete_forever(self, file_id: UUID) -> None:
        """Delete for good what is in the trash already."""
        await self._connection.request(
            "DELETE", f"/api/files/{file_id}", params={"permanent": "true"}
        )

    async def restore(
        self,
        file_id: UUID,
        *,
        to_root: bool = False,
        on_conflict: Literal["fail", "rename"] = "fail",
    ) -> Changed:
        """Take a file out of the trash, back to where it was or to the root."""
        body: dict[str, JSON] = {"on_conflict": on_conflict}
        if to_root:
            body["parent_id"] = None
        return decode(Changed, await self._post(f"/api/files/{file_id}/restore", body))

    async def trash_contents(self) -> TrashContents:
        """Return what emptying the trash would delete, deleting nothing."""
        answer = await self._connection.request("DELETE", "/api/trash", params={"dry_run": "true"})
        return decode(TrashContents, answer.body)

    async def empty_trash(self) -> Emptied:
        """Delete for good everything in my trash."""
        answer = await self._connection.request("DELETE", "/api/trash")
        return decode(Emptied, answer.body)

    async def reserve(
        self,
        filename: str,
        *,
        size: int,
        parent_id: UUID | None = None,
        space: Space = "my-files",
        on_conflict: OnConflict = "fail",
        idempotency_key: str | None = None,
    ) -> Reservation:
        """Hold a name for a file of `size` bytes; the bytes follow by `sign_upload`."""
        body = {
            **_place(parent_id, space),
            "filename": filename,
            "size": size,
            "on_conflict": on_conflict,
        }
        return decode(Reservation, await self._create("/api/files", body, key=idempotency_key))

    async def sign_upload(self, file_id: UUID, *, again: bool = False) -> SignedRequest:
        """Return the one request that sends a small file to the store.

        `again` where an earlier one was sent and its success not seen.
        """
        return decode(SignedRequest, await self._sign(file_id, {"again": True} if again else {}))

    async def sign_parts(self, file_id: UUID, *, first: int, last: int) -> SignedParts:
        """Return the requests that send parts `first` to `last`, at most 1,000."""
        body = {"parts": {"first": first, "last": last}}
        return decode(SignedParts, await self._sign(file_id, body))

    async def upload_status(self, file_id: UUID) -> UploadStatus:
        """Return what the store already has of an upload."""
        return decode(UploadStatus, await self._get(f"/api/files/{file_id}/upload"))

    async def complete_upload(
        self, file_id: UUID, *, etags: Mapping[int, str] | None = None
    ) -> File:
        """Make an uploaded file visible, once the store has all of it; twice is once.

        `etags` are those of all parts, one PUT being part 1: when the store holds others,
        the answer is a `RemoteConflictError` that names them in `wrong_parts`.
        """
        path = f"/api/files/{file_id}/complete-upload"
        parts = [{"part_number": number, "etag": etag} for number, etag in (etags or {}).items()]
        body = {"parts": parts} if parts else {}
        return _member(File, await self._post(path, body, repeatable=True), "file")

    async def abort_upload(self, file_id: UUID) -> None:
        """Give up an upload: its name is free again, its parts are deleted."""
        await self._connection.request("DELETE", f"/api/files/{file_id}/upload")

    async def download_link(self, file_id: UUID) -> DownloadLink:
        """Return where the store gives the bytes of a file."""
        return decode(DownloadLink, await self._get(f"/api/files/{file_id}/download"))

    def jobs(
        self,
        *,
        state: str | None = None,
        kind: str | None = None,
        media_hash: str | None = None,
        everyone: bool = False,
    ) -> AsyncIterator[Job]:
        """Iterate over my jobs, newest first; an administrator may ask for everyone's."""
        what: Parameters = {
            "state": state,
            "kind": kind,
            "hash": media_hash,
            "all": "true" if everyone else None,
        }
        return self._pages(Job, "/api/jobs", what)

    async def job(self, job_id: UUID) -> Job:
        """Return how a job is doing."""
        return _job(await self._get(f"/api/jobs/{job_id}"))

    async def job_log(self, job_id: UUID, *, after: int | None = None) -> JobLog:
        """Return what happened to a job: its last lines, or those after the line of a number."""
        asked: Parameters = {} if after is None else {"after": after}
        answer = await self._connection.request("GET", f"/api/jobs/{job_id}/log", params=asked)
        return decode(JobLog, answer.body)

    async def pause_job(self, job_id: UUID) -> Job:
        """Have a job wait; one that runs stops at the next safe point."""
        return _job(await self._post(f"/api/jobs/{job_id}/pause", {}, repeatable=True))

    async def resume_job(self, job_id: UUID) -> Job:
        """Let a paused job go on."""
        return _job(await self._post(f"/api/jobs/{job_id}/resume", {}, repeatable=True))

    async def cancel_job(self, job_id: UUID) -> Job:
        """Ask a job to stop; it stops at the next safe point."""
        return _job(await self._post(f"/api/jobs/{job_id}/cancel", {}, repeatable=True))

    async def retry_job(self, job_id: UUID) -> Job:
        """Queue a failed, cancelled or paused job again."""
        return _job(await self._post(f"/api/jobs/{job_id}/retry", {}))

    async def job_events(self, job_id: UUID) -> AsyncGenerator[Job]:
        """Iterate over the states of a job as they change, until the last."""
        async with self._connection.events(f"/api/jobs/{job_id}/events") as documents:
            async for document in documents:
                yield _job(document)

    def tokens(self) -> AsyncIterator[ApiToken]:
        """Iterate over my tokens for programs; what they are is never shown again."""
        return self._pages(ApiToken, "/api/tokens", {})

    async def create_token(
        self, name: str, *, scopes: Sequence[str], expires_in_days: int
    ) -> ApiToken:
        """Make a token for a program; this answer alone holds the token itself."""
        body = {"name": name, "scopes": scopes, "expires_in_days": expires_in_days}
        return decode(ApiToken, await self._post("/api/tokens", body))

    async def revoke_token(self, token_id: UUID) -> None:
        """Make a token worthless at once."""
        await self._connection.request("DELETE", f"/api/tokens/{token_id}")

    async def mint_playback_token(
        self, media_hash: str, *, life: timedelta | None = None
    ) -> PlaybackToken:
        """Return a token that plays the media of one hash for a while."""
        body: dict[str, JSON] = {"hash": media_hash}
        if life is not None:
            body["ttl_seconds"] = round(life.total_seconds())
        return decode(PlaybackToken, await self._post("/api/playback-tokens", body))

    async def _get(self, path: str) -> JSON:
        return (await self._connection.request("GET", path)).body

    async def _post(self, path: str, body: Mapping[str, JSON], *, repeatable: bool = False) -> JSON:
        answer = await self._connection.request("POST", path, body=body, repeatable=repeatable)
        return answer.body

    async def _create(self, path: str, body: Mapping[str, JSON], key: str | None = None) -> JSON:
        """Post a creation under an idempotency key, which makes it safe to repeat."""
        headers = {"Idempotency-Key": key or str(uuid4())}
        answer = await self._connection.request(
            "POST", path, body=body, headers=headers, repeatable=True
        )
        return answer.body

    async def _sign(self, file_id: UUID, body: Mapping[str, JSON]) -> JSON:
        return await self._post(f"/api/files/{file_id}/upload-url", body, repeatable=True)

    async def _pages(self, kind: type[T], path: str, what: Parameters) -> AsyncIterator[T]:
        cursor: str | None = None
        while True:
            asked: Parameters = {**what, "limit": PAGE, "cursor": cursor}
            answer = await self._connection.request("GET", path, params=asked)
            page = decode(Page, answer.body)
            for item in page.items:
                yield decode(kind, item)
            if page.next_cursor is None:
                return
            cursor = page.next_cursor


def _place(parent_id: UUID | None, space: Space) -> dict[str, JSON]:
    """Say where something goes: a folder decides its space, a root is named by its space."""
    return {"parent_id": str(parent_id)} if parent_id else {"parent_id": None, "space": space}


def _member(kind: type[T], body: JSON, name: str) -> T:
    if not isinstance(body, Mapping):
        raise UnexpectedAnswerError(f"the answer has no {name}")
    return decode(kind, body.get(name))


def _job(body: JSON) -> Job:
    """Read a job, which some routes wrap as `{"job": …}`."""
    wrapped = isinstance(body, Mapping) and "job" in body
    return _member(Job, body, "job") if wrapped else decode(Job, body)
