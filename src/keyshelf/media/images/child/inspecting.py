"""What a look at a picture tells, its own metadata included."""

from datetime import datetime

from PIL import Image

from keyshelf.media.images.child.colors import dominant_color
from keyshelf.media.images.child.picture import Picture
from keyshelf.media.images.child.thumbhash import thumbhash
from keyshelf.media.images.child.vips import reading
from keyshelf.media.images.geometry import measure
from keyshelf.media.images.options import ImageOptions
from keyshelf.media.images.values import PictureFacts

_SAMPLE = ImageOptions(width=48, height=48)
"""Large enough for what a ThumbHash keeps, seven waves a side, and quick to go through."""

# EXIF 2.32: tags of the first directory and of the one that it points at.
_EXIF_FOLDER = 0x8769
_DATE_TAGS = (0x9003, 0x9004)  # when it was taken, when it was digitized
_CHANGED = 0x0132


def inspect(picture: Picture) -> PictureFacts:
    """Return the facts of a picture. Raises `UnreadableImageError`."""
    size = measure(picture.size, _SAMPLE).resized
    with reading():
        sample = picture.thumbnail(size, 1)
        sample = sample if sample.hasalpha() else sample.addalpha()
        pixels = bytes(sample.write_to_memory())
    return PictureFacts(
        format=picture.format,
        mimetype=picture.format.mimetype,
        width=picture.size.width,
        height=picture.size.height,
        orientation=picture.orientation,
        taken_at=taken_at(picture.exif),
        frames=picture.frames,
        has_alpha=picture.has_alpha,
        thumbhash=thumbhash(size.width, size.height, pixels),
        dominant_color=dominant_color(pixels),
    )


def taken_at(exif: bytes | None) -> datetime | None:
    """Return when a picture was taken, if its EXIF tells; damaged EXIF tells nothing."""
    if not exif:
        return None
    tags = Image.Exif()
    try:
        tags.load(exif)
        inner = tags.get_ifd(_EXIF_FOLDER)
        said = [*(inner.get(tag) for tag in _DATE_TAGS), tags.get(_CHANGED)]
    except Exception:  # noqa: BLE001 -- the parser raises whatever it trips over
        return None
    return next((found for each in said if (found := _moment(each)) is not None), None)


def _moment(text: object) -> datetime | None:
    try:
        # The zone is another tag, rarely there: it is the camera's own time.
        return datetime.strptime(str(text).rstrip("\0 "), "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007
    except ValueError:
        return None
