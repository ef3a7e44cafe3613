"""Copies of objects past what one request copies, inside a server."""

from collections.abc import Mapping, Sequence

from keyshelf.concurrency import map_each, shielded
from keyshelf.layout.keys import ObjectKey
from keyshelf.store.base import MAX_PARTS, Attributes, ObjectMeta, Part, PutOptions
from keyshelf.store.s3_completing import complete
from keyshelf.store.s3_limits import S3Limits
from keyshelf.store.s3_requests import S3Requests
from keyshelf.store.uploading import aborted_on_failure


def part_ranges(size: int, part_bytes: int) -> Sequence[tuple[int, int, int]]:
    """Cut `size` bytes into at most 10,000 parts: number, first byte, last byte."""
    part_bytes = max(part_bytes, -(-size // MAX_PARTS))
    return [
        (number, start, min(start + part_bytes, size) - 1)
        for number, start in enumerate(range(0, size, part_bytes), start=1)
    ]


async def copy_in_parts(
    requests: S3Requests,
    source: ObjectMeta,
    destination: ObjectKey,
    limits: S3Limits,
    *,
    with_tags: bool,
    version_id: str | None = None,
    origin: S3Requests | None = None,
    condition: Mapping[str, str] | None = None,
) -> None:
    """Copy an object by parts, with its attributes and class, and its tags if told to.

    With `version_id` an older version of it, that `source` tells of; with `origin` from another
    bucket; with headers that state a `condition` on the destination.

    The copy appears whole or not at all: a failure aborts the upload, a crash leaves
    one open. Raises `ObjectChangedError` when the source changes meanwhile.
    """
    origin = origin or requests
    options = PutOptions(
        attributes=source.attributes or Attributes(),
        tags=await origin.get_tags(source.key, version_id=version_id) if with_tags else {},
        storage_class=source.storage_class,
    )
    headers = requests.write_headers(options)
    # Shielded: nobody could abort an upload that began while we were being cancelled.
    upload_id = await shielded(requests.create_upload(destination, headers))

    async def copy(part: tuple[int, int, int]) -> Part:
        number, first, last = part
        etag = await requests.copy_part(
            source.key,
            destination,
            upload_id,
            number,
            first=first,
            last=last,
            headers={f"{requests.prefix}copy-source-if-match": f'"{source.etag}"'},
            version_id=version_id,
            bucket=origin.bucket,
        )
        return Part(number=number, etag=etag, size=last - first + 1)

    ranges = part_ranges(source.size, limits.copy_part_bytes)
    async with aborted_on_failure(lambda: requests.abort_upload(destination, upload_id)):
        parts = await map_each(ranges, copy, at_once=limits.at_once)
        await complete(requests, destination, upload_id, parts, condition or {})
