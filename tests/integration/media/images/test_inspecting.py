from datetime import datetime

import pytest
import pyvips

from keyshelf.media.images.formats import SourceFormat
from tests.integration.media.images.pictures import (
    RED,
    SVG,
    Studio,
    animation,
    exif,
    half_seen,
    jpeg,
    quarters,
)

pytestmark = pytest.mark.anyio


async def test_a_photo_tells_its_upright_size_and_when_it_was_taken(studio: Studio) -> None:
    data = jpeg(quarters(64, 40), exif(6, gps=True, taken="2021:03:04 05:06:07"))

    facts = await studio.pool.inspect(studio.keep(data))

    assert (facts.format, facts.mimetype) == (SourceFormat.JPEG, "image/jpeg")
    assert (facts.width, facts.height, facts.orientation) == (40, 64, 6)
    assert facts.taken_at == datetime(2021, 3, 4, 5, 6, 7)
    assert (facts.frames, facts.has_alpha) == (1, False)


@pytest.mark.parametrize(
    ("tags", "taken"),
    [
        (None, None),
        (b"MM nonsense", None),
        (b"II*\0\xff\xff\xff\x7f", None),
        (exif(taken="yesterday"), None),
        (exif(taken="0000:00:00 00:00:00"), None),
    ],
    ids=["none", "nonsense", "beyond", "word", "zeros"],
)
async def test_damaged_exif_tells_nothing(
    studio: Studio, tags: bytes | None, taken: datetime | None
) -> None:
    facts = await studio.pool.inspect(studio.keep(jpeg(quarters(64, 40), tags)))

    assert facts.taken_at is taken


@pytest.mark.parametrize(
    ("data", "mimetype", "frames", "alpha"),
    [
        (animation(frames=4), "image/gif", 4, True),
        (animation("webp"), "image/webp", 3, False),
        (half_seen().pngsave_buffer(), "image/png", 1, True),
        (SVG, "image/svg+xml", 1, True),
        (quarters(9, 9).tiffsave_buffer(), "image/tiff", 1, False),
    ],
    ids=["gif", "webp", "png", "svg", "tiff"],
)
async def test_frames_and_alpha_are_told(
    studio: Studio, data: bytes, mimetype: str, frames: int, alpha: bool
) -> None:
    facts = await studio.pool.inspect(studio.keep(data))

    assert (facts.mimetype, facts.frames, facts.has_alpha) == (mimetype, frames, alpha)


def near_color(found: int, expected: tuple[int, int, int]) -> bool:
    return all(abs(a - b) < 12 for a, b in zip(found.to_bytes(3, "big"), expected, strict=True))


async def test_the_dominant_color_is_what_there_is_most_of(studio: Studio) -> None:
    mostly_red = quarters(60, 60).draw_rect(list(RED), 0, 0, 60, 40, fill=True)

    facts = await studio.pool.inspect(studio.keep(jpeg(mostly_red)))
    seen = await studio.pool.inspect(studio.keep(half_seen().pngsave_buffer()))

    assert near_color(facts.dominant_color, RED)
    assert near_color(seen.dominant_color, RED)


async def test_a_picture_without_any_opaque_pixel_is_white(studio: Studio) -> None:
    nothing = pyvips.Image.black(8, 8, bands=4).copy(interpretation="srgb")

    facts = await studio.pool.inspect(studio.keep(nothing.pngsave_buffer()))

    assert facts.dominant_color == 0xFFFFFF


# From the reference implementation's layout: https://github.com/evanw/thumbhash
def average_color(thumbhash: bytes) -> tuple[int, int, int]:
    header = int.from_bytes(thumbhash[:3], "little")
    lightness = (header & 63) / 63
    p, q = (header >> 6 & 63) / 31.5 - 1, (header >> 12 & 63) / 31.5 - 1
    blue = lightness - 2 / 3 * p
    red = (3 * lightness - blue + q) / 2
    return round(255 * red), round(255 * (red - q)), round(255 * blue)


def waves(thumbhash: bytes) -> tuple[int, int]:
    """Return how many waves a hash has across and down, which tells its proportions."""
    most = 5 if thumbhash[2] & 0x80 else 7
    least, is_landscape = thumbhash[3] & 7, bool(thumbhash[4] & 0x80)
    return (most, least) if is_landscape else (least, most)


@pytest.mark.parametrize(
    ("size", "expected"), [((60, 60), (7, 7)), ((70, 30), (7, 3)), ((30, 70), (3, 7))], ids=str
)
async def test_a_thumbhash_has_the_picture_s_proportions(
    studio: Studio, size: tuple[int, int], expected: tuple[int, int]
) -> None:
    facts = await studio.pool.inspect(studio.keep(quarters(*size).pngsave_buffer()))

    assert waves(facts.thumbhash) == expected
    assert 17 <= len(facts.thumbhash) <= 26


async def test_a_thumbhash_has_the_average_color_and_knows_of_alpha(studio: Studio) -> None:
    plain = (pyvips.Image.black(20, 20, bands=3) + list(RED)).cast("uchar")
    opaque = plain.copy(interpretation="srgb").pngsave_buffer()

    whole = (await studio.pool.inspect(studio.keep(opaque))).thumbhash
    half = (await studio.pool.inspect(studio.keep(half_seen().pngsave_buffer()))).thumbhash

    assert [bool(each[2] & 0x80) for each in (whole, half)] == [False, True]
    assert all(
        abs(a - b) < 12
        for each in (whole, half)
        for a, b in zip(average_color(each), RED, strict=True)
    )
    # Half of it is opaque.
    assert abs((half[5] & 15) / 15 - 0.5) < 0.1
    assert waves(half) == (5, 5)
