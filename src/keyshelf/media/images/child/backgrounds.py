"""What is behind a picture."""

import pyvips

from keyshelf.media.images.formats import ImageFormat
from keyshelf.media.images.geometry import Size

_WHITE = "ffffff"


def flattened(frame: pyvips.Image, background: str | None) -> pyvips.Image:
    """Return a frame without transparency: the background, or white, shows through."""
    return frame.flatten(background=_color(background)) if frame.hasalpha() else frame


def padded(
    frame: pyvips.Image,
    corner: tuple[int, int],
    canvas: Size,
    background: str | None,
    image_format: ImageFormat,
) -> pyvips.Image:
    """Return a frame on a canvas: of the background's color, else transparent, else white."""
    around = _color(background)
    if background is None and image_format.has_alpha:
        frame = frame if frame.hasalpha() else frame.addalpha()
        around = [0.0] * frame.bands
    return frame.embed(*corner, canvas.width, canvas.height, extend="background", background=around)


def _color(background: str | None) -> list[float]:
    return [float(each) for each in bytes.fromhex(background or _WHITE)]
