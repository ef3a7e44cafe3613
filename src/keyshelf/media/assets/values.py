"""What is known of media, by the hash of their content."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from keyshelf.jobs.values import Payload
from keyshelf.layout.keys import ObjectKey
from keyshelf.layout.media import MediaHash


class AssetKind(StrEnum):
    """What media are, as their bytes tell."""

    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Why a look told nothing: a stable code and a sentence."""

    code: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a look at the bytes told; of what cannot be read, why."""

    kind: AssetKind
    mimetype: str | None = None
    width: int | None = None
    """Of the upright picture."""
    height: int | None = None
    duration_ms: int | None = None
    orientation: int | None = None
    """As EXIF counts them, 1 to 8."""
    taken_at: datetime | None = None
    """By the camera's clock, without a zone."""
    thumbhash: bytes | None = None
    dominant_color: int | None = None
    """0xRRGGBB"""
    more: Payload | None = None
    """Streams of a film, frames of a picture."""
    unreadable: Unreadable | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """What lists show of media: what is known, and the pictures that are there."""

    hash: MediaHash
    facts: Facts
    thumbnail: ObjectKey | None
    large: ObjectKey | None
    """A picture that fills a screen; of a film its cover."""
    preview: ObjectKey | None
    """A film in short, moving."""
    is_awaited: bool
    """Whether pictures that stand for it in lists are being made."""
    has_stream: bool
    is_encrypted: bool
    """Whether the stream is."""
