"""libvips, with nothing left in it that we do not read pictures with.

Its options come from the environment that `pool` gives: one thread, nothing on disk.
"""

import mmap
from collections.abc import Generator, Mapping
from contextlib import contextmanager

import pyvips

from keyshelf.errors import Error
from keyshelf.media.images.failures import (
    ImageMemoryError,
    RenderBrokenError,
    UnreadableImageError,
)
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

_SPARE_BYTES = 64 * 2**20
"""More than any step takes that tells no reason when it cannot have it, such as a thread."""
_NO_MEMORY = ("out of memory", "memory allocation error", "cannot allocate memory")
"""What libvips, libheif and the system say."""
_NOT_DONE, _NO_OPTION = "unable to ", "no property named"
"""What pyvips says of an operation that failed, and libvips of an option that it lacks."""
_OLDEST = (8, 18)
_VERSION = ".".join(str(pyvips.version(part)) for part in range(3))
_ALLOWED = ("Jpeg", "Png", "Webp", "Nsgif", "Tiff", "Svg", "Heif")

if not pyvips.at_least_libvips(*_OLDEST):
    # Installed from source beside the headers of libvips, pyvips is compiled for that one, and
    # takes the place of the wheel's.
    raise ImportError(
        "pyvips was compiled for a libvips of this system that is too old: install it again"
        " with PKG_CONFIG_LIBDIR=/nonexistent"
    )
pyvips.operation_block_set("VipsForeignLoad", state=True)
for _name in _ALLOWED:
    pyvips.operation_block_set(f"VipsForeignLoad{_name}", state=False)
# A picture is rendered once: what libvips would keep of it is only memory.
pyvips.cache_set_max(0)


@contextmanager
def reading() -> Generator[None]:
    """Turn the failures of libvips in the block into ours.

    What libvips says holds file names and is for its developers. What it refuses before it
    has seen the picture is no fault of that: raises `RenderBrokenError`.
    """
    try:
        yield
    except pyvips.Error as error:
        if not _has_begun(error):
            raise RenderBrokenError(
                f"libvips {_VERSION} does not know what it is asked for: install keyshelf again"
            ) from error
        raise failure_of(error) from error


def _has_begun(error: pyvips.Error) -> bool:
    said = str(error)
    return said.startswith(_NOT_DONE) and _NO_OPTION not in said


def failure_of(error: Exception) -> Error:
    """Return what a library's failure amounts to: a damaged picture, or too little memory.

    It is asked for while what the picture took is still held.
    """
    said = str(error).lower()
    is_told = isinstance(error, MemoryError) or any(words in said for words in _NO_MEMORY)
    if is_told or not _has_room():
        return ImageMemoryError("the picture needs more memory than KEYSHELF_IMAGE_MEMORY_MIB")
    return UnreadableImageError("the picture is damaged or cut off")


def _has_room() -> bool:
    try:
        mmap.mmap(-1, _SPARE_BYTES).close()
    except (OSError, MemoryError):
        return False
    return True
