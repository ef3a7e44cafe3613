"""The object store over S3's XML protocol: S3 itself, servers like it, and what is common."""

from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress

import anyio

from keyshelf.clock import Clock
from keyshelf.concurrency import map_each
from keyshelf.errors import ConflictError, InvalidInputError, NotFoundError
from keyshelf.layout.keys import ObjectKey
from keyshelf.store import s3_xml
from keyshelf.store.base import (
    Body,
    ByteRange,
    Capabilities,
    CompletedPart,
    Condition,
    DeleteResult,
    IfMatch,
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
from keyshelf.store.cloud import CloudBytes, is_plain
from keyshelf.store.deleting import deletion
from keyshelf.store.errors import (
    InvalidRangeError,
    ObjectChangedError,
    ObjectExistsError,
    ObjectNotFoundError,
    StoreForbiddenError,
    UnsupportedError,
)
from keyshelf.store.local_rules import check_condition, check_match
from keyshelf.store.retrying import ATTEMPTS
from keyshelf.store.s3_completing import complete
from keyshelf.store.s3_copying import copy_in_parts
from keyshelf.store.s3_limits import S3Limits
from keyshelf.store.s3_presigning import query_and_headers
from keyshelf.store.s3_requests import S3Requests
from keyshelf.store.sigv4 import Address
from keyshelf.store.uploading import put_body
from keyshelf.store.wire_reading import header_time, open_reader, range_header

_DELETE_BATCH = 1000
_PUT, _PRESIGN = PutOptions(), PresignOptions()


class S3Store:
    """A bucket of S3, or of a server that speaks its protocol.

    Bytes of plain keys go by obstore; every other request is signed here. Some
    servers (rclone's among them) ignore what they do not know: conditions, tags,
    copies of parts. `probe` finds that out without writing; on such a server tags
    are unsupported, objects of any size are copied in one request, and conditions
    are checked by HEAD just before the write: atomic among the writers of this
    store object, not against others.
    """

    kind = "s3"

    def __init__(
        self,
        requests: S3Requests,
        fast: CloudBytes | None,
        *,
        clock: Clock,
        public_address: Address | None = None,
        limits: S3Limits | None = None,
    ) -> None:
        self._requests = requests
        self._fast = fast
        self._clock = clock
        self._public_address = public_address
        self._limits = limits or S3Limits()
        self._knows_subresources: bool | None = None
        self._emulated_conditions = anyio.Lock()

    @property
    def capabilities(self) -> Capabilities:
        """What this bucket's server can do, as far as `probe` has seen it."""
        return Capabilities(kind=self.kind, tags=self._knows_subresources is not False)

    async def probe(self) -> bool:
        """Learn, once, whether the server knows more than reading and writing objects.

        Asks for the bucket's tags: a server that answers with a listing has ignored
        the question, and would ignore conditions and overwrite an object with its tags.
        """
        if self._knows_subresources is None:
            try:
                answer = await self._requests.send("GET", None, {"tagging": ""})
            except (StoreForbiddenError, NotFoundError, InvalidInputError, ConflictError):
                self._knows_subresources = True
            else:
                self._knows_subresources = b"<ListBucketResult" not in answer.body
        return self._knows_subresources

    async def head(self, key: ObjectKey) -> ObjectMeta:
        """Return an object's facts; see `ObjectStore`."""
        check_key(key)
        return await self._requests.head(key)

    async def get(
        self, key: ObjectKey, *, byte_range: ByteRange | None = None, if_match: str | None = None
    ) -> ObjectReader:
        """Open an object for reading; see `ObjectStore`."""
        check_key(key)
        reader: ObjectReader
        try:
            if self._fast is not None and is_plain(key) and await self._is_exact(byte_range):
                reader = await self._fast.get(key, byte_range=byte_range, if_match=if_match)
            else:
                reader = await self._open(key, byte_range=byte_range, if_match=if_match)
        except InvalidRangeError as error:
            raise await self._range_error(key) from error
        if if_match is not None and reader.meta.etag != if_match:
            # A server that ignores conditions gives out whatever is there.
            async with reader:
                check_match(key, if_match, reader.meta.etag)
        return reader

    async def _is_exact(self, byte_range: ByteRange | None) -> bool:
        # The servers that ignore questions answer a range with status 200, which obstore refuses.
        return byte_range is None or await self.probe()

    async def put(self, key: ObjectKey, body: Body, options: PutOptions = _PUT) -> ObjectMeta:
        """Write an object whole or not at all; see `ObjectStore`.

        The time in the result is that of the server's answer.
        """
        check_key(key)
        check_attributes(options.attributes)
        if options.tags:
            await self._refuse_without_tags()
        return await put_body(self, key, body, options, self._limits.stream)

    async def put_bytes(self, key: ObjectKey, body: bytes, options: PutOptions) -> ObjectMeta:
        """Write an object in one request."""
        check_put_size(len(body))
        plain = options == PutOptions(attributes=options.attributes) and is_plain(key)
        if self._fast is not None and plain:
            etag = await self._fast.put(key, body, options.attributes)
            return ObjectMeta(key, len(body), etag, self._clock(), options.attributes)
        headers = self._requests.write_headers(options)
        async with self._condition(key, options.condition) as condition:
            # A repeated conditional write would find its own first try and call it another's.
            attempts = ATTEMPTS if options.condition is Condition.ALWAYS else 1
            answer = await self._requests.put(key, body, headers | condition, attempts=attempts)
        etag = s3_xml.bare_etag(answer.headers.get("etag", ""))
        at = header_time(answer.headers["date"]) if "date" in answer.headers else self._clock()
        return ObjectMeta(key, len(body), etag, at, options.attributes, options.storage_class)

    async def put_many(self, objects: Sequence[NewObject]) -> Sequence[PutResult]:
        """Write any number of small objects, one request each, several at a time."""
        may_retry = self._requests.retries.may_retry
        return await put_each(self, objects, at_once=self._limits.at_once, may_retry=may_retry)

    async def get_many(self, keys: Sequence[ObjectKey]) -> Sequence[bytes | None]:
        """Read any number of small objects, one request each, several at a time."""
        return await get_each(self, keys, at_once=self._limits.at_once)

    async def delete(self, key: ObjectKey) -> None:
        """Remove an object; one that is not there is success."""
        check_key(key)
        with suppress(ObjectNotFoundError):
            await self._requests.send("DELETE", key)

    async def delete_many(self, keys: Sequence[ObjectKey]) -> Sequence[DeleteResult]:
        """Remove any number of objects, 1,000 a request; see `ObjectStore`."""
        for key in keys:
            check_key(key)
        written = [key for key in keys if s3_xml.can_hold(key)]
        starts = range(0, len(written), _DELETE_BATCH)
        batches = [written[start : start + _DELETE_BATCH] for start in starts]
        others = [key for key in keys if not s3_xml.can_hold(key)]
        results = [
            *await map_each(batches, self._requests.delete_batch, at_once=4),
            await map_each(others, deletion(self), at_once=self._limits.at_once),
        ]
        found = {result.key: result for batch in results for result in batch}
        return [found[key] for key in keys]

    async def copy(
        self, source: ObjectKey, destination: ObjectKey, *, replace: bool = True
    ) -> ObjectMeta:
        """Copy an object of any size inside the bucket; see `ObjectStore`.

        Raises `ObjectChangedError` when the source changed meanwhile.
        """
        check_key(source)
        check_key(destination)
        found = await self.head(source)
        if source == destination:
            return found
        if not replace:
            check_condition(destination, Condition.CREATE, await self._etag(destination))
        if found.size > self._limits.single_copy_bytes and await self.probe():
            tags = self.capabilities.tags
            await copy_in_parts(self._requests, found, destination, self._limits, with_tags=tags)
        else:
            same = {f"{self._requests.prefix}copy-source-if-match": f'"{found.etag}"'}
            await self._requests.copy(source, destination, same)
        return await self.head(destination)

    async def list(
        self, prefix: str = "", *, start_after: str | None = None, delimiter: str | None = None
    ) -> AsyncIterator[ListPage]:
        """Page through the objects under a prefix; see `ObjectStore`."""
        token: str | None = None
        while True:
            listing = await self._requests.list_page(
                prefix,
                start_after=start_after,
                delimiter=delimiter,
                token=token,
                limit=self._limits.page_limit,
            )
            if listing.page.objects or listing.page.prefixes:
                yield listing.page
            token = listing.token
            if not token:
                return

    async def get_tags(self, key: ObjectKey) -> Mapping[str, str]:
        """Return an object's tags."""
        check_key(key)
        await self._refuse_without_tags()
        return await self._requests.get_tags(key)

    async def set_tags(self, key: ObjectKey, tags: Mapping[str, str]) -> None:
        """Replace an object's tags."""
        check_key(key)
        await self._refuse_without_tags()
        await self._requests.set_tags(key, tags)

    async def create_upload(self, key: ObjectKey, options: PutOptions = _PUT) -> str:
        """Begin a multipart upload and return its id."""
        check_key(key)
        check_attributes(options.attributes)
        if options.tags:
            await self._refuse_without_tags()
        return await self._requests.create_upload(key, self._requests.write_headers(options))

    async def upload_part(self, key: ObjectKey, upload_id: str, number: int, body: Body) -> Part:
        """Write one part; the same number again replaces it."""
        check_key(key)
        check_part_number(number)
        async with sized(body) as ready:
            check_part_size(ready.size)
            etag = await self._requests.upload_part(key, upload_id, number, ready)
            return Part(number=number, etag=etag, size=ready.size)

    async def list_parts(self, key: ObjectKey, upload_id: str) -> Sequence[Part]:
        """Return the parts that the store has, by number."""
        check_key(key)
        return await self._requests.list_parts(key, upload_id)

    async def complete_upload(
        self,
        key: ObjectKey,
        upload_id: str,
        parts: Sequence[CompletedPart],
        *,
        condition: WriteCondition = Condition.ALWAYS,
    ) -> ObjectMeta:
        """Make the object of its parts, at once; see `ObjectStore`."""
        check_key(key)
        check_parts(parts)
        # Some servers complete an upload that they do not have as long as the object is there.
        uploaded = await self.list_parts(key, upload_id)
        check_uploaded(parts, uploaded, min_bytes=self._limits.min_part_bytes)
        wanted = {part.number for part in parts}
        chosen = [part for part in uploaded if part.number in wanted]
        async with self._condition(key, condition) as headers:
            await complete(self._requests, key, upload_id, chosen, headers)
        return await self.head(key)

    async def abort_upload(self, key: ObjectKey, upload_id: str) -> None:
        """Drop an upload and its parts; one that is not there is success."""
        check_key(key)
        await self._requests.abort_upload(key, upload_id)

    def list_uploads(self, prefix: str = "") -> AsyncIterator[OpenUpload]:
        """Give the multipart uploads that are open under a prefix."""
        return self._requests.list_uploads(prefix)

    async def presign(
        self, method: str, key: ObjectKey, options: PresignOptions = _PRESIGN
    ) -> SignedRequest:
        """Return a request that a browser can make by itself; see `ObjectStore`."""
        check_key(key)
        check_presign(method, options)
        if options.tags:
            await self._refuse_without_tags()
        query, headers = query_and_headers(method, options, self._requests.dialect)
        if options.condition is Condition.CREATE and await self.probe():
            headers |= await self._condition_headers(key, options.condition)
        signer = await self._requests.signer(self._public_address)
        now = self._clock().replace(microsecond=0)
        url = signer.presign(
            method,
            key,
            at=now,
            expires_in=int(options.expires_in.total_seconds()),
            query=query,
            headers=headers,
        )
        return SignedRequest(method, url, headers, expires_at=now + options.expires_in)

    async def check(self) -> None:
        """Make one cheap request that proves that the bucket is there and we may use it."""
        await self._requests.list_page("", start_after=None, delimiter=None, token=None, limit=1)

    async def aclose(self) -> None:
        """Let go of connections."""
        await self._requests.aclose()

    async def _open(
        self, key: ObjectKey, *, byte_range: ByteRange | None, if_match: str | None
    ) -> ObjectReader:
        headers: dict[str, str] = {}
        if byte_range is not None:
            headers["range"] = range_header(byte_range)
        if if_match is not None:
            headers["if-match"] = f'"{if_match}"'
        return await open_reader(
            self._requests.open(key, headers), lambda headers: self._requests.meta(key, headers)
        )

    async def _range_error(self, key: ObjectKey) -> InvalidRangeError:
        size = (await self.head(key)).size
        return InvalidRangeError(f"{key!r} ends before that range starts", size=size)

    async def _etag(self, key: ObjectKey) -> str | None:
        try:
            return (await self.head(key)).etag
        except ObjectNotFoundError:
            return None

    async def _refuse_without_tags(self) -> None:
        await self.probe()
        if not self.capabilities.tags:
            raise UnsupportedError("this server keeps no tags")

    @asynccontextmanager
    async def _condition(
        self, key: ObjectKey, condition: WriteCondition
    ) -> AsyncGenerator[dict[str, str]]:
        """Give the headers that state a condition, and name its failure for what it is."""
        if condition is Condition.ALWAYS:
            yield {}
            return
        if not await self.probe():
            async with self._emulated_conditions:
                check_condition(key, condition, await self._etag(key))
                yield {}
            return
        try:
            yield await self._condition_headers(key, condition)
        except (ObjectChangedError, ObjectNotFoundError) as error:
            if isinstance(condition, IfMatch):
                raise ObjectChangedError(f"the object {key!r} has another ETag") from error
            raise ObjectExistsError(f"an object {key!r} already exists") from error

    async def _condition_headers(self, key: ObjectKey, condition: WriteCondition) -> dict[str, str]:
        del key  # a server of another dialect states conditions on what is there
        if isinstance(condition, IfMatch):
            return {"if-match": f'"{condition.etag}"'}
        return {"if-none-match": "*"}
