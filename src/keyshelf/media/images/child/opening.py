"""Opening pictures: the format by content, the size by header, nothing decoded yet."""

from pathlib import Path

import pyvips

from keyshelf.media.images.child.decoded import open_heic, open_jxl
from keyshelf.media.images.child.picture import (
    Picture,
    Thumbnail,
    check_pixels,
    in_srgb,
    profile_options,
)
from keyshelf.media.images.child.vips import LOADERS, reading
from keyshelf.media.images.failures import (
    ImageTooLargeError,
    RenderBrokenError,
    UnreadableImageError,
    UnrecognisedImageError,
)
from keyshelf.media.images.formats import HEAD_BYTES, SourceFormat, recognise
from keyshelf.media.images.geometry import Size
from keyshelf.media.images.values import RenderLimits

_FAIL_ON = "error"
_LEFT_TO_SHRINK = 1.25
"""What a JPEG decoder, which averages blocks, leaves at least to a better filter."""
_ANIMATED = {SourceFormat.GIF, SourceFormat.WEBP}


def open_picture(path: Path, limits: RenderLimits) -> Picture:
    """Return a picture whose header is good and within the limits.

    Raises `UnrecognisedImageError`, `UnreadableImageError`, `ImageTooLargeError`.
    """
    found = _recognised(path, limits)
    if found is SourceFormat.HEIC:
        return open_heic(path, limits)
    if found is SourceFormat.JXL:
        return open_jxl(path, limits)
    return _open_with_vips(path, found, limits)


def _recognised(path: Path, limits: RenderLimits) -> SourceFormat:
    try:
        with path.open("rb") as file:
            head, size = file.read(HEAD_BYTES), file.seek(0, 2)
    except OSError as error:
        # Missing, or outside of what this process may read.
        raise RenderBrokenError("the picture's file cannot be opened") from error
    found = recognise(head)
    if found is None:
        raise UnrecognisedImageError("this is no picture of a kind that is read")
    if size > limits.source_bytes:
        raise ImageTooLargeError(
            "the picture's file is larger than may be read",
            size=size,
            most_bytes=limits.source_bytes,
        )
    return found


def _open_with_vips(path: Path, found: SourceFormat, limits: RenderLimits) -> Picture:
    with reading():
        header = pyvips.Image.new_from_source(
            pyvips.Source.new_from_file(str(path)), "", access="sequential", fail_on=_FAIL_ON
        )
        loader = str(header.get("vips-loader"))
    if not loader.startswith(LOADERS[found]):
        raise UnreadableImageError("the picture's first bytes belie the rest")
    orientation = _number(header, "orientation", 1) if found is not SourceFormat.AVIF else 1
    size = Size(header.width, header.height)
    scalable = found is SourceFormat.SVG
    if not scalable:
        check_pixels(size, 1, limits)
    upright = Size(size.height, size.width) if orientation >= 5 else size
    return Picture(
        format=found,
        size=upright,
        orientation=orientation,
        frames=_number(header, "n-pages", 1) if found in _ANIMATED else 1,
        has_alpha=bool(header.hasalpha()),
        scalable=scalable,
        exif=_exif(header),
        thumbnail=(
            _jpeg_thumbnail_of(path, upright, header)
            if found is SourceFormat.JPEG
            else _thumbnail_of(path, header)
        ),
    )


def _thumbnail_of(path: Path, header: pyvips.Image) -> Thumbnail:
    profile = profile_options(header)

    def thumbnail(size: Size, frames: int) -> pyvips.Image:
        # A source, because libvips would read brackets in a file's name as options; and the
        # options as text, because it forgets `fail_on` of a source otherwise.
        frames_read = "n=-1," if frames > 1 else ""
        return in_srgb(
            pyvips.Image.thumbnail_source(
                pyvips.Source.new_from_file(str(path)),
                size.width,
                height=size.height,
                size="force",
                option_string=f"[{frames_read}fail_on={_FAIL_ON}]",
                **profile,
            )
        )

    return thumbnail


def _jpeg_thumbnail_of(path: Path, upright: Size, header: pyvips.Image) -> Thumbnail:
    profile = profile_options(header)

    def thumbnail(size: Size, frames: int) -> pyvips.Image:
        del frames
        shrink = min(upright.width / size.width, upright.height / size.height)
        # libvips by itself lets the decoder shrink half as far, which takes a sixth longer
        # and looks the same.
        by = next((each for each in (8, 4, 2) if shrink >= each * _LEFT_TO_SHRINK), 1)
        image = pyvips.Image.jpegload_source(
            pyvips.Source.new_from_file(str(path)), shrink=by, access="sequential", fail_on=_FAIL_ON
        )
        return in_srgb(
            image.thumbnail_image(size.width, height=size.height, size="force", **profile)
        )

    return thumbnail


def _number(header: pyvips.Image, name: str, default: int) -> int:
    value = header.get(name) if header.get_typeof(name) else default
    return value if isinstance(value, int) else default


def _exif(header: pyvips.Image) -> bytes | None:
    value = header.get("exif-data") if header.get_typeof("exif-data") else None
    return value if isinstance(value, bytes) else None
