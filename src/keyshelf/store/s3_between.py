"""Copies from one bucket of a server to another, which the server makes by itself."""

from collections.abc import Mapping
from dataclasses import replace

from keyshelf.store.base import ObjectMeta
from keyshelf.store.copying import CopyRefusedError
from keyshelf.store.errors import (
    InvalidKeyError,
    ObjectChangedError,
    ObjectNotFoundError,
    StoreForbiddenError,
    UnsupportedError,
)
from keyshelf.store.s3_copying import copy_in_parts
from keyshelf.store.s3_limits import S3Limits
from keyshelf.store.s3_requests import S3Requests


class S3BucketCopies:
    """Copies into one bucket from another that the same keys open. See `BucketCopies`."""

    def __init__(self, source: S3Requests, target: S3Requests, *, limits: S3Limits) -> None:
        self._source = source
        self._target = target
        self._limits = limits

    async def copy(self, source: ObjectMeta, *, replaces: str | None, with_tags: bool) -> None:
        """Copy an object with its attributes, tags and class, in parts when it is large."""
        condition = {"if-none-match": "*"} if replaces is None else {"if-match": f'"{replaces}"'}
        is_large = source.size > self._limits.single_copy_bytes
        try:
            if is_large and not with_tags:
                # Servers that ignore tags ignore what they are told of parts, too.
                raise CopyRefusedError("this server copies no parts")
            if is_large:
                await self._in_parts(source, condition)
            else:
                await self._at_once(source, condition)
        except ObjectChangedError as error:
            # A repeated request may find its own copy in its way.
            if not await self._is_copied(source):
                raise CopyRefusedError(error.detail) from error
        except (InvalidKeyError, StoreForbiddenError, UnsupportedError) as error:
            raise CopyRefusedError(error.detail) from error

    async def aclose(self) -> None:
        """Let go of connections."""
        await self._source.aclose()
        await self._target.aclose()

    async def _at_once(self, source: ObjectMeta, condition: Mapping[str, str]) -> None:
        prefix = self._target.prefix
        headers = {**condition, f"{prefix}copy-source-if-match": f'"{source.etag}"'}
        if source.storage_class is not None:
            # Everything else comes along by itself.
            headers[f"{prefix}storage-class"] = source.storage_class
        await self._target.copy(source.key, source.key, headers, bucket=self._source.bucket)

    async def _in_parts(self, source: ObjectMeta, condition: Mapping[str, str]) -> None:
        found = replace(await self._source.head(source.key), etag=source.etag)
        await copy_in_parts(
            self._target,
            found,
            source.key,
            self._limits,
            with_tags=True,
            origin=self._source,
            condition=condition,
        )

    async def _is_copied(self, source: ObjectMeta) -> bool:
        try:
            found = await self._target.head(source.key)
        except ObjectNotFoundError:
            return False
        return (found.size, found.etag) == (source.size, source.etag)
