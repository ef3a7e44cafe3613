from collections.abc import Callable
from io import BytesIO

import pillow_heif
import pytest
import pyvips
from PIL import Image
from pillow_jxl import JpegXLImagePlugin

from keyshelf.media.images.formats import SourceFormat
from tests.integration.media.images.pictures import Studio, distance, exif, opened, quarters

pytestmark = pytest.mark.anyio


# Importing it taught Pillow to write JPEG XL.
assert JpegXLImagePlugin


def pillow(image: pyvips.Image, mode: str = "RGB") -> Image.Image:
    return Image.frombytes("RGB", (image.width, image.height), image.write_to_memory()).convert(
        mode
    )


def heic(image: Image.Image, **options: object) -> bytes:
    target = BytesIO()
    file = pillow_heif.from_pillow(image)
    file.save(target, quality=95, **options)  # pyright: ignore[reportUnknownMemberType] -- untyped options
    return target.getvalue()


def jxl(image: Image.Image, **options: object) -> bytes:
    target = BytesIO()
    image.save(target, "JXL", quality=95, **options)
    return target.getvalue()


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L"])
@pytest.mark.parametrize("save", [heic, jxl])
async def test_heic_and_jpeg_xl_are_read(
    studio: Studio, save: Callable[[Image.Image], bytes], mode: str
) -> None:
    data = save(pillow(quarters(96, 64), mode))

    rendered = await studio.render(data, "w48")
    facts = await studio.pool.inspect(studio.keep(data))

    expected = pillow(quarters(48, 32), mode).convert("RGB")
    assert distance(opened(rendered), pyvips.Image.new_from_array(expected)) < 6
    assert facts.format is (SourceFormat.HEIC if save is heic else SourceFormat.JXL)
    assert (facts.width, facts.height) == (96, 64)


async def test_a_heic_is_turned_once(studio: Studio) -> None:
    data = heic(pillow(quarters(96, 64)), exif=exif(6, taken="2020:01:02 03:04:05"))

    rendered = await studio.render(data, "")
    facts = await studio.pool.inspect(studio.keep(data))

    assert (facts.width, facts.height, facts.orientation) == (64, 96, 6)
    assert distance(opened(rendered), quarters(96, 64).rot("d90")) < 6
    assert str(facts.taken_at) == "2020-01-02 03:04:05"


async def test_a_jpeg_within_a_jpeg_xl_is_read(studio: Studio) -> None:
    inner = quarters(96, 64).jpegsave_buffer(Q=95)
    path = studio.keep(inner, "inner.jpg")
    target = BytesIO()
    with Image.open(path) as image:
        image.save(target, "JXL", lossless_jpeg=True)

    rendered = await studio.render(target.getvalue(), "w48")

    assert distance(opened(rendered), quarters(48, 32)) < 6
