"""A folder that acts as a bucket: each object is a file at the path that its key says.

The format is described in docs/reference/stored-formats-disk.md. All that blocks
runs in threads, of which there are only so many.
"""

import os
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import ParamSpec, TypeVar

import anyio
import anyio.to_thread

from keyshelf.concurrency import map_each
from keyshelf.errors import Error
from keyshelf.layout.keys import ObjectKey
from keyshelf.store.base import (
    Body,
    ByteRange,
    Capabilities,
    CompletedPart,
    Condition,
    DeleteResult,
    ListPage,
    NewObject,
    ObjectMeta,
    ObjectReader,
    OpenUpload,
    Part,
    PresignOptions,
    PutOptions,
    PutResult,
    SignedRequest,
    WriteCondition,
)
from keyshelf.store.checks import (
    check_attributes,
    check_key,
    check_new_objects,
    check_part_number,
)
from keyshelf.store.disk_failures import failure
from keyshelf.store.disk_files import DiskFiles
from keyshelf.store.disk_options import DiskOptions
from keyshelf.store.disk_reading import DiskReader
from keyshelf.store.disk_writing import PIECE_BYTES
from keyshelf.store.errors import UnsupportedError
from keyshelf.store.local_rules import body_pieces

_PUT = PutOptions()
_PRESIGN = PresignOptions()
_COPY_STEP_BYTES = 256 * 2**20
_DELETE_BATCH = 50
_CREATED_AT_ONCE = 1000
_READ_AT_ONCE = 250

P = ParamSpec("P")
T = TypeVar("T")


_DEFAULTS = DiskOptions()


class DiskStore:
    """An `ObjectStore` in a folder, for any number of threads and processes of one machine."""

    def __init__(self, folder: Path, options: DiskOptions = _DEFAULTS) -> None:
        """Open the store, making the folder when it is missing.

        Raises `StoreFormatError` for a folder of another format.
        """
        self._options = options
        self._limiter = anyio.CapacityLimiter(options.threads)
        try:
            self._files = DiskFiles(folder, options)
        except OSError as error:
            raise failure(error) from error

    @property
    def capabilities(self) -> Capabilities:
        """Everything, signing only with a signer."""
        return Capabilities(kind="disk", presign=self._options.signer is not None)

    async def head(self, key: ObjectKey) -> ObjectMeta:
        """Return an object's facts."""
        check_key(key)
        return await self._run(self._files.head, key)

    async def get(
        self, key: ObjectKey, *, byte_range: ByteRange | None = None, if_match: str | None = None
    ) -> ObjectReader:
        """Open an object for reading."""
        check_key(key)
        opened = await self._run(self._files.open_range, key, byte_range, if_match)
        return DiskReader(opened, partial(self._run, os.pread))

    async def link(self, key: ObjectKey, to: Path, *, if_match: str) -> bool:
        """Give an object another name on its disk, where that is the disk of `to`."""
        check_key(key)
        return await self._run(self._files.link, key, to, if_match)

    async def put(self, key: ObjectKey, body: Body, options: PutOptions = _PUT) -> ObjectMeta:
        """Write an object whole or not at all: beside its place, then moved there."""
        check_key(key)
        check_attributes(options.attributes)
        if isinstance(body, bytes) and len(body) <= PIECE_BYTES:
            return await self._run(self._files.put_bytes, key, body, options)
        fresh = await self._run(self._files.fresh)
        try:
            async for piece in body_pieces(body, max_bytes=PIECE_BYTES):
                await self._run(fresh.write, piece)
            return await self._run(self._files.put_fresh, key, fresh, options)
        finally:
            await self._clean(fresh.discard)

    async def put_many(self, objects: Sequence[NewObject]) -> Sequence[PutResult]:
        """Write any number of small objects, a thousand in one thread, durable as one.

        That means that the whole file system is made so (`syncfs`): what others write
        there is waited for as well. Objects that may replace others go one by one.
        """
        check_new_objects(objects)
        results: dict[int, PutResult] = {}
        single: list[int] = []
        created: list[int] = []
        for number, new in enumerate(objects):
            (created if new.options.condition is Condition.CREATE else single).append(number)
        for start in range(0, len(created), _CREATED_AT_ONCE):
            some = created[start : start + _CREATED_AT_ONCE]
            if self._files.is_batch(len(some)):
                batch = [objects[number] for number in some]
                found = await self._run(self._files.batches.create, batch)
                results.update(zip(some, found, strict=True))
            else:
                single += some
        put = await map_each(
            single,
            lambda number: self._run(self._files.put_one, objects[number]),
            at_once=self._options.threads,
        )
        results.update(zip(single, put, strict=True))
        return [results[number] for number in range(len(objects))]

    async def get_many(self, keys: Sequence[ObjectKey]) -> Sequence[bytes | None]:
        """Read any number of small objects, hundreds in one thread."""
        for key in keys:
            check_key(key)
        found = await map_each(
            range(0, len(keys), _READ_AT_ONCE),
            lambda start: self._run(self._files.batches.read, keys[start : start + _READ_AT_ONCE]),
            # More threads than cores would only wait for each other.
            at_once=os.cpu_count() or 1,
        )
        return [body for some in found for body in some]

    async def delete(self, key: ObjectKey) -> None:
        """Remove an object."""
        check_key(key)
        await self._run(self._files.remove, key)

    async def delete_many(self, keys: Sequence[ObjectKey]) -> Sequence[DeleteResult]:
        """Remove any number of objects."""
        starts = range(0, len(keys), _DELETE_BATCH)
        batches = await map_each(
            starts,
            lambda start: self._run(self._delete_batch, keys[start : start + _DELETE_BATCH]),
            at_once=self._options.threads,
        )
        return [result for batch in batches for result in batch]

    async def copy(
        self, source: ObjectKey, destination: ObjectKey, *, replace: bool = True
    ) -> ObjectMeta:
        """Copy an object with its attributes and tags, by reference where the disk can."""
        check_key(source)
        check_key(destination)
        if replace and source == destination:
            return await self.head(source)
        condition = Condition.ALWAYS if replace else Condition.CREATE
        copying = await self._run(self._files.begin_copy, source, destination, condition)
        try:
            while await self._run(copying.step, _COPY_STEP_BYTES):
                pass
            return await self._run(self._files.end_copy, destination, copying, condition)
        finally:
            await self._clean(copying.close)

    async def list(
        self, prefix: str = "", *, start_after: str | None = None, delimiter: str | None = None
    ) -> AsyncIterator[ListPage]:
        """Page through the objects, reading folders as it goes."""
        listing = self._files.listing(prefix, start_after, delimiter)
        while (page := await self._run(listing.next_page)) is not None:
            yield page

    async def get_tags(self, key: ObjectKey) -> Mapping[str, str]:
        """Return an object's tags."""
        check_key(key)
        return await self._run(self._files.tags, key)

    async def set_tags(self, key: ObjectKey, tags: Mapping[str, str]) -> None:
        """Replace an object's tags."""
        check_key(key)
        await self._run(self._files.set_tags, key, tags)

    async def create_upload(self, key: ObjectKey, options: PutOptions = _PUT) -> str:
        """Begin a multipart upload."""
        check_key(key)
        check_attributes(options.attributes)
        return await self._run(self._files.uploads.create, key, options, self._options.clock())

    async def upload_part(self, key: ObjectKey, upload_id: str, number: int, body: Body) -> Part:
        """Write one part, straight to its place in the object where that is known."""
        check_key(key)
        check_part_number(number)
        uploads = self._files.uploads
        part = await self._run(uploads.begin_part, key, upload_id, number)
        try:
            async for piece in body_pieces(body, max_bytes=PIECE_BYTES):
                await self._run(uploads.write_part, key, upload_id, part, piece)
            return await self._run(uploads.finish_part, key, upload_id, part)
        except BaseException:
            await self._clean(part.discard)
            raise

    async def list_parts(self, key: ObjectKey, upload_id: str) -> Sequence[Part]:
        """Return the parts by number."""
        check_key(key)
        return await self._run(self._files.uploads.parts, key, upload_id)

    async def complete_upload(
        self,
        key: ObjectKey,
        upload_id: str,
        parts: Sequence[CompletedPart],
        *,
        condition: WriteCondition = Condition.ALWAYS,
    ) -> ObjectMeta:
        """Make the object of its parts."""
        check_key(key)
        return await self._run(self._files.complete, key, upload_id, parts, condition)

    async def abort_upload(self, key: ObjectKey, upload_id: str) -> None:
        """Drop an upload and its parts."""
        check_key(key)
        await self._run(self._files.uploads.abort, key, upload_id)

    async def list_uploads(self, prefix: str = "") -> AsyncIterator[OpenUpload]:
        """Give the open uploads."""
        found = self._files.uploads.opened(prefix)
        limit = self._options.page_limit
        while some := await self._run(lambda: list(islice(found, limit))):
            for upload in some:
                yield upload

    async def presign(
        self, method: str, key: ObjectKey, options: PresignOptions = _PRESIGN
    ) -> SignedRequest:
        """Return a signed request to this service."""
        if self._options.signer is None:
            raise UnsupportedError("this store was opened without a signer")
        return self._options.signer.sign(method, key, options)

    async def check(self) -> None:
        """Look whether the folder is there and can be written."""
        await self._run(self._files.check)

    async def aclose(self) -> None:
        """Let go of the folder."""
        await self._run(self._files.close)

    def _delete_batch(self, keys: Sequence[ObjectKey]) -> Sequence[DeleteResult]:
        return [DeleteResult(key=key, error=self._delete_one(key)) for key in keys]

    def _delete_one(self, key: ObjectKey) -> str | None:
        try:
            check_key(key)
            self._files.remove(key)
        except Error as error:
            return error.detail
        except OSError as error:
            return failure(error).detail
        return None

    async def _run(self, act: Callable[P, T], *args: P.args, **options: P.kwargs) -> T:
        call = partial(act, *args, **options)
        try:
            return await anyio.to_thread.run_sync(call, limiter=self._limiter)
        except OSError as error:
            raise failure(error) from error

    async def _clean(self, act: Callable[[], None]) -> None:
        with anyio.CancelScope(shield=True):
            await self._run(act)
