"""A store whose objects are in this process's memory: for tests and for trying things out."""

import secrets
from bisect import bisect_left, bisect_right
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from types import TracebackType
from typing import Self

from keyshelf.clock import Clock, system_clock
from keyshelf.layout.keys import ObjectKey
from keyshelf.store.base import (
    MIN_PART_BYTES,
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
from keyshelf.store.batching import get_each, put_each
from keyshelf.store.checks import check_attributes, check_key, check_part_number
from keyshelf.store.errors import InvalidKeyError, UnsupportedError, UploadNotFoundError
from keyshelf.store.local_rules import (
    check_condition,
    check_match,
    chosen_parts,
    fold,
    joined_etag,
    listing_bytes,
    new_digest,
    not_found,
    page_of,
    resolve_range,
)
from keyshelf.store.local_signing import LocalSigner

_PUT = PutOptions()
_PRESIGN = PresignOptions()


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryOptions:
    """How a memory store behaves."""

    page_limit: int = 1000
    """The most objects and folders of one page of a listing."""
    min_part_bytes: int = MIN_PART_BYTES
    """The least size of a part that is not the last."""
    piece_bytes: int = 2**20
    """How much a reader gives at once."""
    signer: LocalSigner | None = None
    """Who signs; without one, `presign` is not supported."""
    clock: Clock = system_clock
    new_id: Callable[[], str] = field(default=lambda: secrets.token_hex(16))
    """Makes the ids of uploads: unguessable, never twice."""


@dataclass(frozen=True, slots=True)
class _Object:
    meta: ObjectMeta
    data: bytes
    tags: Mapping[str, str]


@dataclass(slots=True)
class _Upload:
    key: ObjectKey
    options: PutOptions
    started_at: datetime
    parts: dict[int, tuple[Part, bytes]] = field(default_factory=dict[int, tuple[Part, bytes]])


class MemoryReader:
    """Reads an object as it was when it was opened."""

    def __init__(self, item: _Object, start: int, end: int, *, piece_bytes: int) -> None:
        self._item = item
        self._start = start
        self._end = end
        self._piece_bytes = piece_bytes

    @property
    def meta(self) -> ObjectMeta:
        """The whole object's facts."""
        return self._item.meta

    @property
    def range(self) -> ByteRange:
        """The bytes that this reader gives."""
        return ByteRange(self._start, self._end or None)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Give the bytes in pieces."""
        for start in range(self._start, self._end, self._piece_bytes):
            yield self._item.data[start : min(start + self._piece_bytes, self._end)]

    async def read(self) -> bytes:
        """Return all bytes of the range."""
        return self._item.data[self._start : self._end]

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        return None


async def _whole(body: Body) -> bytes:
    return body if isinstance(body, bytes) else b"".join([piece async for piece in body])


class MemoryStore:
    """An `ObjectStore` in memory, for one event loop. It forgets everything at the end."""

    def __init__(self, options: MemoryOptions = MemoryOptions()) -> None:
        self._options = options
        self._objects: dict[ObjectKey, _Object] = {}
        self._uploads: dict[str, _Upload] = {}

    @property
    def capabilities(self) -> Capabilities:
        """Everything, signing only with a signer."""
        return Capabilities(kind="memory", presign=self._options.signer is not None)

    async def head(self, key: ObjectKey) -> ObjectMeta:
        """Return an object's facts."""
        return self._found(key).meta

    async def get(
        self, key: ObjectKey, *, byte_range: ByteRange | None = None, if_match: str | None = None
    ) -> ObjectReader:
        """Open an object for reading."""
        item = self._found(key)
        check_match(key, if_match, item.meta.etag)
        start, end = resolve_range(byte_range, item.meta.size)
        return MemoryReader(item, start, end, piece_bytes=self._options.piece_bytes)

    async def put(self, key: ObjectKey, body: Body, options: PutOptions = _PUT) -> ObjectMeta:
        """Write an object whole or not at all."""
        check_key(key)
        check_attributes(options.attributes)
        data = await _whole(body)
        digest = new_digest()
        digest.update(data)
        return self._place(key, data, digest.hexdigest(), options, options.condition)

    async def put_many(self, objects: Sequence[NewObject]) -> Sequence[PutResult]:
        """Write any number of small objects."""
        return await put_each(self, objects, at_once=1)

    async def get_many(self, keys: Sequence[ObjectKey]) -> Sequence[bytes | None]:
        """Read any number of small objects."""
        return await get_each(self, keys, at_once=1)

    async def delete(self, key: ObjectKey) -> None:
        """Remove an object."""
        check_key(key)
        self._objects.pop(key, None)

    async def delete_many(self, keys: Sequence[ObjectKey]) -> Sequence[DeleteResult]:
        """Remove any number of objects."""
        results: list[DeleteResult] = []
        for key in keys:
            try:
                await self.delete(key)
            except InvalidKeyError as error:
                results.append(DeleteResult(key=key, error=error.detail))
            else:
                results.append(DeleteResult(key=key))
        return results

    async def copy(
        self, source: ObjectKey, destination: ObjectKey, *, replace: bool = True
    ) -> ObjectMeta:
        """Copy an object with its attributes and tags."""
        check_key(destination)
        item = self._found(source)
        attributes = item.meta.attributes
        assert attributes is not None  # noqa: S101 (what is stored always has them)
        options = PutOptions(
            attributes=attributes, tags=item.tags, storage_class=item.meta.storage_class
        )
        condition = Condition.ALWAYS if replace else Condition.CREATE
        if replace and source == destination:
            return item.meta
        return self._place(destination, item.data, item.meta.etag, options, condition)

    async def list(
        self, prefix: str = "", *, start_after: str | None = None, delimiter: str | None = None
    ) -> AsyncIterator[ListPage]:
        """Page through the objects as they are when the listing begins."""
        found = fold(self._under(prefix, start_after), prefix=prefix, delimiter=delimiter)
        while page := list(islice(found, self._options.page_limit)):
            yield page_of(page)

    async def get_tags(self, key: ObjectKey) -> Mapping[str, str]:
        """Return an object's tags."""
        return self._found(key).tags

    async def set_tags(self, key: ObjectKey, tags: Mapping[str, str]) -> None:
        """Replace an object's tags."""
        self._objects[key] = replace(self._found(key), tags=dict(tags))

    async def create_upload(self, key: ObjectKey, options: PutOptions = _PUT) -> str:
        """Begin a multipart upload."""
        check_key(key)
        check_attributes(options.attributes)
        upload_id = self._options.new_id()
        self._uploads[upload_id] = _Upload(key, options, self._options.clock())
        return upload_id

    async def upload_part(self, key: ObjectKey, upload_id: str, number: int, body: Body) -> Part:
        """Write one part."""
        check_part_number(number)
        self._upload(key, upload_id)
        data = await _whole(body)
        digest = new_digest()
        digest.update(data)
        part = Part(number=number, etag=digest.hexdigest(), size=len(data))
        # Asked again: the upload may have ended while the body came in.
        self._upload(key, upload_id).parts[number] = (part, data)
        return part

    async def list_parts(self, key: ObjectKey, upload_id: str) -> Sequence[Part]:
        """Return the parts by number."""
        return [part for _, (part, _) in sorted(self._upload(key, upload_id).parts.items())]

    async def complete_upload(
        self,
        key: ObjectKey,
        upload_id: str,
        parts: Sequence[CompletedPart],
        *,
        condition: WriteCondition = Condition.ALWAYS,
    ) -> ObjectMeta:
        """Make the object of its parts."""
        upload = self._upload(key, upload_id)
        stored = {number: part for number, (part, _) in upload.parts.items()}
        chosen = chosen_parts(parts, stored, min_part_bytes=self._options.min_part_bytes)
        data = b"".join(upload.parts[part.number][1] for part in chosen)
        meta = self._place(key, data, joined_etag(chosen), upload.options, condition)
        del self._uploads[upload_id]
        return meta

    async def abort_upload(self, key: ObjectKey, upload_id: str) -> None:
        """Drop an upload and its parts."""
        check_key(key)
        upload = self._uploads.get(upload_id)
        if upload is not None and upload.key == key:
            del self._uploads[upload_id]

    async def list_uploads(self, prefix: str = "") -> AsyncIterator[OpenUpload]:
        """Give the open uploads by key."""
        found = sorted(self._uploads.items(), key=lambda item: (item[1].key.encode(), item[0]))
        for upload_id, upload in found:
            if upload.key.startswith(prefix):
                yield OpenUpload(upload.key, upload_id, upload.started_at)

    async def presign(
        self, method: str, key: ObjectKey, options: PresignOptions = _PRESIGN
    ) -> SignedRequest:
        """Return a signed request to this service."""
        if self._options.signer is None:
            raise UnsupportedError("this store was opened without a signer")
        return self._options.signer.sign(method, key, options)

    async def check(self) -> None:
        """Succeed: there is nothing to reach."""

    async def aclose(self) -> None:
        """Forget everything."""
        self._objects.clear()
        self._uploads.clear()

    def _found(self, key: ObjectKey) -> _Object:
        check_key(key)
        item = self._objects.get(key)
        if item is None:
            raise not_found(key)
        return item

    def _upload(self, key: ObjectKey, upload_id: str) -> _Upload:
        check_key(key)
        upload = self._uploads.get(upload_id)
        if upload is None or upload.key != key:
            raise UploadNotFoundError(f"there is no open upload {upload_id!r} of {key!r}")
        return upload

    def _under(self, prefix: str, start_after: str | None) -> Iterator[ObjectMeta]:
        ordered = sorted((key.encode(), key) for key in self._objects)
        first = bisect_left(ordered, listing_bytes(prefix), key=lambda pair: pair[0])
        if start_after is not None:
            after = bisect_right(ordered, listing_bytes(start_after), key=lambda pair: pair[0])
            first = max(first, after)
        for _, key in islice(ordered, first, None):
            if not key.startswith(prefix):
                return
            if key in self._objects:
                yield replace(self._objects[key].meta, attributes=None)

    def _place(
        self,
        key: ObjectKey,
        data: bytes,
        etag: str,
        options: PutOptions,
        condition: WriteCondition,
    ) -> ObjectMeta:
        current = self._objects.get(key)
        check_condition(key, condition, None if current is None else current.meta.etag)
        meta = ObjectMeta(
            key=key,
            size=len(data),
            etag=etag,
            modified_at=self._options.clock(),
            attributes=options.attributes,
            storage_class=options.storage_class,
        )
        self._objects[key] = _Object(meta=meta, data=data, tags=dict(options.tags))
        return meta
