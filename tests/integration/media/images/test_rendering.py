from collections.abc import Callable

import pytest
import pyvips

from keyshelf.media.images.failures import TooManyFramesError
from keyshelf.media.images.formats import ImageFormat
from keyshelf.media.images.pool import RenderPool
from keyshelf.media.images.values import RenderLimits, RenderOptions
from tests.integration.media.images.pictures import (
    BLUE,
    GREEN,
    RED,
    YELLOW,
    Studio,
    distance,
    exif,
    jpeg,
    near,
    opened,
    pixel,
    plan,
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


def half_seen() -> pyvips.Image:
    """Red, opaque on the left, transparent on the right."""
    alpha = pyvips.Image.black(64, 64).draw_rect([255], 0, 0, 32, 64, fill=True)
    red = (pyvips.Image.black(64, 64, bands=3) + list(RED)).cast("uchar")
    return red.copy(interpretation="srgb").bandjoin(alpha.cast("uchar"))


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


@pytest.mark.parametrize(
    ("options", "corner"),
    [
        ("rot-90", BLUE),
        ("rot-180", YELLOW),
        ("rot-270", GREEN),
        ("flip-h", GREEN),
        ("flip-v", BLUE),
        ("flip-hv", YELLOW),
        ("rot-90_flip-h", RED),
    ],
)
async def test_pictures_are_turned_and_mirrored(
    studio: Studio, options: str, corner: tuple[int, int, int]
) -> None:
    rendered = await studio.render(jpeg(quarters(64, 64)), f"w32_{options}")

    assert near(pixel(opened(rendered), 4, 4), corner)


@pytest.mark.parametrize(
    ("gravity", "color"),
    [
        ("g-northwest", RED),
        ("g-northeast", GREEN),
        ("g-southwest", BLUE),
        ("g-southeast", YELLOW),
        ("g-fp:0:0", RED),
        ("g-fp:1:0.2", GREEN),
        ("g-fp:0.1:0.9", BLUE),
    ],
)
async def test_gravity_chooses_what_is_kept(
    studio: Studio, gravity: str, color: tuple[int, int, int]
) -> None:
    whole = quarters(90, 30) if "fp:" not in gravity else quarters(90, 90)
    data = jpeg(whole)

    wide = opened(await studio.render(data, f"w10_h30_fit-cover_{gravity}"))
    high = opened(await studio.render(data, f"w30_h10_fit-cover_{gravity}"))

    across, down = color in {GREEN, YELLOW}, color in {BLUE, YELLOW}
    left_or_right = pixel(wide, 5, 8)
    top_or_bottom = pixel(high, 8, 5)
    assert near(left_or_right, GREEN if across else RED)
    assert near(top_or_bottom, BLUE if down else RED) or "fp:" not in gravity


@pytest.mark.parametrize("gravity", ["g-smart", "g-entropy"])
async def test_a_smart_crop_keeps_what_stands_out(studio: Studio, gravity: str) -> None:
    grey = (pyvips.Image.black(200, 60, bands=3) + 128).cast("uchar").copy(interpretation="srgb")
    noise = pyvips.Image.gaussnoise(40, 40, mean=128, sigma=70, seed=7).cast("uchar")
    data = grey.insert(noise.bandjoin([noise.rot("d90"), noise.fliphor()]), 150, 10)

    rendered = await studio.render(data.pngsave_buffer(), f"w60_h60_fit-cover_{gravity}")

    assert opened(rendered).deviate() > 25


@pytest.mark.parametrize(
    ("image_format", "options", "around"),
    [
        (ImageFormat.PNG, "", (0, 0, 0, 0)),
        (ImageFormat.WEBP, "", (0, 0, 0, 0)),
        (ImageFormat.JPG, "", (255, 255, 255)),
        (ImageFormat.PNG, "_bg-f00", (255, 0, 0)),
    ],
)
async def test_a_contained_picture_has_background_around_it(
    studio: Studio, image_format: ImageFormat, options: str, around: tuple[int, ...]
) -> None:
    rendered = await studio.render(
        jpeg(quarters(64, 32)), f"w60_h60_fit-contain{options}", image_format
    )

    image = opened(rendered)
    assert near(pixel(image, 30, 4), around, by=4)
    assert near(pixel(image, 8, 20)[:3], RED)


async def test_a_grey_picture_may_have_a_colored_background(studio: Studio) -> None:
    grey = quarters(32, 16).colourspace("b-w").pngsave_buffer()

    rendered = await studio.render(grey, "w32_h32_fit-contain_bg-1e1eb4", ImageFormat.JPG)

    assert near(pixel(opened(rendered), 16, 3), (30, 30, 180))


async def test_nothing_is_enlarged_unless_asked(studio: Studio) -> None:
    data = jpeg(quarters(20, 20))

    plain = await studio.render(data, "w40")
    larger = await studio.render(data, "w40_enlarge")

    assert (plain.width, larger.width) == (20, 40)


def animation(save: str = "gif", frames: int = 3) -> bytes:
    """Frames of red, green, blue, …, each with delays of its own."""
    colors = [RED, GREEN, BLUE] * frames
    pages = [
        (pyvips.Image.black(40, 20, bands=3) + list(color)).cast("uchar")
        for color in colors[:frames]
    ]
    joined = pyvips.Image.arrayjoin(pages, across=1).copy(interpretation="srgb")
    joined.set_type(pyvips.GValue.gint_type, "page-height", 20)
    joined.set_type(pyvips.GValue.array_int_type, "delay", [(n + 1) * 100 for n in range(frames)])
    joined.set_type(pyvips.GValue.gint_type, "loop", 2)
    return joined.write_to_buffer(f".{save}")


@pytest.mark.parametrize("source", ["gif", "webp"])
@pytest.mark.parametrize("image_format", [ImageFormat.GIF, ImageFormat.WEBP])
@pytest.mark.parametrize("options", ["w20", "w20_h20_fit-contain_rot-90", "w10_h10_fit-cover"])
async def test_animations_keep_their_frames_and_times(
    studio: Studio, source: str, image_format: ImageFormat, options: str
) -> None:
    rendered = await studio.render(animation(source), options, image_format)

    image = opened(rendered)
    height = image.get_page_height()
    middle = rendered.width // 2, height // 2
    assert (rendered.frames, rendered.height) == (3, height)
    assert (image.get("n-pages"), image.get("delay"), image.get("loop")) == (
        3,
        [100, 200, 300],
        2,
    )
    seen = [pixel(image, middle[0], middle[1] + n * height)[:3] for n in range(3)]
    assert all(near(one, other, by=25) for one, other in zip(seen, (RED, GREEN, BLUE), strict=True))


@pytest.mark.parametrize(
    ("image_format", "options"),
    [(ImageFormat.JPG, "w20"), (ImageFormat.AVIF, "w20"), (ImageFormat.WEBP, "w20_still")],
)
async def test_a_still_is_the_first_frame(
    studio: Studio, image_format: ImageFormat, options: str
) -> None:
    rendered = await studio.render(animation(), options, image_format)

    image = opened(rendered)
    assert (rendered.frames, image.width, image.height) == (1, 20, 10)
    assert near(pixel(image, 10, 5)[:3], RED)


async def test_an_animation_of_too_many_frames_can_still_be_a_still(studio: Studio) -> None:
    options = RenderOptions(at_once=1, limits=RenderLimits(frames=2))
    path = studio.keep(animation())
    async with RenderPool(options, folder=studio.folder) as pool:
        with pytest.raises(TooManyFramesError):
            await pool.render(path, plan("w20", ImageFormat.WEBP))

        still = await pool.render(path, plan("w20_still", ImageFormat.WEBP))

    assert still.frames == 1


async def test_of_a_tiff_the_first_page_is_taken(studio: Studio) -> None:
    pages = pyvips.Image.arrayjoin([quarters(40, 40), quarters(40, 40).invert()], across=1)
    pages = pages.copy()
    pages.set_type(pyvips.GValue.gint_type, "page-height", 40)

    rendered = await studio.render(pages.tiffsave_buffer(), "w20", ImageFormat.WEBP)

    assert (rendered.frames, rendered.height) == (1, 20)
    assert near(pixel(opened(rendered), 4, 4), RED, by=25)


SVG = (
    b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="40" height="20">'
    b'<rect width="40" height="20" fill="#c81e1e"/></svg>'
)


async def test_an_svg_says_its_size_as_it_likes(studio: Studio) -> None:
    shown = b'<svg xmlns="http://www.w3.org/2000/svg" %s><rect width="9999" height="9999"/></svg>'
    path = studio.keep(shown % b'width="1000000" height="500000"')

    rendered = await studio.pool.render(path, plan("w32"))
    facts = await studio.pool.inspect(path)
    boxed = await studio.render(shown % b'viewBox="0 0 100 50"', "w32")

    assert (rendered.height, boxed.height) == (16, 16)
    assert (facts.width, facts.height) == (1_000_000, 500_000)


async def test_an_svg_is_drawn_as_large_as_it_is_asked_for(studio: Studio) -> None:
    small = await studio.render(SVG, "")
    large = await studio.render(SVG, "w400")

    assert (small.width, small.height) == (40, 20)
    assert (large.width, large.height) == (400, 200)
    assert near(pixel(opened(large), 200, 100), (*RED, 255))
