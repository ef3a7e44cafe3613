import os
import random
import socket
import struct
import zlib
from pathlib import Path

import pytest
import pyvips
from PIL import Image

from keyshelf.errors import Error, InvalidInputError, LimitError
from keyshelf.media.images.failures import (
    ImageMemoryError,
    ImageOutputTooLargeError,
    ImageTooLargeError,
    RenderTooSlowError,
    UnreadableImageError,
    UnrecognisedImageError,
)
from keyshelf.media.images.formats import ImageFormat
from keyshelf.media.images.pool import RenderPool
from keyshelf.media.images.values import RenderLimits, RenderOptions
from tests.integration.media.images.pictures import (
    SVG,
    Studio,
    animation,
    exif,
    jpeg,
    opened,
    plan,
    quarters,
)
from tests.integration.media.images.test_other_libraries import heic, jxl, pillow

pytestmark = pytest.mark.anyio


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_bomb(side: int) -> bytes:
    """A valid header, and zeros that compress a thousand times."""
    header = struct.pack(">IIBBBBB", side, side, 8, 6, 0, 0, 0)
    rows = zlib.compress(bytes(10_000_000), 9)
    magic = b"\x89PNG\r\n\x1a\n"
    return magic + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def jpeg_bomb() -> bytes:
    data = bytearray(jpeg(quarters(16, 16)))
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", 65000, 65000)
    return bytes(data)


def gif_bomb() -> bytes:
    screen = struct.pack("<HH", 65535, 65535)
    return b"GIF89a" + screen + b"\0\0\0" + b"\x2c\0\0\0\0" + screen + b"\0\x02\x01\0\0\x3b"


def with_boxed_size(data: bytes, side: int) -> bytes:
    """Change what the `ispe` boxes of an AVIF or HEIC file say."""
    at = data.find(b"ispe")
    while at >= 0:
        data = data[: at + 8] + struct.pack(">II", side, side) + data[at + 16 :]
        at = data.find(b"ispe", at + 4)
    return data


GOOD = {
    "jpg": jpeg(quarters(64, 64), exif(6)),
    "png": quarters(64, 64).pngsave_buffer(),
    "webp": quarters(64, 64).webpsave_buffer(lossless=True),
    "gif": animation(),
    "avif": quarters(64, 64).heifsave_buffer(compression="av1", effort=0),
    "tiff": quarters(64, 64).tiffsave_buffer(compression="lzw"),
    "heic": heic(pillow(quarters(64, 64))),
    "jxl": jxl(pillow(quarters(64, 64))),
    "svg": SVG,
}
# JPEG XL, ISO 18181-1: not small, 30 bits of height, ratio 1:1.
JXL_BOMB = b"\xff\x0a" + (0b0 | 0b11 << 1 | (2**30 - 2) << 3 | 1 << 33).to_bytes(8, "little")
BOMBS = {
    "png": png_bomb(60_000),
    "jpg": jpeg_bomb(),
    "gif": gif_bomb(),
    "avif": with_boxed_size(GOOD["avif"], 60_000),
    "heic": with_boxed_size(GOOD["heic"], 60_000),
    "jxl": JXL_BOMB,
}


@pytest.mark.parametrize("kind", BOMBS)
async def test_a_bomb_is_refused_by_its_header(studio: Studio, kind: str) -> None:
    path = studio.keep(BOMBS[kind])

    with pytest.raises((ImageTooLargeError, UnreadableImageError)) as refused:
        await studio.pool.render(path, plan("w64"))
    with pytest.raises((ImageTooLargeError, UnreadableImageError)):
        await studio.pool.inspect(path)

    # libheif refuses such a header by itself.
    assert refused.type is ImageTooLargeError or kind in {"avif", "heic"}


# Of a GIF that is cut off, the frames that are there are shown, as everywhere.
@pytest.mark.parametrize("kind", [kind for kind in GOOD if kind != "gif"])
async def test_a_picture_that_is_cut_off_is_refused(studio: Studio, kind: str) -> None:
    data = GOOD[kind]

    for length in (len(data) * 3 // 4, len(data) // 2, 30):
        with pytest.raises((UnreadableImageError, UnrecognisedImageError)):
            await studio.render(data[:length], "w32")


OTHERS = {
    "nothing": b"",
    "text": b"only text\n" * 100,
    "csv": b"1,2,3\n4,5,6\n",
    "vips": b"\x08\xf2\xa6\xb6" + bytes(200),
    "matrix": b"3 3 1 0\n1 2 3\n4 5 6\n7 8 9\n",
    "ppm": b"P6\n4 4\n255\n" + bytes(48),
    "pdf": b"%PDF-1.7\n" + bytes(100),
    "postscript": b"%!PS-Adobe-3.0\n/Times findfont\n",
    "html": b"<!doctype html><script>alert(1)</script>",
    "playlist": b"#EXTM3U\nfile:///etc/passwd\n",
    "zipped svg": b"\x1f\x8b\x08\0" + bytes(40),
    "bmp": b"BM" + bytes(100),
}


@pytest.mark.parametrize("kind", OTHERS)
async def test_what_is_no_picture_is_refused_whatever_it_is_called(
    studio: Studio, kind: str
) -> None:
    path = studio.keep(OTHERS[kind], "picture.jpg")

    with pytest.raises(UnrecognisedImageError):
        await studio.pool.render(path, plan("w64"))


POLYGLOTS = {
    "gif and script": b"GIF89a/*" + bytes(20) + b"*/=1;alert(1)//",
    "svg in jpeg": b"\xff\xd8\xff\xe0" + SVG,
    "png in webp": b"RIFF\x10\0\0\0WEBP" + GOOD["png"],
    "heic that is jpeg": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + GOOD["jpg"],
    "tiff of nothing": b"II*\0\x08\0\0\0\xff\xff",
    "svg that is html": b"<!doctype html><html><body><svg></svg></body></html>",
}


@pytest.mark.parametrize("kind", POLYGLOTS)
async def test_what_only_begins_like_a_picture_is_refused(studio: Studio, kind: str) -> None:
    with pytest.raises(UnreadableImageError):
        await studio.render(POLYGLOTS[kind], "w64")


async def test_damaged_pictures_never_do_more_than_fail(studio: Studio) -> None:
    chance = random.Random(4)
    ends = {"rendered": 0, "refused": 0}

    for data in GOOD.values():
        for _ in range(8):
            damaged = bytearray(data)
            for _ in range(chance.choice((1, 4, 40))):
                damaged[chance.randrange(len(data))] = chance.randrange(256)
            try:
                await studio.render(bytes(damaged), "w32_rot-90", ImageFormat.WEBP)
                ends["rendered"] += 1
            except (InvalidInputError, LimitError):
                ends["refused"] += 1

    good = await studio.render(GOOD["jpg"], "w32")
    assert min(ends.values()) > 5
    assert good.width == 32


@pytest.fixture
def listener() -> socket.socket:
    server = socket.create_server(("127.0.0.1", 0))
    server.setblocking(False)
    return server


async def test_an_svg_opens_no_file_and_no_connection(
    studio: Studio, listener: socket.socket
) -> None:
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    # Whoever opened this would let the test open its other end.
    pipe = studio.folder / "pipe.png"
    os.mkfifo(pipe)
    red = studio.keep(GOOD["png"], "red.png")
    references = [pipe.as_uri(), "pipe.png", red.as_uri(), "red.png", f"{address}/a.png"]
    images = "".join(f'<image href="{each}" width="9" height="9"/>' for each in references)
    svg = f"""<?xml version="1.0"?>
        <?xml-stylesheet href="{address}/a.css" type="text/css"?>
        <!DOCTYPE svg SYSTEM "{address}/a.dtd" [<!ENTITY it SYSTEM "{pipe.as_uri()}">]>
        <svg xmlns="http://www.w3.org/2000/svg" xmlns:xi="http://www.w3.org/2001/XInclude"
             width="20" height="20">
        <style>@import url("{address}/b.css"); @font-face {{ src: url("{address}/f") }}</style>
        <xi:include href="{pipe.as_uri()}" parse="text"/>{images}
        <use href="{address}/a.svg#a"/></svg>"""

    rendered = await studio.render(svg.encode(), "w20")

    assert opened(rendered).avg() == 0
    with pytest.raises(BlockingIOError):
        listener.accept()
    with pytest.raises(OSError, match="No such device"):
        os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
    pipe.unlink()
    listener.close()


async def test_entities_that_multiply_are_refused(studio: Studio) -> None:
    entities = "".join(
        f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "<g/>" * 10}">' for n in range(9)
    )
    root = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">&e8;</svg>'
    svg = f"<!DOCTYPE svg [{entities}]>{root}"

    with pytest.raises(Error) as refused:
        await studio.render(svg.encode(), "w20")

    assert refused.type in {UnreadableImageError, RenderTooSlowError}


async def test_an_svg_that_is_nested_too_deep_is_refused(studio: Studio) -> None:
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">'

    with pytest.raises(UnreadableImageError):
        await studio.render(svg + b"<g>" * 50_000 + b"</g>" * 50_000 + b"</svg>", "w20")


SLOW = b"""<svg xmlns="http://www.w3.org/2000/svg" width="4000" height="4000"><filter id="f">
    <feTurbulence baseFrequency="0.05" numOctaves="400"/></filter>
    <rect width="4000" height="4000" filter="url(#f)"/></svg>"""


async def test_a_picture_that_takes_too_long_is_given_up_and_the_next_is_rendered(
    tmp_path: Path,
) -> None:
    slow, good = tmp_path / "slow", tmp_path / "good"
    slow.write_bytes(SLOW)
    good.write_bytes(GOOD["png"])
    async with RenderPool(RenderOptions(at_once=1, seconds=1.5), folder=tmp_path) as pool:
        with pytest.raises(RenderTooSlowError):
            await pool.render(slow, plan("w4000"))

        rendered = await pool.render(good, plan("w32"))

    assert rendered.width == 32


async def test_a_picture_that_needs_too_much_memory_is_refused_and_the_next_is_rendered(
    tmp_path: Path,
) -> None:
    large, flat, good = tmp_path / "large", tmp_path / "flat", tmp_path / "good"
    # Turning it needs all of it in memory, 197 MB.
    large.write_bytes(pyvips.Image.black(8100, 8100, bands=3).pngsave_buffer(compression=1))
    flat.write_bytes(heic(Image.new("RGB", (6500, 6500)), enc_params={"preset": "ultrafast"}))
    good.write_bytes(GOOD["png"])
    limits = RenderLimits(memory_bytes=320 * 2**20)
    options = RenderOptions(at_once=1, limits=limits, seconds=60)
    async with RenderPool(options, folder=tmp_path) as pool:
        first = (await pool.render(good, plan("w32"))).width
        with pytest.raises(ImageMemoryError):
            await pool.render(large, plan("rot-90"))
        with pytest.raises(ImageMemoryError):
            await pool.render(flat, plan("w32"))

        second = (await pool.render(good, plan("w32"))).width

    assert (first, second) == (32, 32)


@pytest.mark.parametrize(
    ("limits", "options", "refused"),
    [
        (RenderLimits(source_bytes=100), "w32", ImageTooLargeError),
        (RenderLimits(pixels=4000), "w32", ImageTooLargeError),
        (RenderLimits(output_side=100), "w101_enlarge", ImageOutputTooLargeError),
        (RenderLimits(output_side=100), "w9_h101_fit-contain", ImageOutputTooLargeError),
    ],
    ids=["bytes", "pixels", "width", "height"],
)
async def test_each_limit_has_its_error(
    tmp_path: Path, limits: RenderLimits, options: str, refused: type[Error]
) -> None:
    path = tmp_path / "picture"
    path.write_bytes(GOOD["png"])
    async with RenderPool(RenderOptions(at_once=1, limits=limits), folder=tmp_path) as pool:
        with pytest.raises(refused):
            await pool.render(path, plan(options))


async def test_a_sliver_is_not_scaled_to_more_than_may_be(studio: Studio) -> None:
    sliver = quarters(4000, 2).pngsave_buffer()

    with pytest.raises(ImageOutputTooLargeError):
        await studio.render(sliver, "w4000_h4000_fit-cover_enlarge")
