"""The notes of the specification, each given where the figures call for it."""

from collections.abc import Iterator

from keyshelf.operations.advice.values import Advice, Place, Usage
from keyshelf.operations.sizes import size_text

_GIB, _TIB = 2**30, 2**40
_CDN_TIMES = 4
"""So often a month is read what is stored, where a copy nearer to readers pays."""
_CDN_BYTES = 100 * _GIB
_UNPREDICTABLE_BYTES = _TIB
_EXPRESS_READS = 10_000_000
_EXPRESS_BYTES = _TIB


def advice(usage: Usage, place: Place) -> Iterator[Advice]:
    """Give what a store's figures call for; nothing where they are not known or call for none."""
    yield from _versions(usage, place)
    yield from _log(usage, place)
    if not usage.is_known:
        return
    yield from _cdn(usage)
    if place.is_amazon:
        yield from _intelligent_tiering(usage, place)
        yield from _express(usage)


def _versions(usage: Usage, place: Place) -> Iterator[Advice]:
    if not place.keeps_versions and usage.objects and usage.store != "media":
        yield Advice(
            "versions",
            f"{usage.objects:,} objects are gone for good once they are overwritten or deleted",
            f"{usage.store.upper()}_VERSIONING=true, then `keyshelf versioning apply"
            f" --store {usage.store}`",
        )


def _log(usage: Usage, place: Place) -> Iterator[Advice]:
    if usage.people > 1 and not place.has_log and usage.store != "media":
        yield Advice(
            "access log",
            f"{usage.people:,} people keep things here, and nothing says who read or deleted what",
            f"{usage.store.upper()}_LOG_BUCKET, then `keyshelf logging apply"
            f" --store {usage.store}`",
        )


def _cdn(usage: Usage) -> Iterator[Advice]:
    read = usage.read_bytes_a_month
    if read > max(_CDN_TIMES * usage.stored_bytes, _CDN_BYTES):
        yield Advice(
            "CDN",
            f"{_read(usage)}: the same bytes leave the cloud again and again",
            "put a CDN such as CloudFront in front of the service, which keeps them near readers",
        )


def _intelligent_tiering(usage: Usage, place: Place) -> Iterator[Advice]:
    large = usage.stored_bytes - usage.small_bytes
    is_partly_read = usage.stored_bytes // 100 < usage.read_bytes_a_month < usage.stored_bytes // 2
    if large > _UNPREDICTABLE_BYTES and is_partly_read and not place.is_tiered:
        yield Advice(
            "Intelligent-Tiering",
            f"{_read(usage)}, and no rule knows which: {size_text(large)} are in objects that S3"
            " would move by itself, which it does from 128 KiB on",
            "consider the class INTELLIGENT_TIERING for this bucket",
        )


def _express(usage: Usage) -> Iterator[Advice]:
    # One zone may be lost with all that is in it: only renditions can be made again.
    if (
        usage.store == "media"
        and usage.reads_a_month > _EXPRESS_READS
        and usage.stored_bytes < _EXPRESS_BYTES
    ):
        yield Advice(
            "Express One Zone",
            f"{usage.reads_a_month:,} reads a month of {size_text(usage.stored_bytes)}: requests"
            " cost more than storage, and each waits for S3",
            "consider a directory bucket of S3 Express One Zone: renditions can be made again",
        )


def _read(usage: Usage) -> str:
    return (
        f"{size_text(usage.read_bytes_a_month)} a month are read of"
        f" {size_text(usage.stored_bytes)} that are stored"
    )
