"""Copies of objects past what one request copies, inside a bucket."""

from collections.abc import Sequence

from keyshelf.layout.keys import ObjectKey
from keyshelf.store.base import MAX_PARTS, CompletedPart, ObjectMeta
from keyshelf.store.parallel import each_bounded, shielded
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
    headers: dict[str, str],
    *,
    part_bytes: int,
    at_once: int,
) -> None:
    """Copy an object by parts; `headers` give the copy its attributes.

    The copy appears whole or not at all: a failure aborts the upload, a crash leaves
    one open. Raises `ObjectChangedError` when the source changes meanwhile.
    """
    # Shielded: nobody could abort an upload that began while we were being cancelled.
    upload_id = await shielded(requests.create_upload(destination, headers))

    async def copy(part: tuple[int, int, int]) -> CompletedPart:
        number, first, last = part
        etag = await requests.copy_part(
            source.key,
            destination,
            upload_id,
            number,
            first=first,
            last=last,
            headers={f"{requests.prefix}copy-source-if-match": f'"{source.etag}"'},
        )
        return CompletedPart(number=number, etag=etag)

    async with aborted_on_failure(lambda: requests.abort_upload(destination, upload_id)):
        parts = await each_bounded(copy, part_ranges(source.size, part_bytes), at_once=at_once)
        await requests.complete_upload(destination, upload_id, parts, {})
