import pytest

from keyshelf.media.images.child.colors import dominant_color
from keyshelf.media.images.child.jxl_header import read_size
from keyshelf.media.images.child.thumbhash import thumbhash
from keyshelf.media.images.failures import UnreadableImageError
from keyshelf.media.images.geometry import Size

START = b"\xff\x0a"
BOXES = b"\0\0\0\x0cJXL \r\n\x87\n" + b"\0\0\0\x14ftypjxl \0\0\0\0jxl "


def bits(*fields: tuple[int, int]) -> bytes:
    """Pack values of so many bits, the lowest first."""
    value = at = 0
    for number, count in fields:
        value |= number << at
        at += count
    return value.to_bytes(10, "little")


@pytest.mark.parametrize(
    ("header", "size"),
    [
        # Small: sides in steps of eight.
        (bits((1, 1), (4, 5), (0, 3), (9, 5)), Size(80, 40)),
        (bits((1, 1), (4, 5), (1, 3)), Size(40, 40)),
        # Each side in 9, 13, 18 or 30 bits.
        (bits((0, 1), (0, 2), (99, 9), (0, 3), (1, 2), (5999, 13)), Size(6000, 100)),
        (bits((0, 1), (2, 2), (199_999, 18), (7, 3)), Size(400_000, 200_000)),
        (bits((0, 1), (1, 2), (1079, 13), (5, 3)), Size(1920, 1080)),
    ],
)
def test_the_size_of_a_jpeg_xl_is_in_its_first_bits(header: bytes, size: Size) -> None:
    codestream = START + header

    assert read_size(codestream) == size
    assert read_size(BOXES + b"\0\0\0\0jxlc" + codestream) == size
    assert read_size(BOXES + b"\0\0\0\x20jxlp\0\0\0\0" + codestream) == size
    assert read_size(BOXES + b"\0\0\0\x01jxlc" + bytes(7) + b"\x20" + codestream) == size


@pytest.mark.parametrize(
    "data", [BOXES, BOXES + b"\0\0\0\x02jxlc", BOXES + b"\0\0\0\0jxlcnothing", BOXES * 100]
)
def test_a_jpeg_xl_without_a_codestream_has_no_size(data: bytes) -> None:
    with pytest.raises(UnreadableImageError):
        read_size(data)


def test_the_dominant_color_is_the_mean_of_the_largest_group() -> None:
    reds = bytes((200, 0, 0, 255)) * 2 + bytes((210, 0, 0, 255)) * 2

    assert dominant_color(reds + bytes((0, 0, 255, 255)) * 3) == 205 << 16
    assert dominant_color(bytes((200, 0, 0, 0)) * 9) == 0xFFFFFF


def channels(x: int, y: int, *, alpha: bool) -> tuple[int, int, int, int]:
    if alpha:
        return x * 8 % 256, y * 12 % 256, x * y % 256, x * y * 7 % 256
    return 255 * x // 40, 255 * y // 40, x * y * 3 % 256, 255


@pytest.mark.parametrize(
    ("width", "height", "alpha", "expected"),
    [
        (40, 40, False, "1e080a2f1a70767770777777776877788777070aa8707f08"),
        (30, 20, True, "9cf8850b8a177097909998f6960ff86822425067611637"),
    ],
)
def test_a_thumbhash_is_that_of_the_reference_implementation(
    width: int, height: int, alpha: bool, expected: str
) -> None:
    pixels = [channels(x, y, alpha=alpha) for y in range(height) for x in range(width)]

    found = thumbhash(width, height, bytes(value for pixel in pixels for value in pixel))

    # What rgbaToThumbHash of npm's thumbhash 0.1.1 makes of the same.
    assert found.hex() == expected


def test_a_thumbhash_of_one_color_has_no_waves() -> None:
    found = thumbhash(4, 4, bytes((128, 128, 128, 255)) * 16)

    assert found[:5] == bytes((0x20, 0x08, 0x02, 0x07, 0x00))
