"""Formats that libvips does not read here: other libraries decode them whole, into memory."""

from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path
from typing import TypeVar

import pillow_heif
import pyvips
from PIL import Image
from pillow_jxl import JpegXLImagePlugin

from keyshelf.media.images.child.jxl_header import read_size
from keyshelf.media.images.child.picture import (
    Picture,
    Thumbnail,
    check_pixels,
    in_srgb,
    profile_options,
)
from keyshelf.media.images.child.vips import failure_of
from keyshelf.media.images.failures import UnreadableImageError
from keyshelf.media.images.formats import SourceFormat
from keyshelf.media.images.geometry import Size
from keyshelf.media.images.values import RenderLimits

Opened = TypeVar("Opened")

_BANDS: Mapping[str, tuple[int, str]] = {
    "L": (1, "uchar"),
    "LA": (2, "uchar"),
    "RGB": (3, "uchar"),
    "RGBA": (4, "uchar"),
    "I;16": (1, "ushort"),
}

pillow_heif.register_heif_opener(  # pyright: ignore[reportUnknownMemberType] -- untyped options
    thumbnails=False, depth_images=False, aux_images=False, decode_threads=1
)
JpegXLImagePlugin.DECODE_THREADS = 0
# Ours are checked, by header, before anything is decoded.
Image.MAX_IMAGE_PIXELS = None


def open_heic(path: Path, limits: RenderLimits) -> Picture:
    """Open a HEIC file; it is turned upright by its own transformations, not by EXIF.

    Raises `UnreadableImageError`, `ImageTooLargeError`.
    """
    image = _opened(lambda: Image.open(path, formats=["HEIF"]))
    return _picture(image, SourceFormat.HEIC, limits)


def open_jxl(path: Path, limits: RenderLimits) -> Picture:
    """Open a JPEG XL file. Its library decodes while it opens, so the size is read before.

    Raises `UnreadableImageError`, `ImageTooLargeError`.
    """
    data = path.read_bytes()
    check_pixels(read_size(data), 1, limits)
    image = _opened(lambda: Image.open(BytesIO(data), formats=["JXL"]))
    return _picture(image, SourceFormat.JXL, limits)


def _picture(image: Image.Image, found: SourceFormat, limits: RenderLimits) -> Picture:
    size = Size(image.width, image.height)
    check_pixels(size, 1, limits)
    return Picture(
        format=found,
        size=size,
        orientation=image.info.get("original_orientation") or 1,
        frames=1,
        has_alpha=image.mode.endswith("A"),
        scalable=False,
        exif=image.info.get("exif"),
        thumbnail=_thumbnail_of(image),
    )


def _thumbnail_of(image: Image.Image) -> Thumbnail:
    def thumbnail(size: Size, frames: int) -> pyvips.Image:
        del frames
        whole = _pixels_of(image)
        scaled = whole.thumbnail_image(
            size.width,
            height=size.height,
            size="force",
            no_rotate=True,
            **profile_options(whole),
        )
        return in_srgb(scaled)

    return thumbnail


def _pixels_of(image: Image.Image) -> pyvips.Image:
    if image.mode not in _BANDS:
        raise UnreadableImageError("the picture's kind of pixels is not read", mode=image.mode)
    bands, kind = _BANDS[image.mode]
    data = _opened(image.tobytes)
    pixels = pyvips.Image.new_from_memory(data, image.width, image.height, bands, kind)
    grey = "grey16" if kind == "ushort" else "b-w"
    pixels = pixels.copy(interpretation=grey if bands < 3 else "srgb")
    if profile := image.info.get("icc_profile"):
        pixels.set_type(pyvips.GValue.blob_type, "icc-profile-data", profile)
    return pixels


def _opened(action: Callable[[], Opened]) -> Opened:
    try:
        return action()
    except Exception as error:
        # They raise whatever they trip over.
        raise failure_of(error) from error
