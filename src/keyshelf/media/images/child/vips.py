"""libvips, with nothing left in it that we do not read pictures with.

Its options come from the environment that `pool` gives: one thread, nothing on disk.
"""

from collections.abc import Generator, Mapping
from contextlib import contextmanager

import pyvips

from keyshelf.errors import Error
from keyshelf.media.images.failures import ImageMemoryError, UnreadableImageError
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

_NO_MEMORY = ("out of memory", "memory allocation error", "cannot allocate memory")
"""What libvips, libheif and the system say."""
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
        raise failure_of(error) from error


def failure_of(error: Exception) -> Error:
    """Return what a library's failure amounts to: a damaged picture, or too little memory."""
    said = str(error).lower()
    if isinstance(error, MemoryError) or any(words in said for words in _NO_MEMORY):
        return ImageMemoryError("the picture needs more memory than KEYSHELF_IMAGE_MEMORY_MIB")
    return UnreadableImageError("the picture is damaged or cut off")
