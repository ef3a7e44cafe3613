"""Formats of pictures: those that are made, and those that are read."""

from collections.abc import Mapping
from enum import StrEnum

from keyshelf.media.images.failures import UnsupportedImageFormatError


class ImageFormat(StrEnum):
    """What a picture is made in; the value is the extension of its name."""

    WEBP = "webp"
    AVIF = "avif"
    JPG = "jpg"
    PNG = "png"
    GIF = "gif"

    @property
    def mimetype(self) -> str:
        """The type that HTTP knows it by."""
        return "image/jpeg" if self is ImageFormat.JPG else f"image/{self.value}"

    @property
    def is_animated(self) -> bool:
        """Whether an animation keeps its frames in it."""
        return self in {ImageFormat.WEBP, ImageFormat.GIF}

    @property
    def has_alpha(self) -> bool:
        """Whether what is transparent stays so in it."""
        return self is not ImageFormat.JPG


DEFAULT_QUALITY: Mapping[ImageFormat, int] = {
    ImageFormat.WEBP: 80,
    ImageFormat.AVIF: 50,
    ImageFormat.JPG: 80,
}
"""Of formats that lose detail; png and gif have no quality."""


class SourceFormat(StrEnum):
    """What a picture can be read from."""

    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"
    GIF = "gif"
    AVIF = "avif"
    HEIC = "heic"
    TIFF = "tiff"
    SVG = "svg"
    JXL = "jxl"

    @property
    def mimetype(self) -> str:
        """The type that HTTP knows it by."""
        return "image/svg+xml" if self is SourceFormat.SVG else f"image/{self.value}"


HEAD_BYTES = 4096
"""How much of a file tells its format."""

_MAGIC: tuple[tuple[bytes, SourceFormat], ...] = (
    (b"\xff\xd8\xff", SourceFormat.JPEG),
    (b"\x89PNG\r\n\x1a\n", SourceFormat.PNG),
    (b"GIF87a", SourceFormat.GIF),
    (b"GIF89a", SourceFormat.GIF),
    (b"II*\0", SourceFormat.TIFF),
    (b"MM\0*", SourceFormat.TIFF),
    (b"II+\0", SourceFormat.TIFF),
    (b"MM\0+", SourceFormat.TIFF),
    (b"\xff\x0a", SourceFormat.JXL),
    (b"\0\0\0\x0cJXL \r\n\x87\n", SourceFormat.JXL),
)
_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"}
_AVIF_BRANDS = {b"avif", b"avis"}


def output_format(extension: str) -> ImageFormat | None:
    """Return the format that an extension asks for; None is `auto`.

    Raises `UnsupportedImageFormatError`.
    """
    name = extension.lower()
    if name == "auto":
        return None
    if name == "jpeg":
        return ImageFormat.JPG
    try:
        return ImageFormat(name)
    except ValueError as error:
        raise UnsupportedImageFormatError(
            "pictures are made as webp, avif, jpg, png, gif or auto", got=extension[:40]
        ) from error


def recognise(head: bytes) -> SourceFormat | None:
    """Return the format of a file by its first `HEAD_BYTES`, or None if it is no picture."""
    for magic, found in _MAGIC:
        if head.startswith(magic):
            return found
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return SourceFormat.WEBP
    if head[4:8] == b"ftyp":
        return _by_brands(head)
    return SourceFormat.SVG if _is_svg(head) else None


def _by_brands(head: bytes) -> SourceFormat | None:
    # ISO 14496-12 §4.3: size, "ftyp", the major brand, its version, compatible brands.
    box = head[8 : min(int.from_bytes(head[:4], "big"), len(head))]
    brands = {box[at : at + 4] for at in range(0, len(box), 4) if at != 4}
    if brands & _AVIF_BRANDS:
        return SourceFormat.AVIF
    return SourceFormat.HEIC if brands & _HEIC_BRANDS else None


def _is_svg(head: bytes) -> bool:
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    return text.startswith((b"<svg", b"<?xml", b"<!")) and b"<svg" in head
