"""The requests of S3's XML protocol, signed and sent, one method each.

Google Cloud Storage speaks the same protocol with headers of its own name, so
the same requests serve both; the dialect of the signer tells which.
"""

from base64 import b64encode
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from hashlib import md5, sha256
from urllib.parse import urlencode

from keyshelf.clock import Clock
from keyshelf.layout.keys import ObjectKey
from keyshelf.store import header_text, s3_xml
from keyshelf.store.base import (
    CompletedPart,
    DeleteResult,
    ObjectMeta,
    OpenUpload,
    Part,
    PutOptions,
)
from keyshelf.store.bodies import SizedBody
from keyshelf.store.cloud_failures import failure
from keyshelf.store.errors import UploadNotFoundError
from keyshelf.store.retrying import ATTEMPTS, Retries
from keyshelf.store.s3_xml import Listing
from keyshelf.store.sigv4 import (
    AWS,
    UNSIGNED_PAYLOAD,
    Address,
    Credentials,
    Dialect,
    Signer,
    quote_path,
)
from keyshelf.store.wire import Answer, Call, Incoming, Wire
from keyshelf.store.wire_reading import object_meta

_HASHED_BYTES = 1 << 16
"""Bodies up to this size are covered by the signature; hashing more costs more than it tells."""

CredentialSource = Callable[[], Awaitable[Credentials]]
"""Returns the credentials that are valid at this moment; the same object while they are."""


class S3Requests:
    """One bucket over its XML protocol. Every method raises the errors of `cloud_failures`."""

    def __init__(
        self,
        *,
        address: Address,
        bucket: str,
        region: str,
        credentials: CredentialSource,
        clock: Clock,
        retries: Retries,
        dialect: Dialect = AWS,
    ) -> None:
        self._address = address
        self.bucket = bucket
        self._region = region
        self._credentials = credentials
        self._clock = clock
        self._signers: dict[Address, tuple[Credentials, Signer]] = {}
        self.retries = retries
        self._wire = Wire(address.origin, self._sign, retries)
        self.dialect = dialect
        self.prefix = dialect.prefix

    async def signer(self, address: Address | None = None) -> Signer:
        """Return the signer for this bucket at an address, with credentials valid now."""
        address = address or self._address
        credentials = await self._credentials()
        known = self._signers.get(address)
        if known is None or known[0] is not credentials:
            signer = Signer(credentials, region=self._region, address=address, dialect=self.dialect)
            known = self._signers[address] = (credentials, signer)
        return known[1]

    async def _sign(self, call: Call) -> Mapping[str, str]:
        payload_hash = UNSIGNED_PAYLOAD
        if isinstance(call.body, bytes) and len(call.body) <= _HASHED_BYTES:
            payload_hash = sha256(call.body).hexdigest()
        return (await self.signer()).sign_headers(
            call.method,
            call.target,
            at=self._clock(),
            headers=call.headers,
            payload_hash=payload_hash,
        )

    def _target(self, key: str | None, query: Mapping[str, str]) -> str:
        return self._address.target(key, query)

    async def send(
        self,
        method: str,
        key: ObjectKey | None = None,
        query: Mapping[str, str] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | SizedBody = b"",
        attempts: int = ATTEMPTS,
    ) -> Answer:
        """Make a request and return its answer. Raises what a failure of it means."""
        call = Call(method, self._target(key, query or {}), headers or {}, body, key)
        answer = await self._wire.send(call, attempts=attempts)
        # Copying and completing answer 200 at once and may still fail in the body.
        if answer.status >= 300 or b"<Error>" in answer.body[:256]:
            raise failure(
                answer.status, answer.headers, answer.body, doing=self._doing(method, key)
            )
        return answer

    def _doing(self, method: str, key: ObjectKey | None) -> str:
        return f"{method} {key[:200]!r} in {self.bucket!r}" if key else f"{method} {self.bucket!r}"

    @asynccontextmanager
    async def open(self, key: ObjectKey, headers: Mapping[str, str]) -> AsyncGenerator[Incoming]:
        """Begin to read an object."""
        call = Call("GET", self._target(key, {}), headers, key=key)
        async with self._wire.open(call) as incoming:
            if incoming.status >= 300:
                body = await incoming.error_body()
                doing = self._doing("GET", key)
                raise failure(incoming.status, incoming.headers, body, doing=doing)
            yield incoming

    async def head(self, key: ObjectKey, *, version_id: str | None = None) -> ObjectMeta:
        """Return the facts of an object, or of a version of it."""
        query = {"versionId": version_id} if version_id else None
        return self.meta(key, (await self.send("HEAD", key, query)).headers)

    def meta(self, key: ObjectKey, headers: Mapping[str, str]) -> ObjectMeta:
        """Return what an answer's headers tell of an object."""
        return object_meta(
            key,
            headers,
            metadata=header_text.decode_values(headers, prefix=f"{self.prefix}meta-"),
            found_class=s3_xml.storage_class(headers.get(f"{self.prefix}storage-class")),
        )

    def write_headers(self, options: PutOptions) -> dict[str, str]:
        """Return the headers that give a new object its attributes, tags and class."""
        attributes = options.attributes
        headers = {"content-type": attributes.content_type}
        if attributes.cache_control is not None:
            headers["cache-control"] = attributes.cache_control
        if attributes.content_disposition is not None:
            headers["content-disposition"] = attributes.content_disposition
        headers |= header_text.encode_values(attributes.metadata, prefix=f"{self.prefix}meta-")
        if options.tags:
            headers[f"{self.prefix}tagging"] = urlencode(options.tags)
        if options.storage_class is not None:
            headers[f"{self.prefix}storage-class"] = options.storage_class
        return headers

    async def put(
        self,
        key: ObjectKey,
        body: bytes | SizedBody,
        headers: Mapping[str, str],
        *,
        attempts: int = ATTEMPTS,
    ) -> Answer:
        """Write an object in one request."""
        return await self.send("PUT", key, headers=headers, body=body, attempts=attempts)

    async def copy(
        self,
        source: ObjectKey,
        destination: ObjectKey,
        headers: Mapping[str, str],
        *,
        version_id: str | None = None,
        bucket: str | None = None,
    ) -> str:
        """Copy an object, or a version of it, in one request and return the copy's ETag.

        From another bucket of the same server where one is named.
        """
        headers = {**headers, **self._copy_source(source, version_id, bucket)}
        answer = await self.send("PUT", destination, headers=headers)
        return s3_xml.bare_etag(s3_xml.text(s3_xml.parse(answer.body, "CopyObjectResult"), "ETag"))

    def _copy_source(
        self, source: ObjectKey, version_id: str | None, bucket: str | None = None
    ) -> dict[str, str]:
        version = f"?{urlencode({'versionId': version_id})}" if version_id else ""
        place = f"/{bucket or self.bucket}/{quote_path(source)}{version}"
        return {f"{self.prefix}copy-source": place}

    async def list_page(
        self,
        prefix: str,
        *,
        start_after: str | None,
        delimiter: str | None,
        token: str | None,
        limit: int,
    ) -> Listing:
        """Return one page of a listing."""
        query = {"list-type": "2", "encoding-type": "url", "max-keys": str(limit)}
        if prefix:
            query["prefix"] = prefix
        if delimiter:
            query["delimiter"] = delimiter
        if start_after:
            query["start-after"] = start_after
        if token:
            query["continuation-token"] = token
        return s3_xml.parse_listing((await self.send("GET", None, query)).body)

    async def delete_batch(self, keys: Sequence[ObjectKey]) -> Sequence[DeleteResult]:
        """Remove up to 1,000 objects whose keys XML can hold."""
        body = s3_xml.write_deletes(keys)
        digest = b64encode(md5(body, usedforsecurity=False).digest()).decode()
        headers = {"content-md5": digest, "content-type": "application/xml"}
        answer = await self.send("POST", None, {"delete": ""}, headers=headers, body=body)
        return s3_xml.parse_deletes(answer.body, keys)

    async def get_tags(self, key: ObjectKey, *, version_id: str | None = None) -> Mapping[str, str]:
        """Return the tags of an object, or of a version of it."""
        query = {"tagging": ""} | ({"versionId": version_id} if version_id else {})
        return s3_xml.parse_tags((await self.send("GET", key, query)).body)

    async def set_tags(self, key: ObjectKey, tags: Mapping[str, str]) -> None:
        """Replace an object's tags."""
        body = s3_xml.write_tags(tags)
        digest = b64encode(md5(body, usedforsecurity=False).digest()).decode()
        headers = {"content-md5": digest, "content-type": "application/xml"}
        await self.send("PUT", key, {"tagging": ""}, headers=headers, body=body)

    async def create_upload(self, key: ObjectKey, headers: Mapping[str, str]) -> str:
        """Begin a multipart upload and return its id."""
        # Not repeated: a second one that nobody knows of would stay open.
        answer = await self.send("POST", key, {"uploads": ""}, headers=headers, attempts=1)
        tree = s3_xml.parse(answer.body, "InitiateMultipartUploadResult", "InitiateMultipartUpload")
        return s3_xml.text(tree, "UploadId")

    async def upload_part(
        self, key: ObjectKey, upload_id: str, number: int, body: SizedBody
    ) -> str:
        """Write one part and return its ETag."""
        query = {"partNumber": str(number), "uploadId": upload_id}
        answer = await self.send("PUT", key, query, body=body)
        return s3_xml.bare_etag(answer.headers.get("etag", ""))

    async def copy_part(
        self,
        source: ObjectKey,
        destination: ObjectKey,
        upload_id: str,
        number: int,
        *,
        first: int,
        last: int,
        headers: Mapping[str, str],
        version_id: str | None = None,
        bucket: str | None = None,
    ) -> str:
        """Fill one part with bytes of an object, `first` to `last` inclusive; return its ETag.

        The object may be in another bucket of the same server.
        """
        query = {"partNumber": str(number), "uploadId": upload_id}
        headers = {
            **headers,
            **self._copy_source(source, version_id, bucket),
            f"{self.prefix}copy-source-range": f"bytes={first}-{last}",
        }
        answer = await self.send("PUT", destination, query, headers=headers)
        return s3_xml.bare_etag(s3_xml.text(s3_xml.parse(answer.body, "CopyPartResult"), "ETag"))

    async def list_parts(self, key: ObjectKey, upload_id: str) -> Sequence[Part]:
        """Return all parts of an upload."""
        found: list[Part] = []
        marker: str | None = None
        while True:
            query = {"uploadId": upload_id}
            if marker:
                query["part-number-marker"] = marker
            page, marker = s3_xml.parse_parts((await self.send("GET", key, query)).body)
            found.extend(page)
            if not marker:
                return found

    async def complete_upload(
        self,
        key: ObjectKey,
        upload_id: str,
        parts: Sequence[CompletedPart],
        headers: Mapping[str, str],
    ) -> None:
        """Make the object of its parts."""
        headers = {**headers, "content-type": "application/xml"}
        body = s3_xml.write_parts(parts)
        answer = await self.send("POST", key, {"uploadId": upload_id}, headers=headers, body=body)
        s3_xml.parse(answer.body, "CompleteMultipartUploadResult")

    async def abort_upload(self, key: ObjectKey, upload_id: str) -> None:
        """Drop an upload and its parts; one that is not there is success."""
        try:
            await self.send("DELETE", key, {"uploadId": upload_id})
        except UploadNotFoundError:
            return

    async def list_uploads(self, prefix: str) -> AsyncIterator[OpenUpload]:
        """Give the open uploads under a prefix."""
        marker: tuple[str, str] | None = None
        while True:
            query = {"uploads": "", "encoding-type": "url"}
            if prefix:
                query["prefix"] = prefix
            if marker:
                query |= {"key-marker": marker[0], "upload-id-marker": marker[1]}
            try:
                answer = await self.send("GET", None, query)
            except UploadNotFoundError:
                # So some servers say that there is none.
                return
            page, marker = s3_xml.parse_uploads(answer.body)
            for upload in page:
                yield upload
            if not marker:
                return

    async def aclose(self) -> None:
        """Close all connections."""
        await self._wire.aclose()
