"""The size of a JPEG XL picture by its header (ISO/IEC 18181-1 and -2)."""

from keyshelf.media.images.failures import UnreadableImageError
from keyshelf.media.images.geometry import Size

_CODESTREAM = b"\xff\x0a"
_BITS = (9, 13, 18, 30)
_RATIOS = ((1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1))
_LONGEST_HEADER = 16
_MOST_BOXES = 64


def read_size(data: bytes) -> Size:
    """Return the size that a picture says it has. Raises `UnreadableImageError`."""
    start = data[:_LONGEST_HEADER] if data.startswith(_CODESTREAM) else _in_boxes(data)
    if not start.startswith(_CODESTREAM):
        raise UnreadableImageError("the picture has no beginning")
    return _size(_Bits(start[2:]))


class _Bits:
    """Bits from the lowest of the first byte on; zeros after the last."""

    def __init__(self, data: bytes) -> None:
        self._left = int.from_bytes(data, "little")

    def take(self, count: int) -> int:
        value = self._left & ((1 << count) - 1)
        self._left >>= count
        return value


def _size(bits: _Bits) -> Size:
    small = bits.take(1)
    height = _side(bits, small)
    ratio = bits.take(3)
    if ratio == 0:
        return Size(_side(bits, small), height)
    across, down = _RATIOS[ratio - 1]
    return Size(height * across // down, height)


def _side(bits: _Bits, small: int) -> int:
    if small:
        return (bits.take(5) + 1) * 8
    return bits.take(_BITS[bits.take(2)]) + 1


def _in_boxes(data: bytes) -> bytes:
    at = 0
    for _ in range(_MOST_BOXES):
        size, kind, head = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8], 8
        if size == 1:
            size, head = int.from_bytes(data[at + 8 : at + 16], "big"), 16
        start = at + head + (4 if kind == b"jxlp" else 0)
        if kind in {b"jxlc", b"jxlp"}:
            return data[start : start + _LONGEST_HEADER]
        if size < head:
            break
        at += size
    return b""
