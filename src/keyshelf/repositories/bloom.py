"""The Bloom filter of a repository's chunks: which are new for sure, told without asking.

The format is in `docs/reference/stored-formats-repositories.md`.
"""

import math
import struct
from collections.abc import Iterable
from dataclasses import dataclass

from keyshelf.errors import IntegrityError
from keyshelf.layout.repository import ChunkId
from keyshelf.repositories.formats.ids import Octets

MAGIC = b"KSBF"
VERSION = 1
HEADER = struct.Struct("<4sBBxxQQ")
DEFAULT_RATE = 0.01
_MOST_HASHES = 4  # an id has 32 bytes, which are four independent numbers
_MOST_BITS = 2**36
_NUMBERS = {k: struct.Struct(f"<{k}Q") for k in range(1, _MOST_HASHES + 1)}


class DamagedFilterError(IntegrityError):
    """A stored Bloom filter that cannot be read. Rebuild it, or do without."""

    code = "damaged-filter"


@dataclass(slots=True)
class ChunkFilter:
    """A Bloom filter of chunk ids. What it has not is new; what it may have is to be asked for.

    It is never proof that a chunk is there: with about the rate `p` it claims to have
    what it was never given, and what it was given may be deleted since.
    """

    m: int
    """Bits, a multiple of eight."""
    k: int
    """Hashes, which are bits set for an id."""
    n: int
    """How many ids it was sized for."""
    bits: bytearray

    @classmethod
    def sized_for(cls, n: int, p: float = DEFAULT_RATE) -> "ChunkFilter":
        """Return an empty filter that wrongly claims an id with rate `p` once it has `n`.

        Raises `ValueError` for a rate that is none, or for more than 8 GiB.
        """
        if not 0 < p < 1:
            raise ValueError("a false-positive rate lies between 0 and 1")
        n = max(n, 1)
        k = min(max(round(-math.log2(p)), 1), _MOST_HASHES)
        m = 8 * math.ceil(-k * n / math.log1p(-(p ** (1 / k))) / 8)
        if m > _MOST_BITS:
            raise ValueError(f"a filter has at most {_MOST_BITS} bits")
        return cls(m, k, n, bytearray(m // 8))

    @property
    def p(self) -> float:
        """The rate of wrong claims when it has `n` ids."""
        return (1 - math.exp(-self.k * self.n / self.m)) ** self.k

    def add(self, ids: Iterable[ChunkId]) -> None:
        """Take ids; those that it has are no matter."""
        bits, m, numbers = self.bits, self.m, _NUMBERS[self.k].unpack_from
        for each in ids:
            for number in numbers(bytes.fromhex(each)):
                place = number % m
                bits[place >> 3] |= 1 << (place & 7)

    def may_have(self, chunk: ChunkId) -> bool:
        """Say whether it may have been given an id; if not, it was not."""
        for number in _NUMBERS[self.k].unpack_from(bytes.fromhex(chunk)):
            place = number % self.m
            if not self.bits[place >> 3] >> (place & 7) & 1:
                return False
        return True

    def to_bytes(self) -> bytes:
        """Return the filter as it is stored."""
        return HEADER.pack(MAGIC, VERSION, self.k, self.m, self.n) + self.bits


def parse(data: Octets) -> ChunkFilter:
    """Read a stored filter. Raises `DamagedFilterError`."""
    view = memoryview(data)
    if view.nbytes < HEADER.size:
        raise DamagedFilterError("the Bloom filter is cut short")
    magic, version, k, m, n = HEADER.unpack_from(view)
    if magic != MAGIC:
        raise DamagedFilterError("the object does not begin as a Bloom filter does")
    if version != VERSION:
        raise DamagedFilterError(
            f"the Bloom filter is of version {version}, and only {VERSION} is known"
        )
    if not 1 <= k <= _MOST_HASHES or m == 0 or m % 8 or n == 0:
        raise DamagedFilterError(f"a Bloom filter of {m} bits and {k} hashes is none")
    if view.nbytes != HEADER.size + m // 8:
        raise DamagedFilterError(f"a Bloom filter of {m} bits does not have {view.nbytes} bytes")
    return ChunkFilter(m, k, n, bytearray(view[HEADER.size :]))
