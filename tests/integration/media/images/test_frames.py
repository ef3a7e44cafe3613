"""What has frames, pages, or no size of its own."""

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
    SVG,
    Studio,
    animation,
    near,
    opened,
    pixel,
    plan,
    quarters,
)

pytestmark = pytest.mark.anyio


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
