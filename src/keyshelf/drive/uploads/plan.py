"""How the bytes of an upload are cut into requests: arithmetic only."""

from dataclasses import dataclass
from enum import Enum

from keyshelf.errors import InvalidInputError
from keyshelf.store.base import (
    MAX_OBJECT_BYTES,
    MAX_PART_BYTES,
    MAX_PARTS,
    MAX_PUT_BYTES,
    MIN_PART_BYTES,
)
from keyshelf.store.errors import ObjectTooLargeError

MAX_PARTS_PER_CALL = 1000
_MIB = 2**20


@dataclass(frozen=True, slots=True)
class PartRange:
    """Parts `first` to `last`, both included, counted from 1."""

    first: int
    last: int

    def __post_init__(self) -> None:
        if not 1 <= self.first <= self.last:
            raise InvalidInputError("a range of parts begins at 1 or later and ends at or after it")
        if self.last - self.first >= MAX_PARTS_PER_CALL:
            raise InvalidInputError(f"ask for at most {MAX_PARTS_PER_CALL} parts at a time")


@dataclass(frozen=True, slots=True)
class Cutting:
    """An upload in parts: all of `part_size` bytes but the last, which holds the rest."""

    size: int
    part_size: int

    @property
    def part_count(self) -> int:
        """How many parts there are; an empty file has one, which is empty."""
        return max(1, -(-self.size // self.part_size))

    def bytes_of(self, number: int) -> int:
        """Return the size of one part. Raises `InvalidInputError` for a part there is not."""
        if not 1 <= number <= self.part_count:
            raise InvalidInputError(f"this upload has parts 1 to {self.part_count}")
        return min(self.part_size, self.size - (number - 1) * self.part_size)

    def numbers(self, asked: PartRange | None) -> range:
        """Return the part numbers of a range; without one, as many as one call gives."""
        if asked is None:
            return range(1, min(self.part_count, MAX_PARTS_PER_CALL) + 1)
        if asked.last > self.part_count:
            raise InvalidInputError(f"this upload has parts 1 to {self.part_count}")
        return range(asked.first, asked.last + 1)


class Parts(Enum):
    """When an upload is cut into parts: for its size, in any case, or not at all."""

    IF_LARGE = "if-large"
    ALWAYS = "always"
    NEVER = "never"


def cut(
    size: int, *, single_put_bytes: int, part_bytes: int, parts: Parts = Parts.IF_LARGE
) -> Cutting | None:
    """Return how an upload of `size` bytes is cut; None is one PUT.

    Parts are as small as 10,000 of them and `part_bytes` allow, in whole MiB.
    Raises `InvalidInputError` below zero and `ObjectTooLargeError` past 5 TiB, or
    without parts past 5 GiB.
    """
    if size < 0:
        raise InvalidInputError("a size is zero or more bytes")
    limit = MAX_PUT_BYTES if parts is Parts.NEVER else MAX_OBJECT_BYTES
    if size > limit:
        raise ObjectTooLargeError(
            f"a file is at most {limit} bytes; this one has {size}", max_bytes=limit
        )
    is_small = size <= min(single_put_bytes, MAX_PUT_BYTES)
    if parts is Parts.NEVER or (is_small and parts is Parts.IF_LARGE):
        return None
    smallest = max(part_bytes, MIN_PART_BYTES, -(-size // MAX_PARTS))
    return Cutting(size=size, part_size=min(-(-smallest // _MIB) * _MIB, MAX_PART_BYTES))
