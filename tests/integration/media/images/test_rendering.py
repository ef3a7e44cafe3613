"""Pictures look as their sources, and tell nothing else of them."""

from collections.abc import Callable

import pytest
import pyvips

from keyshelf.media.images.formats import ImageFormat
from tests.integration.media.images.pictures import (
    GREEN,
    RED,
    Studio,
    distance,
    exif,
    half_seen,
    jpeg,
    near,
    opened,
    pixel,
    quarters,
)

pytestmark = pytest.mark.anyio

FORMATS = list(ImageFormat)
SECRETS = (b"A camera", b"GPS", b"Exif", b"exif", b"eXIf", b"http://ns.adobe", b"ICC_PROFILE")


# What a camera stores with each orientation, so that it is seen upright.
STORED: dict[int, Callable[[pyvips.Image], pyvips.Image]] = {
    1: lambda upright: upright,
    2: lambda upright: upright.fliphor(),
    3: lambda upright: upright.rot("d180"),
    4: lambda upright: upright.flipver(),
    5: lambda upright: upright.rot("d270").flipver(),
    6: lambda upright: upright.rot("d270"),
    7: lambda upright: upright.rot("d90").flipver(),
    8: lambda upright: upright.rot("d90"),
}


@pytest.mark.parametrize("orientation", STORED)
async def test_pictures_are_upright(studio: Studio, orientation: int) -> None:
    upright = quarters(96, 64)
    stored = jpeg(STORED[orientation](upright), exif(orientation))

    whole = await studio.render(stored, "")
    scaled = await studio.render(stored, "w48_h32_fit-cover")

    assert distance(opened(whole), upright) < 3
    assert distance(opened(scaled), quarters(48, 32)) < 6


@pytest.mark.parametrize("image_format", FORMATS)
async def test_no_metadata_survives(studio: Studio, image_format: ImageFormat) -> None:
    data = jpeg(quarters(64, 64), exif(1, gps=True, taken="2021:03:04 05:06:07"))
    assert b"A camera" in data

    rendered = await studio.render(data, "w32", image_format)

    assert not [each for each in SECRETS if each in rendered.data]
    fields = opened(rendered).get_fields()
    assert not [each for each in fields if each.startswith(("exif", "xmp", "icc", "iptc"))]


@pytest.mark.parametrize("image_format", FORMATS)
async def test_each_format_looks_like_the_source(studio: Studio, image_format: ImageFormat) -> None:
    source = quarters(128, 96)

    rendered = await studio.render(jpeg(source), "w64", image_format)

    assert rendered.format is image_format
    assert distance(opened(rendered), quarters(64, 48)) < 6


async def test_colors_of_another_profile_become_those_of_srgb(studio: Studio) -> None:
    srgb = quarters(64, 64)
    wide = srgb.icc_transform("p3", input_profile="srgb")
    assert distance(wide.copy(), srgb) > 4

    rendered = await studio.render(wide.jpegsave_buffer(Q=98), "w32")

    assert distance(opened(rendered), quarters(32, 32)) < 4


@pytest.mark.parametrize("profile", [True, False], ids=["with-profile", "without"])
async def test_cmyk_becomes_srgb(studio: Studio, profile: bool) -> None:
    cmyk = quarters(64, 64).icc_transform("cmyk", input_profile="srgb")
    if not profile:
        cmyk = cmyk.copy()
        cmyk.remove("icc-profile-data")
    data = cmyk.jpegsave_buffer(Q=98)

    rendered = await studio.render(data, "w32")

    assert distance(opened(rendered), quarters(32, 32)) < 25


async def test_sixteen_bits_become_eight(studio: Studio) -> None:
    deep = quarters(64, 64).colourspace("rgb16")

    rendered = await studio.render(deep.pngsave_buffer(), "w32")

    image = opened(rendered)
    assert image.format == "uchar"
    assert distance(image, quarters(32, 32)) < 4


async def test_grey_looks_the_same(studio: Studio) -> None:
    grey = quarters(64, 64).colourspace("b-w")

    rendered = await studio.render(grey.pngsave_buffer(), "w32")

    assert distance(opened(rendered), quarters(32, 32).colourspace("b-w")) < 4


async def test_deep_grey_with_alpha_becomes_eight_bits(studio: Studio) -> None:
    grey = (pyvips.Image.black(32, 32) + 128).cast("ushort") * 257
    alpha = (pyvips.Image.black(32, 32) + 65535).cast("ushort")
    data = grey.cast("ushort").copy(interpretation="grey16").bandjoin(alpha).pngsave_buffer()

    image = opened(await studio.render(data, "w16"))

    assert near(pixel(image, 8, 8), (128, 128, 128, 255), by=2)


async def test_palettes_are_read(studio: Studio) -> None:
    data = quarters(64, 64).pngsave_buffer(palette=True)

    rendered = await studio.render(data, "w32")

    assert distance(opened(rendered), quarters(32, 32)) < 6


def with_profile(image: pyvips.Image, profile: bytes) -> pyvips.Image:
    image = image.copy()
    kind = pyvips.GValue.blob_type
    image.set_type(kind, "icc-profile-data", profile)  # pyright: ignore[reportArgumentType] -- bytes
    return image


async def test_a_profile_that_makes_no_sense_is_as_good_as_none(studio: Studio) -> None:
    data = with_profile(quarters(64, 64), b"no profile" * 40).jpegsave_buffer(Q=95)

    rendered = await studio.render(data, "w32")

    assert distance(opened(rendered), quarters(32, 32)) < 4


async def test_channels_beyond_alpha_are_left_out(studio: Studio) -> None:
    white = pyvips.Image.black(64, 64) + 255
    five = quarters(64, 64).bandjoin(white).bandjoin(white).cast("uchar")

    for image_format in (ImageFormat.PNG, ImageFormat.JPG):
        rendered = await studio.render(five.tiffsave_buffer(), "w32", image_format)

        assert distance(opened(rendered), quarters(32, 32)) < 6


@pytest.mark.parametrize("image_format", [each for each in FORMATS if each.has_alpha])
async def test_what_is_transparent_stays_so(studio: Studio, image_format: ImageFormat) -> None:
    rendered = await studio.render(half_seen().pngsave_buffer(), "w32", image_format)

    image = opened(rendered)
    assert image.bands == 4
    assert near(pixel(image, 8, 16), (*RED, 255))
    assert pixel(image, 26, 16)[3] == 0


@pytest.mark.parametrize(
    ("options", "behind"), [("w32", (255, 255, 255)), ("w32_bg-1e1eb4", (30, 30, 180))]
)
async def test_a_jpeg_shows_the_background_through(
    studio: Studio, options: str, behind: tuple[int, int, int]
) -> None:
    rendered = await studio.render(half_seen().pngsave_buffer(), options, ImageFormat.JPG)

    image = opened(rendered)
    assert near(pixel(image, 8, 16), RED)
    assert near(pixel(image, 26, 16), behind)


async def test_a_blur_does_not_bring_out_hidden_colors(studio: Studio) -> None:
    hidden = half_seen()
    green = (pyvips.Image.black(64, 64, bands=3) + list(GREEN)).cast("uchar")
    mixed = (hidden[3] > 0).ifthenelse(hidden[:3], green).bandjoin(hidden[3])

    rendered = await studio.render(mixed.copy(interpretation="srgb").pngsave_buffer(), "blur-4")

    assert near(pixel(opened(rendered), 31, 32)[:3], RED)


async def test_blur_softens_edges_and_sharpening_hardens_them(studio: Studio) -> None:
    step = (pyvips.Image.black(64, 64) + 80).draw_rect([170], 32, 0, 32, 64, fill=True)
    data = step.cast("uchar").gaussblur(1).pngsave_buffer()

    rendered = [await studio.render(data, each) for each in ("blur-3", "", "sharpen-2")]

    soft, plain, hard = (
        pixel(each, 33, 8)[0] - pixel(each, 30, 8)[0] for each in map(opened, rendered)
    )
    assert soft * 1.2 < plain < hard / 1.05
