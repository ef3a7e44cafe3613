"""What any object store does, in the words of those who use one."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self, runtime_checkable

from keyshelf.errors import InvalidInputError
from keyshelf.layout.keys import ObjectKey

DEFAULT_EXPIRY = timedelta(hours=1)
MIN_PART_BYTES = 5 * 2**20
MAX_PART_BYTES = 5 * 2**30
MAX_PARTS = 10_000
MAX_OBJECT_BYTES = 5 * 2**40
MAX_PUT_BYTES = 5 * 2**30
MAX_SMALL_BYTES = 2**20
"""The most bytes of an object that is written or read in a batch."""


@dataclass(frozen=True, slots=True)
class ByteRange:
    """Bytes from `start` up to, not including, `end`; `end=None` is to the end of the object."""

    start: int
    end: int | None = None

    def __post_init__(self) -> None:
        if self.start < 0 or (self.end is not None and self.end <= self.start):
            raise InvalidInputError("a byte range starts at 0 or later and holds at least one byte")


@dataclass(frozen=True, slots=True)
class Attributes:
    """What is kept beside an object's bytes and given back with them."""

    content_type: str = "application/octet-stream"
    cache_control: str | None = None
    content_disposition: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict[str, str])
    """User metadata. Names are lower-case ASCII, values any text."""


@dataclass(frozen=True, slots=True)
class ObjectMeta:
    """An object as a listing or HEAD shows it. A listing leaves `attributes` as None."""

    key: ObjectKey
    size: int
    etag: str
    modified_at: datetime
    attributes: Attributes | None = None
    storage_class: str | None = None


class Condition(Enum):
    """When an unconditional or create-only write may happen."""

    ALWAYS = "always"
    CREATE = "create"


@dataclass(frozen=True, slots=True)
class IfMatch:
    """Write only when the object's ETag is this one."""

    etag: str


WriteCondition = Condition | IfMatch


@dataclass(frozen=True, slots=True)
class PutOptions:
    """How an object is written."""

    attributes: Attributes = field(default_factory=Attributes)
    condition: WriteCondition = Condition.ALWAYS
    tags: Mapping[str, str] = field(default_factory=dict[str, str])
    storage_class: str | None = None


@dataclass(frozen=True, slots=True)
class NewObject:
    """A small object of a batch: `condition` is `ALWAYS` or `CREATE`."""

    key: ObjectKey
    body: bytes
    options: PutOptions = field(default_factory=PutOptions)


class PutResult(Enum):
    """What became of one object of a batch."""

    WRITTEN = "written"
    EXISTED = "existed"
    """It was to be created, and there is one of this key: that is as it was."""


@dataclass(frozen=True, slots=True)
class DeleteResult:
    """What became of one key of a batch; `error` is None when the key is gone, there or not."""

    key: ObjectKey
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a multipart upload, as the store holds it. Numbers start at 1."""

    number: int
    etag: str
    size: int


@dataclass(frozen=True, slots=True)
class CompletedPart:
    """What completing an upload names of each part."""

    number: int
    etag: str


@dataclass(frozen=True, slots=True)
class OpenUpload:
    """A multipart upload that was begun and not yet completed or aborted."""

    key: ObjectKey
    upload_id: str
    started_at: datetime


@dataclass(frozen=True, slots=True)
class ListPage:
    """Some objects of a listing in key order (UTF-8 bytes), with the folders below a delimiter."""

    objects: Sequence[ObjectMeta]
    prefixes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """A request that anyone may make as it stands, until it expires."""

    method: str
    url: str
    headers: Mapping[str, str]
    """Headers that must be sent exactly so; the signature covers them."""
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class PresignOptions:
    """What a signed URL allows."""

    expires_in: timedelta = DEFAULT_EXPIRY
    content_type: str | None = None
    """PUT: the type the object gets. GET: the type the answer claims (`response-content-type`)."""
    content_disposition: str | None = None
    """GET only: the answer's `Content-Disposition`."""
    content_length: int | None = None
    """PUT: the only body size that is accepted, where the store can enforce it."""
    upload_id: str | None = None
    part_number: int | None = None
    """PUT of one part: both set."""
    condition: Condition = Condition.ALWAYS
    """PUT of a whole object: `CREATE` never replaces one, where the store can enforce it."""
    sha256: bytes | None = None
    """PUT of a whole object: the SHA-256 that the body must have. Disk, memory and S3 refuse
    another body and store nothing; GCS, Azure and servers of S3's protocol that know no
    checksums cannot check it: there it is not enforced, and who needs to know reads the object."""
    metadata: Mapping[str, str] = field(default_factory=dict[str, str])
    """PUT of a whole object: the user metadata that it gets. The headers that carry it must be
    sent, which only Azure does not enforce."""
    tags: Mapping[str, str] = field(default_factory=dict[str, str])
    """PUT of a whole object: the tags that it gets, where the store has tags."""
    storage_class: str | None = None
    """PUT of a whole object: the class that it gets, in the cloud's own word."""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What this store can do. What is false raises `UnsupportedError`."""

    kind: str
    """`memory`, `disk`, `s3`, `gcs` or `azure`."""
    metadata: bool = True
    tags: bool = True
    storage_classes: bool = True
    conditional_put: bool = True
    multipart: bool = True
    presign: bool = True
    folder_markers: bool = True
    """Zero-byte objects whose key ends in a slash are kept and listed."""

    @property
    def is_local(self) -> bool:
        """Whether its presigned URLs are answered by the service that has it."""
        return self.kind in {"disk", "memory"}


class ObjectReader(Protocol):
    """An object being read. Use as `async with`; leaving early closes the connection."""

    @property
    def meta(self) -> ObjectMeta:
        """The whole object's facts, attributes included."""
        ...

    @property
    def range(self) -> ByteRange:
        """The bytes that this reader gives, with `end` filled in."""
        ...

    def __aiter__(self) -> AsyncIterator[bytes]:
        """Give the bytes once, in pieces of at most a few MiB."""
        ...

    async def read(self) -> bytes:
        """Return all bytes of the range at once: only for what is known to be small."""
        ...

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


Body = bytes | AsyncIterator[bytes]


class ObjectStore(Protocol):
    """A bucket (or a folder that acts as one) and the keys in it.

    Every method may raise `StoreUnavailableError`, `StoreForbiddenError`,
    `BucketNotFoundError` and, for a key no store can hold, `InvalidKeyError`.
    Reads after a write see it. ETags are opaque, without quotes.
    """

    @property
    def capabilities(self) -> Capabilities:
        """What this store can do."""
        ...

    async def head(self, key: ObjectKey) -> ObjectMeta:
        """Return an object's facts with its attributes. Raises `ObjectNotFoundError`."""
        ...

    async def get(
        self, key: ObjectKey, *, byte_range: ByteRange | None = None, if_match: str | None = None
    ) -> ObjectReader:
        """Open an object for reading.

        Raises `ObjectNotFoundError`, `InvalidRangeError`, `ObjectChangedError`, and
        `NeedsRestoreError` for what is in a class that must be restored first.
        """
        ...

    async def put(self, key: ObjectKey, body: Body, options: PutOptions = ...) -> ObjectMeta:
        """Write an object whole or not at all: a failure or crash leaves what was there.

        A stream of any length is taken in bounded memory. Raises
        `ObjectExistsError` or `ObjectChangedError` when the condition fails.
        """
        ...

    async def put_many(self, objects: Sequence[NewObject]) -> Sequence[PutResult]:
        """Write any number of small objects; one result per object, in order.

        Each is written whole or not at all, as by `put`, and all are durable when this
        returns. A failure of one is raised, and a crash may come at any moment: some
        are then written and the others not, and the same batch can be written again.
        Raises `ObjectTooLargeError`, before it writes anything, for a body of more
        than `MAX_SMALL_BYTES`.
        """
        ...

    async def get_many(self, keys: Sequence[ObjectKey]) -> Sequence[bytes | None]:
        """Read any number of small objects; in order, None for what is not there.

        All are in memory at once. Raises `ObjectTooLargeError` for an object of more
        than `MAX_SMALL_BYTES`, without reading it, and `NeedsRestoreError`, whose extras
        name one by its `key`.
        """
        ...

    async def delete(self, key: ObjectKey) -> None:
        """Remove an object; one that is not there is success."""
        ...

    async def delete_many(self, keys: Sequence[ObjectKey]) -> Sequence[DeleteResult]:
        """Remove any number of objects, in batches; one result per key, in order."""
        ...

    async def copy(
        self, source: ObjectKey, destination: ObjectKey, *, replace: bool = True
    ) -> ObjectMeta:
        """Copy an object inside the store, attributes included, of any size.

        Raises `ObjectNotFoundError`; with `replace=False`, `ObjectExistsError`
        when the destination exists (checked just before, where the store cannot
        do it atomically). A crash leaves the destination as it was or whole.
        """
        ...

    def list(
        self, prefix: str = "", *, start_after: str | None = None, delimiter: str | None = None
    ) -> AsyncIterator[ListPage]:
        """Page through the objects under a prefix in key order, up to 1,000 a page.

        Any key that the store holds is listed, whatever characters it has.
        """
        ...

    async def get_tags(self, key: ObjectKey) -> Mapping[str, str]:
        """Return an object's tags."""
        ...

    async def set_tags(self, key: ObjectKey, tags: Mapping[str, str]) -> None:
        """Replace an object's tags."""
        ...

    async def create_upload(self, key: ObjectKey, options: PutOptions = ...) -> str:
        """Begin a multipart upload and return its id. Conditions belong to `complete_upload`."""
        ...

    async def upload_part(self, key: ObjectKey, upload_id: str, number: int, body: Body) -> Part:
        """Write one part; the same number again replaces it. Raises `UploadNotFoundError`."""
        ...

    async def list_parts(self, key: ObjectKey, upload_id: str) -> Sequence[Part]:
        """Return the parts that the store has, by number. Raises `UploadNotFoundError`."""
        ...

    async def complete_upload(
        self,
        key: ObjectKey,
        upload_id: str,
        parts: Sequence[CompletedPart],
        *,
        condition: WriteCondition = Condition.ALWAYS,
    ) -> ObjectMeta:
        """Make the object of its parts, at once; it replaces what was there.

        Raises `InvalidPartError`, `UploadNotFoundError` (also when it was already
        completed: a caller that lost the answer then looks at the object).
        """
        ...

    async def abort_upload(self, key: ObjectKey, upload_id: str) -> None:
        """Drop an upload and its parts; one that is not there is success."""
        ...

    def list_uploads(self, prefix: str = "") -> AsyncIterator[OpenUpload]:
        """Give the multipart uploads that are open under a prefix."""
        ...

    async def presign(
        self, method: str, key: ObjectKey, options: PresignOptions = ...
    ) -> SignedRequest:
        """Return a request (GET, HEAD or PUT) that a browser can make by itself.

        A PUT to create that finds an object is answered 412, by Azure 409 or 403. A
        server of S3's protocol that ignores conditions replaces the object.
        """
        ...

    async def check(self) -> None:
        """Make one cheap request that proves that the bucket is there and we may use it."""
        ...

    async def aclose(self) -> None:
        """Let go of connections. The store cannot be used afterwards."""
        ...


@runtime_checkable
class LinkingStore(Protocol):
    """A store whose objects may be files of this machine."""

    async def link(self, key: ObjectKey, to: Path, *, if_match: str) -> bool:
        """Give an object another name on its disk, to be read and never written.

        It holds the bytes whatever becomes of the object. False where that cannot be: the
        object is to be copied then. Raises `ObjectNotFoundError`, `ObjectChangedError`.
        """
        ...
