"""Pictures are turned, cut and put on a background as they were asked for."""

import pytest
import pyvips

from keyshelf.media.images.formats import ImageFormat
from tests.integration.media.images.pictures import (
    BLUE,
    GREEN,
    RED,
    YELLOW,
    Studio,
    jpeg,
    near,
    opened,
    pixel,
    quarters,
)

pytestmark = pytest.mark.anyio


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
