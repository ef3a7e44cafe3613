"""The rules that the stores of our own (memory and disk) keep alike."""

import hashlib
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from keyshelf.layout.keys import ObjectKey
from keyshelf.store.base import (
    Body,
    ByteRange,
    CompletedPart,
    Condition,
    IfMatch,
    ListPage,
    ObjectMeta,
    Part,
    WriteCondition,
)
from keyshelf.store.checks import check_key, check_parts
from keyshelf.store.errors import (
    InvalidKeyError,
    InvalidPartError,
    InvalidRangeError,
    ObjectChangedError,
    ObjectExistsError,
    ObjectNotFoundError,
)

_DIGEST_BYTES = 16


class HasKey(Protocol):
    """Something that a listing finds."""

    @property
    def key(self) -> ObjectKey:
        """The key of the object."""
        ...


Keyed = TypeVar("Keyed", bound=HasKey)


@dataclass(frozen=True, slots=True)
class Folder:
    """A common prefix in a listing."""

    prefix: str


def is_key(raw: bytes) -> bool:
    """Say whether these bytes spell a key that a store can hold."""
    try:
        check_key(ObjectKey(raw.decode()))
    except (UnicodeDecodeError, InvalidKeyError):
        return False
    return True


def not_found(key: str) -> ObjectNotFoundError:
    """Return the error for a key that no object has."""
    return ObjectNotFoundError(f"there is no object {key!r}", key=key)


def check_condition(key: str, condition: WriteCondition, current_etag: str | None) -> None:
    """Raise when a write may not happen on what is there; `None` is nothing."""
    match condition:
        case IfMatch(etag=etag):
            check_match(key, etag, current_etag)
        case Condition.CREATE if current_etag is not None:
            raise ObjectExistsError(f"an object {key!r} already exists", key=key)
        case Condition():
            pass


def check_match(key: str, wanted_etag: str | None, current_etag: str | None) -> None:
    """Raise `ObjectChangedError` unless no ETag is wanted or it is the current one."""
    if wanted_etag is not None and wanted_etag != current_etag:
        raise ObjectChangedError(f"the object {key!r} has another ETag", key=key)


def resolve_range(byte_range: ByteRange | None, size: int) -> tuple[int, int]:
    """Return where to start and stop reading an object of `size` bytes.

    Raises `InvalidRangeError` when a range starts at or past the end.
    """
    if byte_range is None:
        return 0, size
    if byte_range.start >= size:
        raise InvalidRangeError(
            f"the range starts at {byte_range.start}, the object has {size} bytes", size=size
        )
    return byte_range.start, size if byte_range.end is None else min(byte_range.end, size)


def new_digest() -> hashlib.blake2b:
    """Return the hash whose hex form is an object's ETag."""
    return hashlib.blake2b(digest_size=_DIGEST_BYTES)


def joined_etag(parts: Sequence[Part]) -> str:
    """Return the ETag of an object made of these parts: the hash of theirs, and their number."""
    digest = new_digest()
    for part in parts:
        digest.update(bytes.fromhex(part.etag))
    return f"{digest.hexdigest()}-{len(parts)}"


def chosen_parts(
    wanted: Sequence[CompletedPart], stored: Mapping[int, Part], *, min_part_bytes: int
) -> list[Part]:
    """Return the stored parts that completing names.

    Raises `InvalidPartError` for none, for one that is missing or another than
    the one named, for numbers that do not rise, and for a small one before the last.
    """
    check_parts(wanted)
    chosen: list[Part] = []
    for part in wanted:
        found = stored.get(part.number)
        if found is None or found.etag != part.etag:
            raise InvalidPartError(
                f"part {part.number} was not uploaded, or is another one", part=part.number
            )
        chosen.append(found)
    small = next((part for part in chosen[:-1] if part.size < min_part_bytes), None)
    if small is not None:
        raise InvalidPartError(
            f"part {small.number} has {small.size} bytes; all but the last have at least"
            f" {min_part_bytes}",
            part=small.number,
        )
    return chosen


async def body_pieces(body: Body, *, max_bytes: int) -> AsyncIterator[bytes]:
    """Give a body in pieces of about `max_bytes`: small ones joined, large ones cut."""
    if isinstance(body, bytes):
        for start in range(0, len(body), max_bytes):
            yield body[start : start + max_bytes]
        return
    waiting: list[bytes] = []
    held = 0
    async for piece in body:
        if held and held + len(piece) > max_bytes:
            yield b"".join(waiting)
            waiting, held = [], 0
        if len(piece) > max_bytes:
            for start in range(0, len(piece), max_bytes):
                yield piece[start : start + max_bytes]
        elif piece:
            waiting.append(piece)
            held += len(piece)
    if held:
        yield b"".join(waiting)


def listing_bytes(text: str) -> bytes:
    """Return the bytes that a prefix or start is compared by, whatever text it is."""
    return text.encode(errors="surrogatepass")


def fold(
    entries: Iterable[Keyed], *, prefix: str, delimiter: str | None
) -> Iterator[Keyed | Folder]:
    """Replace, in a listing in key order, what lies below a delimiter by its folder, once."""
    last: str | None = None
    for entry in entries:
        end = entry.key.find(delimiter, len(prefix)) if delimiter else -1
        if delimiter is None or end < 0:
            yield entry
            continue
        folder = entry.key[: end + len(delimiter)]
        if folder != last:
            yield Folder(prefix=folder)
            last = folder


def page_of(entries: Iterable[ObjectMeta | Folder]) -> ListPage:
    """Return a page of these entries."""
    objects: list[ObjectMeta] = []
    prefixes: list[str] = []
    for entry in entries:
        if isinstance(entry, Folder):
            prefixes.append(entry.prefix)
        else:
            objects.append(entry)
    return ListPage(objects=objects, prefixes=prefixes)
