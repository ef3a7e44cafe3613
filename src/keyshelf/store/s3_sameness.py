"""Whether two versions of an object have the same bytes, where their ETags do not tell."""

import re
from collections.abc import Mapping

from keyshelf.store.s3_requests import S3Requests
from keyshelf.store.versions import ObjectVersion

_MD5 = re.compile(r"[0-9a-f]{32}")
_OWN_KEYS = "AES256"
_FIRST_BYTES, _MORE_BYTES = 1 << 16, 1 << 21


async def is_same(requests: S3Requests, one: ObjectVersion, other: ObjectVersion) -> bool:
    """Say whether two versions of one size have the same bytes, by checksums where both have them.

    Else both are read up to where they differ. Raises what reading raises.
    """
    found = [await _facts(requests, each) for each in (one, other)]
    by_checksum = _compared(*found)
    if by_checksum is not None:
        return by_checksum
    if all(_is_md5(each, headers) for each, headers in zip((one, other), found, strict=True)):
        return one.etag == other.etag
    start, size = 0, _FIRST_BYTES
    while start < one.size:
        last = min(start + size, one.size) - 1
        pieces = [await _bytes(requests, each, start, last) for each in (one, other)]
        if pieces[0] != pieces[1]:
            return False
        start, size = last + 1, _MORE_BYTES
    return True


async def _facts(requests: S3Requests, version: ObjectVersion) -> Mapping[str, str]:
    asked = {f"{requests.prefix}checksum-mode": "ENABLED"}
    query = {"versionId": version.version_id}
    return (await requests.send("HEAD", version.key, query, headers=asked)).headers


def _compared(one: Mapping[str, str], other: Mapping[str, str]) -> bool | None:
    """Return whether checksums are equal; None where there is none that can be compared."""
    for algorithm in ("crc64nvme", "sha256", "sha1", "crc32c", "crc32"):
        name = f"x-amz-checksum-{algorithm}"
        sums = one.get(name), other.get(name)
        # Those of parts hang on where the parts end.
        if None not in sums and not any("-" in (each or "") for each in sums):
            return sums[0] == sums[1]
    return None


def _is_md5(version: ObjectVersion, headers: Mapping[str, str]) -> bool:
    """Say whether an ETag is the MD5 of the bytes: not of parts, and not under a key of KMS."""
    encryption = headers.get("x-amz-server-side-encryption", _OWN_KEYS)
    by_customer = "x-amz-server-side-encryption-customer-algorithm" in headers
    is_plain = encryption == _OWN_KEYS and not by_customer
    return is_plain and _MD5.fullmatch(version.etag) is not None


async def _bytes(requests: S3Requests, version: ObjectVersion, first: int, last: int) -> bytes:
    headers = {"range": f"bytes={first}-{last}"}
    query = {"versionId": version.version_id}
    return (await requests.send("GET", version.key, query, headers=headers)).body
