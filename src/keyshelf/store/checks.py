"""What every store refuses before it looks at anything."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from itertools import pairwise

from keyshelf.errors import InvalidInputError
from keyshelf.layout.keys import MAX_KEY_BYTES, ObjectKey
from keyshelf.store.base import (
    MAX_OBJECT_BYTES,
    MAX_PART_BYTES,
    MAX_PARTS,
    MAX_PUT_BYTES,
    MAX_SMALL_BYTES,
    Attributes,
    CompletedPart,
    Condition,
    NewObject,
    Part,
    PresignOptions,
)
from keyshelf.store.errors import InvalidKeyError, InvalidPartError, ObjectTooLargeError

_SIGNED_METHODS = frozenset({"GET", "HEAD", "PUT"})
_SHA256_BYTES = 32
_MAX_EXPIRY = timedelta(days=7)


def check_key(key: str) -> None:
    """Raise `InvalidKeyError` for a key that no store can hold."""
    try:
        size = len(key.encode())
    except UnicodeEncodeError as error:
        raise InvalidKeyError("a key must be valid Unicode text") from error
    if not 1 <= size <= MAX_KEY_BYTES:
        raise InvalidKeyError(f"a key is 1 to {MAX_KEY_BYTES} bytes of UTF-8; this one has {size}")


def check_part_number(number: int) -> None:
    """Raise `InvalidPartError` for a part number outside 1 to 10,000."""
    if not 1 <= number <= MAX_PARTS:
        raise InvalidPartError(f"parts are numbered from 1 to {MAX_PARTS}")


def check_part_size(size: int) -> None:
    """Raise `ObjectTooLargeError` for a part that no store takes."""
    _check_at_most(MAX_PART_BYTES, size, "a part")


def check_put_size(size: int) -> None:
    """Raise `ObjectTooLargeError` for an object that no store takes in one request."""
    _check_at_most(MAX_PUT_BYTES, size, "an object that is written in one request")


def _check_at_most(limit: int, size: int, what: str) -> None:
    if size > limit:
        raise ObjectTooLargeError(
            f"{what} has at most {limit} bytes; this one has {size}", max_bytes=limit
        )


def check_parts(parts: Sequence[CompletedPart]) -> None:
    """Raise `InvalidPartError` unless there are parts, each named once, in order."""
    if not parts:
        raise InvalidPartError("an object is made of at least one part")
    for part in parts:
        check_part_number(part.number)
    if any(one.number >= other.number for one, other in pairwise(parts)):
        raise InvalidPartError("parts are named once each, in the order of their numbers")


def check_uploaded(
    wanted: Sequence[CompletedPart], uploaded: Sequence[Part], *, min_bytes: int
) -> None:
    """Raise `InvalidPartError` for a part that is not there, is another, or is too small.

    Raises `ObjectTooLargeError` when all of them are more than an object may have.
    """
    found = {part.number: part for part in uploaded}
    for part in wanted:
        known = found.get(part.number)
        if known is None or known.etag != part.etag:
            raise InvalidPartError(f"part {part.number} is not the one that was uploaded")
        if known.size < min_bytes and part is not wanted[-1]:
            raise InvalidPartError(f"part {part.number} is smaller than {min_bytes} bytes")
    _check_at_most(MAX_OBJECT_BYTES, sum(found[part.number].size for part in wanted), "an object")


def check_header_text(text: str, what: str) -> None:
    """Raise `InvalidInputError` for text that an HTTP header cannot hold."""
    if not (text.isascii() and text.isprintable()) or text != text.strip():
        raise InvalidInputError(f"{what} must be printable ASCII without outer spaces")


def check_attributes(attributes: Attributes) -> None:
    """Raise `InvalidInputError` for attributes that no server could give back."""
    check_header_text(attributes.content_type, "a content type")
    check_header_text(attributes.cache_control or "", "cache control")
    check_header_text(attributes.content_disposition or "", "a content disposition")
    check_metadata_names(attributes.metadata)


def check_new_objects(objects: Sequence[NewObject]) -> None:
    """Raise for an object that no batch can hold: its key, its attributes or its size."""
    for new in objects:
        check_key(new.key)
        check_attributes(new.options.attributes)
        check_small(new.key, len(new.body))


def check_small(key: ObjectKey, size: int) -> None:
    """Raise `ObjectTooLargeError` for an object that no batch holds."""
    if size > MAX_SMALL_BYTES:
        raise ObjectTooLargeError(
            f"{key!r} has {size} bytes; a batch holds objects of up to {MAX_SMALL_BYTES}", key=key
        )


def check_metadata_names(metadata: Mapping[str, str]) -> None:
    """Raise `InvalidInputError` unless each name is lower-case letters, digits, `-`, `_`, `.`."""
    for name in metadata:
        bare = name.replace("-", "").replace("_", "").replace(".", "")
        if not (bare.isascii() and bare.isalnum() and name == name.lower()):
            raise InvalidInputError(
                "a metadata name is made of lower-case letters, digits, '-', '_' and '.'", name=name
            )


def check_presign(method: str, options: PresignOptions) -> None:
    """Raise `InvalidInputError` or `ObjectTooLargeError` for what no store signs."""
    if method not in _SIGNED_METHODS:
        raise InvalidInputError("only GET, HEAD and PUT can be signed", method=method)
    if not timedelta(seconds=1) <= options.expires_in <= _MAX_EXPIRY:
        raise InvalidInputError("a signed request lives from one second to seven days")
    if (options.upload_id is None) != (options.part_number is None):
        raise InvalidInputError("a part is signed with its upload id and its number")
    if options.part_number is not None:
        if method != "PUT":
            raise InvalidInputError("only PUT of a part can be signed")
        check_part_number(options.part_number)
        check_part_size(options.content_length or 0)
    check_put_size(options.content_length or 0)
    of_object = (
        options.condition is not Condition.ALWAYS,
        options.sha256 is not None,
        bool(options.metadata or options.tags),
    )
    if any(of_object) and (method != "PUT" or options.part_number is not None):
        raise InvalidInputError(
            "only PUT of a whole object can be signed with a condition, a hash, metadata or tags"
        )
    if options.sha256 is not None and len(options.sha256) != _SHA256_BYTES:
        raise InvalidInputError(f"a SHA-256 has {_SHA256_BYTES} bytes")
    check_metadata_names(options.metadata)
