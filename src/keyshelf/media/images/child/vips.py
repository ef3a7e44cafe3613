"""libvips, with nothing left in it that we do not read pictures with.

Its options come from the environment that `pool` gives: one thread, nothing on disk.
"""

from collections.abc import Generator, Mapping
from contextlib import contextmanager

import pyvips

from keyshelf.media.images.failures import UnreadableImageError
from keyshelf.media.images.formats import SourceFormat

LOADERS: Mapping[SourceFormat, str] = {
    SourceFormat.JPEG: "jpegload",
    SourceFormat.PNG: "pngload",
    SourceFormat.WEBP: "webpload",
    SourceFormat.GIF: "gifload",
    SourceFormat.TIFF: "tiffload",
    SourceFormat.SVG: "svgload",
    SourceFormat.AVIF: "heifload",
}
"""What each format that libvips reads for us is read by."""

_ALLOWED = ("Jpeg", "Png", "Webp", "Nsgif", "Tiff", "Svg", "Heif")

pyvips.operation_block_set("VipsForeignLoad", state=True)
for _name in _ALLOWED:
    pyvips.operation_block_set(f"VipsForeignLoad{_name}", state=False)
# A picture is rendered once: what libvips would keep of it is only memory.
pyvips.cache_set_max(0)


@contextmanager
def reading() -> Generator[None]:
    """Turn the failures of libvips in the block into ours.

    What libvips says holds file names and is for its developers.
    """
    try:
        yield
    except pyvips.Error as error:
        raise UnreadableImageError("the picture is damaged or cut off") from error
