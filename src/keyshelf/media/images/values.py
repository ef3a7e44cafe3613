"""What is told of pictures, and the bounds that rendering keeps."""

from datetime import datetime

import msgspec

from keyshelf.errors import InvalidInputError
from keyshelf.media.images.formats import ImageFormat, SourceFormat


class RenderLimits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one picture may cost."""

    source_bytes: int = 256 * 2**20
    """How large a file may be."""
    pixels: int = 200_000_000
    """How many pixels may be decoded, all frames together; read from the header first."""
    output_side: int = 8192
    """How wide and how high a result may be, in pixels."""
    frames: int = 200
    """How many frames of an animation may be rendered."""
    memory_bytes: int = 3 * 2**30
    """How much address space a rendering process may have."""


class RenderOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How pictures are rendered."""

    limits: RenderLimits = RenderLimits()
    seconds: float = 30
    """How long one picture may take before its process is ended."""
    at_once: int = 1
    """How many processes render."""
    waiting: int = 64
    """How many pictures may wait for one of them."""

    def __post_init__(self) -> None:
        if self.at_once < 1 or self.seconds <= 0 or self.waiting < 0:
            raise InvalidInputError("pictures are rendered by one process or more, in some time")


class Rendered(msgspec.Struct, frozen=True, kw_only=True, tag="rendered"):
    """A picture that was made. Its size is that of one frame."""

    format: ImageFormat
    width: int
    height: int
    frames: int
    data: bytes

    @property
    def mimetype(self) -> str:
        """The type that HTTP knows it by."""
        return self.format.mimetype


class PictureFacts(msgspec.Struct, frozen=True, kw_only=True, tag="facts"):
    """What a look at a picture tells."""

    format: SourceFormat
    mimetype: str
    width: int
    """Of the upright picture."""
    height: int
    orientation: int
    """As the file's EXIF counts it, 1 to 8."""
    taken_at: datetime | None
    """By the camera's clock, without a zone."""
    frames: int
    """Of an animation; 1 of everything else."""
    has_alpha: bool
    """Whether the file has room for transparency, used or not."""
    thumbhash: bytes
    """A blurred picture of some 25 bytes: https://evanw.github.io/thumbhash/."""
    dominant_color: int
    """0xRRGGBB"""
