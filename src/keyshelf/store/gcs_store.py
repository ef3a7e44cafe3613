"""The object store over Google Cloud Storage's XML API, signed with HMAC keys.

Google Cloud Storage speaks S3's protocol with headers of its own name, and signs
with the same algorithm under its own words, so everything of `S3Store` but the
differences below is used as it is. Parts and downloads are signed for browsers as
on S3, which service-account tokens cannot do.
"""

from collections.abc import Sequence

from keyshelf.concurrency import map_each
from keyshelf.layout.keys import ObjectKey
from keyshelf.store.base import (
    Capabilities,
    CompletedPart,
    Condition,
    DeleteResult,
    IfMatch,
    ObjectMeta,
    WriteCondition,
)
from keyshelf.store.checks import check_key
from keyshelf.store.deleting import deletion
from keyshelf.store.errors import ObjectChangedError
from keyshelf.store.local_rules import check_condition
from keyshelf.store.s3_store import S3Store


class GcsStore(S3Store):
    """A bucket of Google Cloud Storage.

    Objects have no tags. Writes in one request obey conditions atomically, by the
    object's generation; completing an upload takes none there, so its condition is
    checked by HEAD just before: atomic among the writers of this store object, not
    against others. Copies inside a bucket are one request at any size.
    """

    kind = "gcs"

    @property
    def capabilities(self) -> Capabilities:
        """What Google Cloud Storage can do."""
        return Capabilities(kind=self.kind, tags=False)

    async def probe(self) -> bool:
        """Return whether the server honours conditions: always here."""
        return True

    async def delete_many(self, keys: Sequence[ObjectKey]) -> Sequence[DeleteResult]:
        """Remove any number of objects, one request each, several at a time."""
        for key in keys:
            check_key(key)
        return await map_each(keys, deletion(self), at_once=self._limits.at_once)

    async def complete_upload(
        self,
        key: ObjectKey,
        upload_id: str,
        parts: Sequence[CompletedPart],
        *,
        condition: WriteCondition = Condition.ALWAYS,
    ) -> ObjectMeta:
        """Make the object of its parts; the condition is checked just before."""
        if condition is Condition.ALWAYS:
            return await super().complete_upload(key, upload_id, parts)
        async with self._emulated_conditions:
            check_condition(key, condition, await self._etag(key))
            return await super().complete_upload(key, upload_id, parts)

    async def _condition_headers(self, key: ObjectKey, condition: WriteCondition) -> dict[str, str]:
        generation = "0"
        if isinstance(condition, IfMatch):
            # A HEAD tells the generation of that ETag; the write then names the generation,
            # so nobody can come between.
            answer = await self._requests.send("HEAD", key)
            if self._requests.meta(key, answer.headers).etag != condition.etag:
                raise ObjectChangedError(f"the object {key!r} has another ETag", key=key)
            generation = answer.headers["x-goog-generation"]
        return {"x-goog-if-generation-match": generation}
