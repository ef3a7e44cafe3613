"""Completing a multipart upload, and telling truly whether that has happened."""

import re
from collections.abc import Mapping, Sequence
from hashlib import md5

from keyshelf.layout.keys import ObjectKey
from keyshelf.store.base import CompletedPart, ObjectMeta, Part
from keyshelf.store.errors import ObjectChangedError, ObjectNotFoundError, UploadNotFoundError
from keyshelf.store.s3_requests import S3Requests

_DIGEST = re.compile(r"[0-9a-f]{32}")
_DIGEST_OF_PARTS = re.compile(r"[0-9a-f]{32}-\d+")


async def complete(
    requests: S3Requests,
    key: ObjectKey,
    upload_id: str,
    parts: Sequence[Part],
    headers: Mapping[str, str],
) -> None:
    """Make the object of its parts, which are all there.

    When an answer is lost, the repeated request finds its own work done: the object is in
    its own way, or the upload is gone. That is success. Raises what `complete_upload` raises.
    """
    completed = [CompletedPart(number=part.number, etag=part.etag) for part in parts]
    try:
        await requests.complete_upload(key, upload_id, completed, headers)
    except (ObjectChangedError, ObjectNotFoundError, UploadNotFoundError):
        if not await _is_done(requests, key, upload_id, parts):
            raise


async def _is_done(
    requests: S3Requests, key: ObjectKey, upload_id: str, parts: Sequence[Part]
) -> bool:
    try:
        await requests.list_parts(key, upload_id)
    except UploadNotFoundError:
        pass
    else:
        # An upload ends when it is completed: what is in the way is another's.
        return False
    try:
        return _is_made_of(await requests.head(key), parts)
    except ObjectNotFoundError:
        return False


def _is_made_of(found: ObjectMeta, parts: Sequence[Part]) -> bool:
    if found.size != sum(part.size for part in parts):
        return False
    if _DIGEST_OF_PARTS.fullmatch(found.etag) and all(_DIGEST.fullmatch(p.etag) for p in parts):
        digests = b"".join(bytes.fromhex(part.etag) for part in parts)
        return found.etag == f"{md5(digests, usedforsecurity=False).hexdigest()}-{len(parts)}"
    return True
