"""The object store over a container of Azure's blob service."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from secrets import token_hex

from keyshelf.clock import Clock
from keyshelf.concurrency import map_each
from keyshelf.layout.keys import ObjectKey
from keyshelf.store.azure_failures import past_the_end, refusal, refuse_tags
from keyshelf.store.azure_headers import (
    UPLOAD_KEY,
    blob_meta,
    blob_metadata,
    condition_headers,
    content_headers,
    metadata_headers,
    tier_header,
    write_headers,
)
from keyshelf.store.azure_presigning import rights_and_headers
from keyshelf.store.azure_requests import AzureRequests, block_id, block_part
from keyshelf.store.azure_signing import AccessSignature, signed_url
from keyshelf.store.base import (
    MIN_PART_BYTES,
    Attributes,
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
from keyshelf.store.bodies import sized
from keyshelf.store.checks import (
    check_attributes,
    check_key,
    check_part_number,
    check_part_size,
    check_parts,
    check_presign,
    check_put_size,
    check_uploaded,
)
from keyshelf.store.deleting import deletion
from keyshelf.store.errors import (
    InvalidRangeError,
    ObjectChangedError,
    ObjectNotFoundError,
    UploadNotFoundError,
)
from keyshelf.store.retrying import ATTEMPTS
from keyshelf.store.sigv4 import Address
from keyshelf.store.uploading import StreamLimits, put_body
from keyshelf.store.wire_reading import header_time, open_reader, range_header

UPLOADS = ".keyshelf-uploads/"
"""Where open uploads wait. What is below is hidden from listings."""
_PUT, _PRESIGN = PutOptions(), PresignOptions()


@dataclass(frozen=True, slots=True)
class AzureLimits:
    """Where requests are split."""

    page_limit: int = 1000
    min_part_bytes: int = MIN_PART_BYTES
    stream: StreamLimits = field(default_factory=StreamLimits)
    at_once: int = 16


class AzureStore:
    """A container of Azure's blob service, reached with the account's key.

    A multipart upload is a blob of its own below `UPLOADS`: parts are its blocks,
    and completing commits them and copies the blob inside the account to its key,
    which is where the condition is obeyed. So uploads of one key stay apart and a
    crash leaves an open upload or a whole object. The ETag of a part says its size
    only. Index tags hold fewer characters than tags may have here, so tags are
    unsupported. Listings are in the order that Azure gives them, which may differ from
    that of UTF-8 for characters outside the basic plane; `start_after` is answered by
    skipping.
    """

    def __init__(
        self,
        requests: AzureRequests,
        *,
        clock: Clock,
        public_address: Address | None = None,
        limits: AzureLimits | None = None,
    ) -> None:
        self._requests = requests
        self._clock = clock
        self._public_address = public_address or requests.address
        self._limits = limits or AzureLimits()

    @property
    def capabilities(self) -> Capabilities:
        """What Azure can do."""
        return Capabilities(kind="azure", tags=False)

    async def head(self, key: ObjectKey) -> ObjectMeta:
        """Return a blob's facts; see `ObjectStore`."""
        check_key(key)
        return blob_meta(key, (await self._requests.send("HEAD", key)).headers)

    async def get(
        self, key: ObjectKey, *, byte_range: ByteRange | None = None, if_match: str | None = None
    ) -> ObjectReader:
        """Open a blob for reading; see `ObjectStore`."""
        check_key(key)
        headers: dict[str, str] = {}
        if byte_range is not None:
            headers["range"] = range_header(byte_range)
        if if_match is not None:
            headers["if-match"] = f'"{if_match}"'
        try:
            reader = await open_reader(
                self._requests.open(key, headers), lambda headers: blob_meta(key, headers)
            )
        except InvalidRangeError as error:
            raise past_the_end(key, (await self.head(key)).size) from error
        if byte_range is not None and byte_range.start >= reader.meta.size:
            async with reader:
                raise past_the_end(key, reader.meta.size)
        return reader

    async def put(self, key: ObjectKey, body: Body, options: PutOptions = _PUT) -> ObjectMeta:
        """Write a blob whole or not at all; see `ObjectStore`."""
        check_key(key)
        check_attributes(options.attributes)
        refuse_tags(options.tags)
        return await put_body(self, key, body, options, self._limits.stream)

    async def put_bytes(self, key: ObjectKey, body: bytes, options: PutOptions) -> ObjectMeta:
        """Write a blob in one request."""
        check_put_size(len(body))
        headers = {
            "x-ms-blob-type": "BlockBlob",
            **write_headers(options),
            **condition_headers(options.condition),
        }
        # A repeated conditional write would find its own first try and call it another's.
        attempts = ATTEMPTS if options.condition is Condition.ALWAYS else 1
        try:
            answer = await self._requests.send(
                "PUT", key, headers=headers, body=body, attempts=attempts
            )
        except (ObjectChangedError, ObjectNotFoundError) as error:
            raise refusal(key, options.condition) from error
        return ObjectMeta(
            key,
            len(body),
            answer.headers.get("etag", "").strip('"'),
            header_time(answer.headers["last-modified"]),
            options.attributes,
            options.storage_class,
        )

    async def put_many(self, objects: Sequence[NewObject]) -> Sequence[PutResult]:
        """Write any number of small objects, one request each, several at a time."""
        may_retry = self._requests.retries.may_retry
        return await put_each(self, objects, at_once=self._limits.at_once, may_retry=may_retry)

    async def get_many(self, keys: Sequence[ObjectKey]) -> Sequence[bytes | None]:
        """Read any number of small objects, one request each, several at a time."""
        return await get_each(self, keys, at_once=self._limits.at_once)

    async def delete(self, key: ObjectKey) -> None:
        """Remove a blob; one that is not there is success."""
        check_key(key)
        with suppress(ObjectNotFoundError):
            await self._requests.send("DELETE", key)

    async def delete_many(self, keys: Sequence[ObjectKey]) -> Sequence[DeleteResult]:
        """Remove any number of blobs, one request each, several at a time."""
        for key in keys:
            check_key(key)
        return await map_each(keys, deletion(self), at_once=self._limits.at_once)

    async def copy(
        self, source: ObjectKey, destination: ObjectKey, *, replace: bool = True
    ) -> ObjectMeta:
        """Copy a blob of any size inside the container; see `ObjectStore`."""
        check_key(source)
        check_key(destination)
        found = await self.head(source)
        if source == destination:
            return found
        condition = Condition.ALWAYS if replace else Condition.CREATE
        same = {"x-ms-source-if-match": f'"{found.etag}"'}
        try:
            await self._requests.copy(source, destination, same | condition_headers(condition))
        except ObjectChangedError as error:
            if not replace:
                raise refusal(destination, condition) from error
            raise
        return await self.head(destination)

    async def list(
        self, prefix: str = "", *, start_after: str | None = None, delimiter: str | None = None
    ) -> AsyncIterator[ListPage]:
        """Page through the blobs under a prefix; see `ObjectStore`."""
        after = (start_after or "").encode()
        marker: str | None = None
        while True:
            page = await self._requests.list_page(
                prefix, delimiter=delimiter, marker=marker, limit=self._limits.page_limit
            )
            objects = [
                meta
                for meta in page.objects
                if not meta.key.startswith(UPLOADS) and meta.key.encode() > after
            ]
            folders = [each for each in page.folders if each != UPLOADS and each.encode() > after]
            if objects or folders:
                yield ListPage(objects, folders)
            marker = page.marker
            if not marker:
                return

    async def get_tags(self, key: ObjectKey) -> Mapping[str, str]:
        """Raise `UnsupportedError`."""
        refuse_tags({key: ""})
        return {}

    async def set_tags(self, key: ObjectKey, tags: Mapping[str, str]) -> None:
        """Raise `UnsupportedError`."""
        refuse_tags({**tags, key: ""})

    async def create_upload(self, key: ObjectKey, options: PutOptions = _PUT) -> str:
        """Begin a multipart upload and return its id."""
        check_key(key)
        check_attributes(options.attributes)
        refuse_tags(options.tags)
        upload_id = token_hex(16)
        marked = {**options.attributes.metadata, UPLOAD_KEY: key}
        headers = {**write_headers(options), **metadata_headers(marked)}
        await self._requests.send(
            "PUT", _staging(upload_id), headers={"x-ms-blob-type": "BlockBlob", **headers}
        )
        return upload_id

    async def upload_part(self, key: ObjectKey, upload_id: str, number: int, body: Body) -> Part:
        """Write one part; the same number again replaces it."""
        check_part_number(number)
        await self._staged(key, upload_id)
        async with sized(body) as ready:
            check_part_size(ready.size)
            query = {"comp": "block", "blockid": block_id(number)}
            await self._requests.send("PUT", _staging(upload_id), query, body=ready)
            return block_part(number, ready.size)

    async def list_parts(self, key: ObjectKey, upload_id: str) -> Sequence[Part]:
        """Return the parts that the store has, by number."""
        await self._staged(key, upload_id)
        return await self._requests.list_blocks(_staging(upload_id))

    async def complete_upload(
        self,
        key: ObjectKey,
        upload_id: str,
        parts: Sequence[CompletedPart],
        *,
        condition: WriteCondition = Condition.ALWAYS,
    ) -> ObjectMeta:
        """Make the object of its parts, at once; see `ObjectStore`."""
        check_parts(parts)
        staged = await self._staged(key, upload_id)
        uploaded = await self._requests.list_blocks(_staging(upload_id))
        check_uploaded(parts, uploaded, min_bytes=self._limits.min_part_bytes)
        attributes = staged.attributes or Attributes()
        # Committing gives up the parts that are not named, so it must find every part
        # first. A crash between this and the copy leaves an upload that completes again.
        await self._requests.commit_blocks(
            _staging(upload_id),
            [part.number for part in parts],
            {
                **content_headers(attributes),
                **metadata_headers({**attributes.metadata, UPLOAD_KEY: key}),
                **tier_header(staged.storage_class),
            },
        )
        # Without metadata of its own a copy takes that of its source, the key of the
        # upload included; readers leave it out.
        headers = {
            **metadata_headers(attributes.metadata),
            **tier_header(staged.storage_class),
            **condition_headers(condition),
        }
        try:
            await self._requests.copy(_staging(upload_id), key, headers)
        except (ObjectChangedError, ObjectNotFoundError) as error:
            # After a lost answer the repeated request finds its own copy in its way.
            if not await self._requests.is_copy(key, of=_staging(upload_id)):
                raise refusal(key, condition) from error
        await self.delete(_staging(upload_id))
        return await self.head(key)

    async def abort_upload(self, key: ObjectKey, upload_id: str) -> None:
        """Drop an upload and its parts; one that is not there is success."""
        check_key(key)
        await self.delete(_staging(upload_id))

    async def list_uploads(self, prefix: str = "") -> AsyncIterator[OpenUpload]:
        """Give the multipart uploads that are open under a prefix."""
        marker: str | None = None
        while True:
            page = await self._requests.list_page(
                UPLOADS, delimiter=None, marker=marker, limit=self._limits.page_limit
            )
            for meta, metadata in zip(page.objects, page.metadata, strict=True):
                key = ObjectKey(metadata.get(UPLOAD_KEY, ""))
                if key.startswith(prefix):
                    yield OpenUpload(key, meta.key.removeprefix(UPLOADS), meta.modified_at)
            marker = page.marker
            if not marker:
                return

    async def presign(
        self, method: str, key: ObjectKey, options: PresignOptions = _PRESIGN
    ) -> SignedRequest:
        """Return a request that a browser can make by itself; see `ObjectStore`.

        Azure binds nothing but the key and the right to create, neither type nor
        metadata, length or hash of what is put, and answers a part without an ETag: look
        at `list_parts`.
        """
        check_key(key)
        check_presign(method, options)
        refuse_tags(options.tags)
        expires_at = self._clock().replace(microsecond=0) + options.expires_in
        blob, query = key, {}
        if options.upload_id is not None and options.part_number is not None:
            blob = _staging(options.upload_id)
            query = {"comp": "block", "blockid": block_id(options.part_number)}
        permissions, headers = rights_and_headers(method, options)
        reading = method != "PUT"
        allowed = AccessSignature(
            permissions,
            expires_at,
            content_disposition=(options.content_disposition or "") if reading else "",
            content_type=(options.content_type or "") if reading else "",
        )
        url = signed_url(
            self._requests.key,
            self._public_address,
            container=self._requests.container,
            blob=blob,
            allowed=allowed,
            query=query,
        )
        return SignedRequest(method, url, headers, expires_at)

    async def check(self) -> None:
        """Make one cheap request that proves that the container is there and we may use it."""
        await self._requests.list_page("", delimiter=None, marker=None, limit=1)

    async def aclose(self) -> None:
        """Let go of connections."""
        await self._requests.aclose()

    async def _staged(self, key: ObjectKey, upload_id: str) -> ObjectMeta:
        check_key(key)
        if not (upload_id.isascii() and upload_id.isalnum()):
            raise UploadNotFoundError("there is no such upload", upload_id=upload_id)
        try:
            answer = await self._requests.send("HEAD", _staging(upload_id))
        except ObjectNotFoundError as error:
            raise UploadNotFoundError("there is no such upload", upload_id=upload_id) from error
        if blob_metadata(answer.headers).get(UPLOAD_KEY) != key:
            raise UploadNotFoundError("this upload is of another key", upload_id=upload_id)
        return blob_meta(_staging(upload_id), answer.headers)


def _staging(upload_id: str) -> ObjectKey:
    return ObjectKey(f"{UPLOADS}{upload_id}")
