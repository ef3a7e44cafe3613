"""Sends one local file: a reservation, the bytes straight to the store, the completion.

The record on disk is always ahead of the service: it holds the idempotency key
before the reservation is asked for, and the file's id before any byte is sent.
A kill at any point is picked up by the next run of the same transfer.
"""

import os
from collections.abc import AsyncIterator, Callable, Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self
from uuid import UUID, uuid4

import anyio

from keyshelf.client.failures import RemoteConflictError, UnexpectedAnswerError
from keyshelf.client.retrying import retrying
from keyshelf.client.routes import Routes
from keyshelf.client.transfers.fanout import for_each
from keyshelf.client.transfers.objects import LinkExpiredError, Objects, Slice, SourceChangedError
from keyshelf.client.transfers.observing import Observer, Outcome, State
from keyshelf.client.transfers.options import TransferOptions
from keyshelf.client.transfers.records import VERSION, Records, UploadRecord
from keyshelf.client.values import File, OnConflict, SignedPart, Space, Upload
from keyshelf.errors import ConflictError, InvalidInputError, NotFoundError


class NotAFileError(InvalidInputError):
    """A local path that is not an ordinary file. Name a file, or send a folder with -r."""

    code = "source-not-a-file"


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
class _LocalFile:
    """A local file held open, as it was when it was opened."""

    path: Path
    descriptor: int
    size: int
    modified_ns: int

    @classmethod
    @contextmanager
    def opened(cls, path: Path) -> Generator[Self]:
        if path.exists() and not path.is_file():
            raise NotAFileError(f"{path} is not a file that can be sent")
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            facts = os.fstat(descriptor)
            yield cls(path, descriptor, facts.st_size, facts.st_mtime_ns)
        finally:
            os.close(descriptor)

    def has_changed(self) -> bool:
        """Whether the path holds another content than when it was opened."""
        try:
            facts = self.path.stat()
        except FileNotFoundError:
            return True
        return (facts.st_size, facts.st_mtime_ns) != (self.size, self.modified_ns)


@dataclass(frozen=True, slots=True)
class _Begun:
    """An upload that the service knows of, and what the store has of it."""

    record: UploadRecord
    file_id: UUID
    upload: Upload
    have: frozenset[int]
    finished: File | None = None


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
        with _LocalFile.opened(source) as local:
            already = await self._sent_before(name, local)
            if already:
                self._done.append(name)
                return _outcome("skipped", local, target, already)
            begun = await self._begin(name, local, target, observer)
            file = begun.finished or await self._send_bytes(name, begun, local, observer)
            self._records.write(name, replace(begun.record, is_done=True))
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

    async def _sent_before(self, name: str, local: _LocalFile) -> File | None:
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
        self, name: str, local: _LocalFile, target: UploadTarget, observer: Observer
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
        resumed = await self._resume(record) if record else None
        return resumed or await self._reserve(name, local, target, record)

    async def _resume(self, record: UploadRecord) -> _Begun | None:
        """Return where an upload stands; None when the service gave it up meanwhile."""
        if record.file_id is None:
            return None
        try:
            status = await self._routes.upload_status(record.file_id)
        except (NotFoundError, RemoteConflictError):
            return None
        if status.upload.state == "ready":
            file = await self._routes.file(record.file_id)
            return _Begun(record, record.file_id, status.upload, frozenset(), finished=file)
        if status.upload.state != "pending":
            return None
        have = {
            part.part_number
            for part in status.uploaded_parts
            if part.size == _part_bytes(status.upload, part.part_number)
        }
        return _Begun(record, record.file_id, status.upload, frozenset(have))

    async def _reserve(
        self, name: str, local: _LocalFile, target: UploadTarget, record: UploadRecord | None
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
                is_sent=False,
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
        return _Begun(record, reservation.file.id, reservation.upload, frozenset())

    async def _send_bytes(
        self, name: str, begun: _Begun, local: _LocalFile, observer: Observer
    ) -> File:
        shown = str(local.path)
        already = sum(_part_bytes(begun.upload, number) for number in begun.have)
        if begun.record.is_sent:
            already = local.size
        observer.began(shown, size=local.size, already=already)
        if begun.upload.multipart:
            await self._send_parts(begun, local, moved=lambda count: observer.moved(shown, count))
        elif not begun.record.is_sent:
            await self._send_whole(begun, local, moved=lambda count: observer.moved(shown, count))
            # Killed before the completion, the next run has only that left to do.
            self._records.write(name, replace(begun.record, is_sent=True))
        if local.has_changed():
            await self._give_up(name, begun.file_id)
            raise SourceChangedError(
                f"{local.path} changed while it was being sent; send it again when it is at rest"
            )
        try:
            return await self._routes.complete_upload(begun.file_id)
        except (RemoteConflictError, NotFoundError) as error:
            if error.code in {"upload-mismatch", "not-found"}:
                await self._give_up(name, begun.file_id)
            raise

    async def _send_whole(
        self, begun: _Begun, local: _LocalFile, *, moved: Callable[[int], None]
    ) -> None:
        async def attempt() -> None:
            request = await self._routes.sign_upload(begun.file_id)
            await self._objects.send(request, Slice(local.descriptor, 0, local.size), moved=moved)

        await retrying(attempt, options=self._options.retry)

    async def _send_parts(
        self, begun: _Begun, local: _LocalFile, *, moved: Callable[[int], None]
    ) -> None:
        upload = begun.upload
        size, count = _cut(upload)
        signed = _SignedParts(self._routes, begun.file_id, count, self._options.signed_at_once)

        async def missing() -> AsyncIterator[int]:
            for number in range(1, count + 1):
                if number not in begun.have:
                    yield number

        async def send_one(number: int) -> None:
            part = Slice(local.descriptor, (number - 1) * size, _part_bytes(upload, number))

            async def attempt() -> None:
                request = await signed.part(number)
                try:
                    await self._objects.send(request, part, moved=moved)
                except LinkExpiredError:
                    signed.forget()
                    raise

            await retrying(attempt, options=self._options.retry)

        await for_each(missing(), send_one, at_once=self._options.requests_at_once)

    async def _give_up(self, name: str, file_id: UUID) -> None:
        await self._abort(file_id)
        self._records.forget([name])

    async def _abort(self, file_id: UUID | None) -> None:
        if file_id is None:
            return
        # Gone or complete already is as good as aborted: nothing of ours is left open.
        with suppress(NotFoundError, ConflictError):
            await self._routes.abort_upload(file_id)


class _SignedParts:
    """The signed requests of an upload's parts, asked for some at a time."""

    def __init__(self, routes: Routes, file_id: UUID, count: int, at_once: int) -> None:
        self._routes = routes
        self._file_id = file_id
        self._count = count
        self._at_once = at_once
        self._known: dict[int, SignedPart] = {}
        self._lock = anyio.Lock()

    async def part(self, number: int) -> SignedPart:
        """Return the request that sends one part."""
        async with self._lock:
            if number not in self._known:
                last = min(number + self._at_once - 1, self._count)
                answer = await self._routes.sign_parts(self._file_id, first=number, last=last)
                self._known = {part.part_number: part for part in answer.parts}
            if number not in self._known:
                raise UnexpectedAnswerError(f"the service did not sign part {number} as asked")
            return self._known[number]

    def forget(self) -> None:
        """Ask again for every part: the requests have expired."""
        self._known = {}


def _cut(upload: Upload) -> tuple[int, int]:
    if upload.part_size is None or upload.part_count is None:
        raise UnexpectedAnswerError("the service cuts an upload into parts of no size")
    return upload.part_size, upload.part_count


def _part_bytes(upload: Upload, number: int) -> int:
    size, _ = _cut(upload)
    return max(0, min(size, upload.size - (number - 1) * size))


def _differs(record: UploadRecord, local: _LocalFile) -> bool:
    return (record.size, record.modified_ns) != (local.size, local.modified_ns)


def _outcome(state: State, local: _LocalFile, target: UploadTarget, file: File) -> Outcome:
    return Outcome(state, str(local.path), target.spelled, local.size, file)
