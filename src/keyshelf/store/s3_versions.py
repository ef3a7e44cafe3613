"""Versions of objects over S3's XML protocol.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from xml.etree import ElementTree as ET

from keyshelf.layout.keys import ObjectKey
from keyshelf.store import s3_xml
from keyshelf.store.base import MAX_SMALL_BYTES
from keyshelf.store.errors import ObjectNotFoundError, ObjectTooLargeError
from keyshelf.store.s3_copying import copy_in_parts
from keyshelf.store.s3_limits import S3Limits
from keyshelf.store.s3_requests import S3Requests
from keyshelf.store.s3_sameness import is_same
from keyshelf.store.versions import ObjectVersion

Marker = tuple[str, str]


class S3Versions:
    """The versions in a bucket of S3, or of a server that speaks its protocol."""

    def __init__(self, requests: S3Requests, *, limits: S3Limits | None = None) -> None:
        self._requests = requests
        self._limits = limits or S3Limits()

    async def keeps_versions(self) -> bool:
        """Say whether versioning is on; see `VersionedStore`."""
        answer = await self._requests.send("GET", None, {"versioning": ""})
        tree = s3_xml.parse(answer.body, "VersioningConfiguration")
        return s3_xml.text(tree, "Status") == "Enabled"

    async def versions(self, prefix: str = "") -> AsyncIterator[Sequence[ObjectVersion]]:
        """Page through all versions under a prefix; see `VersionedStore`."""
        marker: Marker | None = None
        while True:
            query = {
                "versions": "",
                "encoding-type": "url",
                "max-keys": str(self._limits.page_limit),
            }
            if prefix:
                query["prefix"] = prefix
            if marker:
                query |= {"key-marker": marker[0], "version-id-marker": marker[1]}
            answer = await self._requests.send("GET", None, query)
            page, marker = _parse(answer.body)
            if page:
                yield page
            if marker is None:
                return

    async def read(self, version: ObjectVersion) -> bytes:
        """Return the bytes of one version; see `VersionedStore`."""
        if version.size > MAX_SMALL_BYTES:
            raise ObjectTooLargeError(
                f"{version.key!r} has {version.size} bytes: it is not read at once"
            )
        query = {"versionId": version.version_id}
        return (await self._requests.send("GET", version.key, query)).body

    async def is_same(self, one: ObjectVersion, other: ObjectVersion) -> bool:
        """Say whether two versions of a key have the same bytes; see `VersionedStore`."""
        return one.size == other.size and await is_same(self._requests, one, other)

    async def bring_back(self, version: ObjectVersion) -> None:
        """Copy an older version over the newest; see `VersionedStore`."""
        key, of = version.key, version.version_id
        if version.size > self._limits.single_copy_bytes:
            found = await self._requests.head(key, version_id=of)
            await copy_in_parts(
                self._requests, found, key, self._limits, with_tags=True, version_id=of
            )
            return
        headers: dict[str, str] = {}
        if version.storage_class is not None:
            headers[f"{self._requests.prefix}storage-class"] = version.storage_class
        await self._requests.copy(key, key, headers, version_id=of)

    async def drop(self, version: ObjectVersion) -> None:
        """Remove one version or marker for good; see `VersionedStore`."""
        with suppress(ObjectNotFoundError):
            await self._requests.send("DELETE", version.key, {"versionId": version.version_id})

    async def delete(self, key: ObjectKey) -> None:
        """Mark an object as deleted; see `VersionedStore`."""
        with suppress(ObjectNotFoundError):
            await self._requests.send("DELETE", key)

    async def aclose(self) -> None:
        """Let go of connections."""
        await self._requests.aclose()


def _parse(body: bytes) -> tuple[Sequence[ObjectVersion], Marker | None]:
    tree = s3_xml.parse(body, "ListVersionsResult")
    is_encoded = s3_xml.text(tree, "EncodingType") == "url"
    # In the order of the document: versions and markers of a key stand among each other.
    found = [
        _version(each, encoded=is_encoded)
        for each in tree
        if each.tag in {"Version", "DeleteMarker"}
    ]
    if s3_xml.text(tree, "IsTruncated") != "true":
        return found, None
    key = s3_xml.decode_key(s3_xml.text(tree, "NextKeyMarker"), encoded=is_encoded)
    return found, (key, s3_xml.text(tree, "NextVersionIdMarker"))


def _version(element: ET.Element, *, encoded: bool) -> ObjectVersion:
    fields = {child.tag: child.text or "" for child in element}
    return ObjectVersion(
        key=ObjectKey(s3_xml.decode_key(fields["Key"], encoded=encoded)),
        version_id=fields["VersionId"],
        is_marker=element.tag == "DeleteMarker",
        modified_at=s3_xml.parse_time(fields["LastModified"]),
        size=int(fields.get("Size", "0")),
        etag=s3_xml.bare_etag(fields.get("ETag", "")),
        storage_class=s3_xml.storage_class(fields.get("StorageClass")),
    )
