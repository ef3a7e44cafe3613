"""Fetches one file: ranges in parallel into a hidden file, verified, renamed at the end.

What is whole on the disk is written down part by part, so a kill at any point
costs at most the parts that were under way. Whoever looks at the target sees
the old file or the whole new one.
"""

import hashlib
import os
from collections.abc import AsyncIterator, Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Literal

import anyio
from anyio import to_thread

from keyshelf.client.retrying import retrying
from keyshelf.client.routes import Routes
from keyshelf.client.transfers.objects import (
    DamagedTransferError,
    LinkExpiredError,
    ObjectChangedError,
    Objects,
    Received,
    Slice,
    StoreUnavailableError,
)
from keyshelf.client.transfers.observing import Observer, Outcome
from keyshelf.client.transfers.options import TransferOptions
from keyshelf.client.transfers.records import VERSION, DownloadRecord, Records
from keyshelf.client.values import File
from keyshelf.concurrency import for_each
from keyshelf.errors import ConflictError

OnLocalConflict = Literal["fail", "skip", "rename", "replace"]


class LocalFileExistsError(ConflictError):
    """A local file is in the way. Choose another name, or what to do with it."""

    code = "local-file-exists"


class Downloader:
    """Fetches files of one service, remembering in `records` what is unfinished."""

    def __init__(
        self,
        routes: Routes,
        objects: Objects,
        records: Records,
        options: TransferOptions,
        *,
        service_url: str,
    ) -> None:
        self._routes = routes
        self._objects = objects
        self._records = records
        self._options = options
        self._service_url = service_url
        self._done: list[str] = []

    async def fetch(
        self,
        file: File,
        target: Path,
        *,
        shown: str,
        on_conflict: OnLocalConflict,
        observer: Observer,
    ) -> Outcome:
        """Fetch one file to `target`, going on where an earlier run of the same stopped.

        `shown` is its drive path, for people. Raises `LocalFileExistsError`,
        `ObjectChangedError` when it is replaced meanwhile, `DamagedTransferError`
        when the bytes are not those that the store keeps.
        """
        name = _record_name(self._service_url, file, target)
        record = self._records.read(DownloadRecord, name)
        if record and record.is_done and _has_size(target, file.size):
            self._done.append(name)
            return Outcome("skipped", shown, str(target), file.size, file)
        if _may_skip(target, on_conflict):
            return Outcome("skipped", shown, str(target), file.size, file)
        temporary = target.with_name(f".keyshelf-{name[:16]}.part")
        await self._fetch_to(temporary, name, record, file, shown=shown, observer=observer)
        placed = _place(temporary, target, on_conflict)
        done = DownloadRecord(VERSION, file.id, file.size, 1, None, None, (), is_done=True)
        self._records.write(name, done)
        self._done.append(name)
        return Outcome("transferred", shown, str(placed), file.size, file)

    def forget_done(self) -> None:
        """Forget the files that were fetched, once a whole command succeeded."""
        self._records.forget(self._done)
        self._done.clear()

    async def _fetch_to(
        self,
        temporary: Path,
        name: str,
        record: DownloadRecord | None,
        file: File,
        *,
        shown: str,
        observer: Observer,
    ) -> None:
        if record and not record.is_done and _can_resume(record, file, temporary):
            try:
                await self._fetch_parts(
                    temporary, name, record, file, shown=shown, observer=observer
                )
            except ObjectChangedError:
                observer.noticed(
                    shown, "changed since it was interrupted: it is fetched from its start"
                )
            else:
                return
        record = DownloadRecord(
            version=VERSION,
            file_id=file.id,
            size=file.size,
            part_bytes=self._options.download_part_bytes,
            validator=None,
            md5=None,
            done=(),
            is_done=False,
        )
        await self._fetch_parts(temporary, name, record, file, shown=shown, observer=observer)

    async def _fetch_parts(
        self,
        temporary: Path,
        name: str,
        record: DownloadRecord,
        file: File,
        *,
        shown: str,
        observer: Observer,
    ) -> None:
        parts = _Parts(record, lambda now: self._records.write(name, now))
        observer.began(shown, size=file.size, already=parts.bytes_done)
        with _opened(temporary, file.size) as descriptor:
            work = _Fetch(self._routes, self._objects, file, parts, self._options)
            await work.run(descriptor, moved=lambda count: observer.moved(shown, count))
            await to_thread.run_sync(partial(verify, temporary, parts.md5, shown=shown))
            await to_thread.run_sync(os.fsync, descriptor)


class _Parts:
    """Which parts of a download are on the disk, kept on the disk itself."""

    def __init__(self, record: DownloadRecord, write: Callable[[DownloadRecord], None]) -> None:
        self._record = record
        self._write = write

    @property
    def md5(self) -> str | None:
        """The MD5 of the whole object, where the store keeps one."""
        return self._record.md5

    @property
    def bytes_done(self) -> int:
        return sum(self.span(number)[1] for number in self._record.done)

    def missing(self) -> list[int]:
        count = -(-self._record.size // self._record.part_bytes)
        return sorted(set(range(count)) - set(self._record.done))

    def span(self, number: int) -> tuple[int, int]:
        """Return where a part begins and how many bytes it has."""
        begin = number * self._record.part_bytes
        return begin, min(self._record.part_bytes, self._record.size - begin)

    def keep(self, number: int, received: Received) -> None:
        """Write down that a part is on the disk, and what object it is of."""
        self._record = replace(
            self._record,
            validator=received.validator,
            md5=stored_md5(received.headers),
            done=(*self._record.done, number),
        )
        self._write(self._record)

    def check(self, validator: str | None, total: int) -> None:
        """Refuse a part of another object than the parts before it."""
        known = self._record.validator
        if total != self._record.size or (known is not None and validator != known):
            raise ObjectChangedError(
                "it was replaced in the store while it was being fetched; fetch it again"
            )


class _Fetch:
    """Fetches the missing parts of one file into an open one."""

    def __init__(
        self,
        routes: Routes,
        objects: Objects,
        file: File,
        parts: _Parts,
        options: TransferOptions,
    ) -> None:
        self._routes = routes
        self._objects = objects
        self._file = file
        self._parts = parts
        self._options = options
        self._link: str | None = None
        self._lock = anyio.Lock()

    async def run(self, descriptor: int, *, moved: Callable[[int], None]) -> None:
        missing = self._parts.missing()
        if not missing:
            return
        # The first part alone learns the validator that the others must have.
        await self._fetch_one(missing[0], descriptor, moved)

        async def others() -> AsyncIterator[int]:
            for number in missing[1:]:
                yield number

        async def fetch(number: int) -> None:
            await self._fetch_one(number, descriptor, moved)

        await for_each(others(), fetch, at_once=self._options.requests_at_once)

    async def _fetch_one(self, number: int, descriptor: int, moved: Callable[[int], None]) -> None:
        begin, size = self._parts.span(number)
        written = 0

        def count(more: int) -> None:
            nonlocal written
            written += more
            moved(more)

        async def attempt() -> None:
            if written == size:
                count(-written)  # it broke off after the last byte: fetch the part again
            url = await self._url()
            rest = Slice(descriptor, begin + written, size - written)
            try:
                received = await self._objects.receive(url, rest, moved=count)
            except LinkExpiredError:
                self._link = None
                raise
            self._parts.check(received.validator, received.total)
            # A part is written down only once a crash of the machine would keep it.
            await to_thread.run_sync(os.fdatasync, descriptor)
            self._parts.keep(number, received)

        await retrying(attempt, options=self._options.retry, only=StoreUnavailableError)

    async def _url(self) -> str:
        async with self._lock:
            if self._link is None:
                self._link = (await self._routes.download_link(self._file.id)).url
            return self._link


@contextmanager
def _opened(path: Path, size: int) -> Generator[int]:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o666)
    try:
        os.ftruncate(descriptor, size)
        yield descriptor
    finally:
        os.close(descriptor)


def _place(temporary: Path, target: Path, on_conflict: OnLocalConflict) -> Path:
    """Give a whole file its name; never over another unless that was asked for."""
    if on_conflict == "replace":
        temporary.replace(target)
        return target
    number = 1
    while True:
        numbered = target if number == 1 else target.with_stem(f"{target.stem} ({number})")
        try:
            numbered.hardlink_to(temporary)
        except FileExistsError:
            if on_conflict != "rename":
                raise LocalFileExistsError(f"{target} came to exist meanwhile") from None
            number += 1
            continue
        except OSError:
            # A file system without hard links cannot refuse an existing name by itself.
            if numbered.exists():
                number += 1
                continue
            temporary.rename(numbered)
            return numbered
        temporary.unlink()
        return numbered


def _may_skip(target: Path, on_conflict: OnLocalConflict) -> bool:
    """Whether an existing target is to be left as it is; refuses one that is in the way."""
    if on_conflict in {"rename", "replace"} or not os.path.lexists(target):
        return False
    if on_conflict == "skip" and target.is_file():
        return True
    raise LocalFileExistsError(f"{target} exists; --on-conflict says what to do with it")


def _record_name(service_url: str, file: File, target: Path) -> str:
    return Records.name("download", service_url, str(file.id), str(target.absolute()))


def _can_resume(record: DownloadRecord, file: File, temporary: Path) -> bool:
    return record.size == file.size and temporary.exists()


def _has_size(path: Path, size: int) -> bool:
    return path.is_file() and path.stat().st_size == size


def verify(path: Path, wanted: str | None, *, shown: str) -> None:
    """Compare a whole file with the MD5 that the store keeps, where it keeps one."""
    if wanted is None:
        return
    with path.open("rb") as file:
        found = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
    if found != wanted:
        path.unlink()
        raise DamagedTransferError(
            f"{shown}: the bytes that arrived are not those of the store"
            f" (MD5 {found}, not {wanted}); fetch it again"
        )


def stored_md5(headers: Mapping[str, str]) -> str | None:
    """Return the MD5 of the whole object, where the headers of a range tell it.

    The ETag of S3 is one only for objects put in one request and not encrypted
    under a customer's key.
    """
    etag = headers.get("etag", "").strip('"')
    is_s3 = "x-amz-request-id" in headers
    encryption = headers.get("x-amz-server-side-encryption", "AES256")
    is_keyed = "x-amz-server-side-encryption-customer-algorithm" in headers
    is_md5 = len(etag) == 32 and all(digit in "0123456789abcdef" for digit in etag)
    return etag if is_s3 and is_md5 and encryption == "AES256" and not is_keyed else None
