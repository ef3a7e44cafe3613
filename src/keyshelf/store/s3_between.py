"""Copies from one bucket of a server to another, which the server makes by itself."""

from keyshelf.store.base import ObjectMeta
from keyshelf.store.copying import CopyRefusedError
from keyshelf.store.errors import (
    InvalidKeyError,
    ObjectChangedError,
    StoreForbiddenError,
    UnsupportedError,
)
from keyshelf.store.s3_requests import S3Requests

MAX_BYTES = 5 * 2**30
"""The most that one request copies."""


class S3BucketCopies:
    """Copies into one bucket from another that the same keys open. See `BucketCopies`."""

    def __init__(self, requests: S3Requests, *, source: str) -> None:
        self._requests = requests
        self._source = source

    async def copy(self, source: ObjectMeta, *, replaces: str | None) -> None:
        """Copy an object with its attributes, tags and class."""
        if source.size > MAX_BYTES:
            raise CopyRefusedError("one request copies up to 5 GiB")
        headers = {f"{self._requests.prefix}copy-source-if-match": f'"{source.etag}"'}
        headers |= {"if-none-match": "*"} if replaces is None else {"if-match": f'"{replaces}"'}
        if source.storage_class is not None:
            # Everything else comes along by itself.
            headers[f"{self._requests.prefix}storage-class"] = source.storage_class
        try:
            await self._requests.copy(source.key, source.key, headers, bucket=self._source)
        except (
            ObjectChangedError,
            InvalidKeyError,
            StoreForbiddenError,
            UnsupportedError,
        ) as error:
            raise CopyRefusedError(error.detail) from error

    async def aclose(self) -> None:
        """Let go of connections."""
        await self._requests.aclose()
