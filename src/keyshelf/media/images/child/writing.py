"""Encoding: each format with the settings that Keyshelf uses. No metadata is kept."""

import pyvips

from keyshelf.media.images.formats import ImageFormat
from keyshelf.media.images.plans import RenderPlan

_AVIF_EFFORT = 3
"""As small as 4, in a third of its time."""
_NOTHING = 0  # of what libvips could keep: EXIF, XMP, IPTC, ICC, others
_ANY_QUALITY = 100  # of formats without


def write(image: pyvips.Image, plan: RenderPlan) -> bytes:
    """Return an image as a file. Raises `pyvips.Error`."""
    quality = plan.options.quality or _ANY_QUALITY
    match plan.format:
        case ImageFormat.JPG:
            return image.jpegsave_buffer(Q=quality, optimize_coding=True, keep=_NOTHING)
        case ImageFormat.WEBP:
            return image.webpsave_buffer(Q=quality, keep=_NOTHING)
        case ImageFormat.AVIF:
            return image.heifsave_buffer(
                Q=quality, compression="av1", effort=_AVIF_EFFORT, bitdepth=8, keep=_NOTHING
            )
        case ImageFormat.PNG:
            return image.pngsave_buffer(keep=_NOTHING)
        case ImageFormat.GIF:
            return image.gifsave_buffer(keep=_NOTHING)
