"""Sends one local file: a reservation, the bytes straight to the store, the completion.

The record on disk is always ahead of the service: it holds the idempotency key
before the reservation is asked for, and the file's id before any byte is sent.
A kill at any point is picked up by the next run of the same transfer.
"""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast
from uuid import UUID, uuid4

from keyshelf.client.failures import RemoteConflictError, UnexpectedAnswerError
from keyshelf.client.retrying import retrying
from keyshelf.client.routes import Routes
from keyshelf.client.transfers.acknowledged import Acknowledged
from keyshelf.client.transfers.local_file import LocalFile
from keyshelf.client.transfers.objects import (
    LinkExpiredError,
    Objects,
    Slice,
    SourceChangedError,
    StoreUnavailableError,
)
from keyshelf.client.transfers.observing import Observer, Outcome, State
from keyshelf.client.transfers.options import TransferOptions
from keyshelf.client.transfers.records import VERSION, Records, UploadRecord
from keyshelf.client.transfers.requests import Requests, SignedParts, SignedWhole
from keyshelf.client.values import (
    File,
    OnConflict,
    Space,
    Upload,
    UploadStatus,
)
from keyshelf.concurrency import for_each
from keyshelf.errors import ConflictError, Error, InvalidInputError, NotFoundError

_TRIES = 3
"""How often an upload is completed, when the service finds parts wrong that the store took."""


@dataclass(frozen=True, slots=True)
class UploadTarget:
    """Where a file goes: a name in a folder, or at the root of a space.

    `spelled` is the whole drive path, for people.
    """

    filename: str
    parent_id: UUID | None = None
    space: Space = "my-files"
    on_conflict: OnConflict = "fail"
    spelled: str = ""


@dataclass(frozen=True, slots=True)
class _Begun:
    """An upload that the service knows of, and what the store is known to have of it."""

    file_id: UUID
    upload: Upload
    acknowledged: Acknowledged
    is_resumed: bool
    finished: File | None = None

    @property
    def missing(self) -> list[int]:
        """The numbers of the parts to send; a file that goes in one request is part 1."""
        numbers = range(1, _part_count(self.upload) + 1)
        return [number for number in numbers if number not in self.acknowledged.etags]


class Uploader:
    """Sends files to one service, remembering in `records` what is unfinished."""

    def __init__(
        self,
        routes: Routes,
        objects: Objects,
        records: Records,
        options: TransferOptions,
        *,
        service_url: str,
        new_key: Callable[[], str] = lambda: str(uuid4()),
    ) -> None:
        self._routes = routes
        self._objects = objects
        self._records = records
        self._options = options
        self._service_url = service_url
        self._new_key = new_key
        self._done: list[str] = []

    async def send(self, source: Path, target: UploadTarget, *, observer: Observer) -> Outcome:
        """Send one file, going on where an earlier run of the same stopped.

        Raises `SourceChangedError` when the file changes meanwhile (nothing of it
        becomes visible), the service's `RemoteConflictError` for a taken name.
        Sent is remembered until `forget_done`.
        """
        name = self._record_name(source, target)
        with LocalFile.opened(source) as local:
            already = await self._sent_before(name, local)
            if already:
                self._done.append(name)
                return _outcome("skipped", local, target, already)
            begun = await self._begin(name, local, target, observer)
            file = begun.finished or await self._send_bytes(name, begun, local, observer)
            self._records.write(name, replace(begun.acknowledged.write(), is_done=True))
            self._done.append(name)
            return _outcome("transferred", local, target, file)

    def forget_done(self) -> None:
        """Forget the files that were sent, once a whole command succeeded."""
        self._records.forget(self._done)
        self._done.clear()

    def _record_name(self, source: Path, target: UploadTarget) -> str:
        where = str(target.parent_id or target.space)
        return Records.name(
            "upload", self._service_url, str(source.absolute()), where, target.filename
        )

    async def _sent_before(self, name: str, local: LocalFile) -> File | None:
        """Return the file that an unfinished command has sent already, if it is still there."""
        record = self._records.read(UploadRecord, name)
        if not record or not record.is_done or not record.file_id or _differs(record, local):
            return None
        try:
            file = await self._routes.file(record.file_id)
        except NotFoundError:
            return None
        is_there = file.state == "ready" and file.deleted_at is None
        return file if is_there and file.size == local.size else None

    async def _begin(
        self, name: str, local: LocalFile, target: UploadTarget, observer: Observer
    ) -> _Begun:
        record = self._records.read(UploadRecord, name)
        if record and record.is_done:
            record = None
        if record and _differs(record, local):
            observer.noticed(
                str(local.path), "changed since it was interrupted: it is sent from its start"
            )
            await self._abort(record.file_id)
            record = None
        resumed = await self._resume(name, record) if record else None
        return resumed or await self._reserve(name, local, target, record)

    async def _resume(self, name: str, record: UploadRecord) -> _Begun | None:
        """Return where an upload stands; None when the service gave it up meanwhile."""
        if record.file_id is None:
            return None
        try:
            status = await self._routes.upload_status(record.file_id)
        except (NotFoundError, RemoteConflictError):
            return None
        upload = status.upload
        acknowledged = Acknowledged(self._records, name, record)
        if upload.state == "ready":
            file = await self._routes.file(record.file_id)
            return _Begun(record.file_id, upload, acknowledged, is_resumed=True, finished=file)
        if upload.state != "pending":
            return None
        if upload.multipart:
            acknowledged.forget(_lost(status, acknowledged.etags))
        return _Begun(record.file_id, upload, acknowledged, is_resumed=True)

    async def _reserve(
        self, name: str, local: LocalFile, target: UploadTarget, record: UploadRecord | None
    ) -> _Begun:
        if not record or record.file_id or record.on_conflict != target.on_conflict:
            record = UploadRecord(
                version=VERSION,
                source=str(local.path.absolute()).encode(errors="replace").decode(),
                size=local.size,
                modified_ns=local.modified_ns,
                on_conflict=target.on_conflict,
                idempotency_key=self._new_key(),
                file_id=None,
                parts=(),
                is_done=False,
            )
        # Killed after the reservation and before its answer is written down, the next
        # run asks with the same key and is given the same reservation.
        self._records.write(name, record)
        try:
            reservation = await self._routes.reserve(
                target.filename,
                size=local.size,
                parent_id=target.parent_id,
                space=target.space,
                on_conflict=target.on_conflict,
                idempotency_key=record.idempotency_key,
            )
        except (ConflictError, InvalidInputError, NotFoundError):
            self._records.forget([name])
            raise
        record = replace(record, file_id=reservation.file.id)
        self._records.write(name, record)
        acknowledged = Acknowledged(self._records, name, record)
        return _Begun(reservation.file.id, reservation.upload, acknowledged, is_resumed=False)

    async def _send_bytes(
        self, name: str, begun: _Begun, local: LocalFile, observer: Observer
    ) -> File:
        def moved(count: int) -> None:
            observer.moved(str(local.path), count)

        left = _bytes_of(begun.upload, begun.missing)
        observer.began(str(local.path), size=local.size, already=local.size - left)
        requests = self._requests_of(begun)
        tries = 1
        while True:
            await self._send_missing(name, begun, local, requests, moved=moved)
            stated = begun.acknowledged.stated
            try:
                return await self._routes.complete_upload(begun.file_id, etags=stated)
            except (RemoteConflictError, NotFoundError) as error:
                wrong = _wrong_parts(error)
                if not wrong or tries == _TRIES:
                    if error.code in {"upload-mismatch", "not-found"}:
                        await self._give_up(name, begun.file_id)
                    raise
            # A request that broke off was kept over one that succeeded.
            begun.acknowledged.forget(wrong)
            moved(-_bytes_of(begun.upload, wrong))
            tries += 1

    async def _send_missing(
        self,
        name: str,
        begun: _Begun,
        local: LocalFile,
        requests: Requests,
        *,
        moved: Callable[[int], None],
    ) -> None:
        upload = begun.upload
        missing = begun.missing

        async def each() -> AsyncIterator[int]:
            for number in missing:
                yield number

        async def send_one(number: int) -> None:
            start = (number - 1) * _part_size(upload)
            part = Slice(local.descriptor, start, _bytes_of(upload, [number]))

            async def attempt() -> str:
                request = await requests.part(number)
                try:
                    return await self._objects.send(request, part, moved=moved)
                except LinkExpiredError:
                    requests.forget()
                    raise

            etag = await retrying(attempt, options=self._options.retry, only=StoreUnavailableError)
            begun.acknowledged.add(number, etag)

        try:
            await for_each(each(), send_one, at_once=self._options.requests_at_once)
        finally:
            # Whatever ends the sending, the next run need not send this again.
            begun.acknowledged.write()
        if local.has_changed():
            await self._give_up(name, begun.file_id)
            raise SourceChangedError(
                f"{local.path} changed while it was being sent; send it again when it is at rest"
            )

    def _requests_of(self, begun: _Begun) -> Requests:
        upload = begun.upload
        if not upload.multipart:
            return SignedWhole(self._routes, begun.file_id, was_tried=begun.is_resumed)
        at_once = self._options.signed_at_once
        return SignedParts(self._routes, begun.file_id, _part_count(upload), at_once)

    async def _give_up(self, name: str, file_id: UUID) -> None:
        await self._abort(file_id)
        self._records.forget([name])

    async def _abort(self, file_id: UUID | None) -> None:
        if file_id is None:
            return
        # Gone or complete already is as good as aborted: nothing of ours is left open.
        with suppress(NotFoundError, ConflictError):
            await self._routes.abort_upload(file_id)


def _lost(status: UploadStatus, etags: Mapping[int, str]) -> list[int]:
    """Return the acknowledged parts that the store does not have, or has otherwise."""
    held = {
        part.part_number: part.etag.strip('"')
        for part in status.uploaded_parts
        if part.size == _bytes_of(status.upload, [part.part_number])
    }
    return [
        number
        for number, etag in etags.items()
        if number not in held or etag not in {"", held[number]}
    ]


def _wrong_parts(error: Error) -> list[int]:
    wrong = error.extras.get("wrong_parts")
    if error.code != "upload-mismatch" or not isinstance(wrong, list):
        return []
    numbers = cast("list[object]", wrong)  # isinstance leaves its type unknown
    return [number for number in numbers if isinstance(number, int)]


def _part_size(upload: Upload) -> int:
    """Return the size of all parts but the last; a file in one request is one part."""
    if not upload.multipart:
        return upload.size
    if not upload.part_size or not upload.part_count:
        raise UnexpectedAnswerError("the service cuts an upload into parts of no size")
    return upload.part_size


def _part_count(upload: Upload) -> int:
    return (upload.part_count or 0) if upload.multipart else 1


def _bytes_of(upload: Upload, numbers: Sequence[int]) -> int:
    size = _part_size(upload)
    return sum(max(0, min(size, upload.size - (number - 1) * size)) for number in numbers)


def _differs(record: UploadRecord, local: LocalFile) -> bool:
    return (record.size, record.modified_ns) != (local.size, local.modified_ns)


def _outcome(state: State, local: LocalFile, target: UploadTarget, file: File) -> Outcome:
    return Outcome(state, str(local.path), target.spelled, local.size, file)
