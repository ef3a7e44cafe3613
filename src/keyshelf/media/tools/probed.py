"""What is known of a film or a recording before it is decoded."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

TEXT_SUBTITLES = frozenset({"mov_text", "subrip", "srt", "ass", "ssa", "webvtt", "text"})
"""Subtitle codecs that are text, and can be made WebVTT; the others are pictures."""

_INDEXED = frozenset({"mp4", "matroska"})


class Hdr(StrEnum):
    """How a picture of high dynamic range says how bright it is."""

    PQ = "pq"
    """SMPTE ST 2084: HDR10, HDR10+, Dolby Vision."""
    HLG = "hlg"
    """ARIB STD-B67."""


@dataclass(frozen=True, slots=True)
class VideoStream:
    """The moving picture. `index` is FFmpeg's number of the stream in the file."""

    index: int
    codec: str
    width: int
    """Of the picture as it is shown: upright and with square pixels."""
    height: int
    rotation: int
    """By how many degrees clockwise it is turned to be upright: 0, 90, 180 or 270."""
    sar: Fraction
    """How wide a stored pixel is, its height being 1."""
    rate: Fraction
    """Frames a second, on average."""
    is_vfr: bool
    """Whether frames seem to last unequally."""
    is_interlaced: bool
    pixel_format: str
    bit_depth: int
    primaries: str | None
    """Colour, in FFmpeg's words; None where the file does not say."""
    transfer: str | None
    matrix: str | None
    hdr: Hdr | None


@dataclass(frozen=True, slots=True)
class AudioStream:
    """One sound track."""

    index: int
    codec: str
    language: str
    """Three letters of ISO 639-2, or `und`."""
    title: str | None
    channels: int
    layout: str | None
    """In FFmpeg's words, such as `stereo` or `5.1(side)`."""
    sample_rate: int
    is_default: bool


@dataclass(frozen=True, slots=True)
class SubtitleStream:
    """One track of subtitles."""

    index: int
    codec: str
    language: str
    """Three letters of ISO 639-2, or `und`."""
    title: str | None
    is_default: bool
    is_forced: bool

    @property
    def is_text(self) -> bool:
        """Whether it can be made WebVTT."""
        return self.codec in TEXT_SUBTITLES


@dataclass(frozen=True, slots=True)
class Probe:
    """A file that FFmpeg reads."""

    container: str
    """FFmpeg's name of the format; `mp4` for the whole family of QuickTime, `matroska` for WebM."""
    duration: float
    """Seconds, as the header says or as was counted where it says nothing likely."""
    tags: dict[str, str]
    """What the file says of itself, such as `title` and `artist`, by lower-case name."""
    video: VideoStream | None
    audio: tuple[AudioStream, ...]
    subtitles: tuple[SubtitleStream, ...]

    @property
    def has_index(self) -> bool:
        """Whether a place in the middle is found without reading what is before it."""
        return self.container in _INDEXED
