"""An opened picture, whichever library reads it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypedDict

import pyvips

from keyshelf.media.images.failures import ImageTooLargeError
from keyshelf.media.images.formats import SourceFormat
from keyshelf.media.images.geometry import Size
from keyshelf.media.images.values import RenderLimits

_RED_GREEN_BLUE_ALPHA = 4

Thumbnail = Callable[[Size, int], pyvips.Image]
"""Renders so many frames, upright, each of exactly a size, one below the other, in sRGB."""


class ProfileOptions(TypedDict, total=False):
    """What libvips is told of color when it makes a thumbnail."""

    output_profile: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture whose header was read."""

    format: SourceFormat
    size: Size
    """Upright."""
    orientation: int
    frames: int
    has_alpha: bool
    scalable: bool
    """Whether it is drawn at any size, and its own size means little."""
    exif: bytes | None
    thumbnail: Thumbnail


def check_pixels(size: Size, frames: int, limits: RenderLimits) -> None:
    """Refuse to decode more pixels than may be. Raises `ImageTooLargeError`."""
    if size.pixels * frames > limits.pixels:
        raise ImageTooLargeError(
            "the picture has more pixels than may be read",
            width=size.width,
            height=size.height,
            frames=frames,
            most_pixels=limits.pixels,
        )


def profile_options(header: pyvips.Image) -> ProfileOptions:
    """Return how libvips makes a thumbnail of it in sRGB: by its profile, if it has one.

    Without one it would be taken through a transformation that changes nothing, slowly.
    """
    return {"output_profile": "srgb"} if header.get_typeof("icc-profile-data") else {}


def in_srgb(image: pyvips.Image) -> pyvips.Image:
    """Return a picture as eight bits of sRGB, with alpha if it has it."""
    image = image if image.interpretation == "srgb" else image.colourspace("srgb")
    if image.bands > _RED_GREEN_BLUE_ALPHA:
        # A scan may have more channels than colors; what they mean is in no picture.
        image = image.extract_band(0, n=_RED_GREEN_BLUE_ALPHA)
    return image if image.format == "uchar" else image.cast("uchar")
