"""Pictures that tests make for themselves."""

import struct
from dataclasses import dataclass
from pathlib import Path

import pyvips
from PIL import Image

from keyshelf.media.images.formats import ImageFormat
from keyshelf.media.images.grammar import parse_options
from keyshelf.media.images.plans import RenderPlan, plan_of
from keyshelf.media.images.pool import RenderPool
from keyshelf.media.images.values import Rendered

RED, GREEN, BLUE, YELLOW = (200, 30, 30), (30, 180, 30), (30, 30, 200), (220, 220, 40)

SVG = (
    b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="40" height="20">'
    b'<rect width="40" height="20" fill="#c81e1e"/></svg>'
)


def quarters(width: int, height: int) -> pyvips.Image:
    """Red, green / blue, yellow: every turn and flip of it is another picture."""
    half = width // 2, height // 2
    image = pyvips.Image.black(width, height, bands=3) + list(YELLOW)
    image = image.cast("uchar").copy(interpretation="srgb")
    image = image.draw_rect(list(RED), 0, 0, *half, fill=True)
    image = image.draw_rect(list(GREEN), half[0], 0, width - half[0], half[1], fill=True)
    return image.draw_rect(list(BLUE), 0, half[1], half[0], height - half[1], fill=True)


def half_seen() -> pyvips.Image:
    """Red, opaque on the left, transparent on the right."""
    alpha = pyvips.Image.black(64, 64).draw_rect([255], 0, 0, 32, 64, fill=True)
    red = (pyvips.Image.black(64, 64, bands=3) + list(RED)).cast("uchar")
    return red.copy(interpretation="srgb").bandjoin(alpha.cast("uchar"))


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


def plan(options: str, image_format: ImageFormat = ImageFormat.PNG) -> RenderPlan:
    return plan_of(parse_options(options), image_format, {})


@dataclass(frozen=True)
class Studio:
    """A pool, and a folder for pictures that it may read."""

    pool: RenderPool
    folder: Path

    def keep(self, data: bytes, name: str = "picture") -> Path:
        path = self.folder / name
        path.write_bytes(data)
        return path

    async def render(
        self, data: bytes, options: str, image_format: ImageFormat = ImageFormat.PNG
    ) -> Rendered:
        return await self.pool.render(self.keep(data), plan(options, image_format))


def opened(rendered: Rendered) -> pyvips.Image:
    """Decode a result, all its frames."""
    if rendered.format is ImageFormat.GIF:
        image = pyvips.Image.gifload_buffer(rendered.data, n=-1)
    elif rendered.format is ImageFormat.WEBP:
        image = pyvips.Image.webpload_buffer(rendered.data, n=-1)
    else:
        image = pyvips.Image.new_from_buffer(rendered.data, "")
    return image.copy_memory()


def distance(one: pyvips.Image, other: pyvips.Image) -> float:
    """Return how far apart two pictures are on the average, 0 to 255."""
    assert (one.width, one.height) == (other.width, other.height)
    return (one.colourspace("srgb")[:3] - other.colourspace("srgb")[:3]).abs().avg()


def pixel(image: pyvips.Image, x: int, y: int) -> tuple[int, ...]:
    return tuple(round(each) for each in image.getpoint(x, y))


def near(one: tuple[int, ...], other: tuple[int, ...], *, by: int = 12) -> bool:
    return all(abs(a - b) <= by for a, b in zip(one, other, strict=False))


def exif(orientation: int = 1, *, gps: bool = False, taken: str | None = None) -> bytes:
    tags = Image.Exif()
    tags[0x0112] = orientation
    tags[0x010F] = "A camera"
    if taken:
        tags.get_ifd(0x8769)[0x9003] = taken
    if gps:
        tags.get_ifd(0x8825).update({1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 18.0)})
    return tags.tobytes()


def jpeg(image: pyvips.Image, exif_data: bytes | None = None) -> bytes:
    data = image.jpegsave_buffer(Q=95)
    if exif_data is None:
        return data
    body = exif_data if exif_data.startswith(b"Exif\0\0") else b"Exif\0\0" + exif_data
    return data[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + data[2:]
