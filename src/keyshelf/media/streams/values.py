"""What a stream is made of, and what is told of it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from uuid import UUID

from keyshelf.jobs.values import Payload
from keyshelf.layout.keys import ObjectKey
from keyshelf.layout.media import MediaHash, audio_key, video_key
from keyshelf.media.keys.service import ContentKeys
from keyshelf.media.parts import MediaParts
from keyshelf.media.tools.finding import Tools
from keyshelf.media.tools.probed import Probe
from keyshelf.media.video.plan import EncodePlan

Area = Literal["videos", "audio"]
Kind = Literal["video", "audio", "text"]

Report = Callable[[float, float | None], Awaitable[None]]
"""Is told how many seconds of how many are done; raises when the work is to end."""


@dataclass(frozen=True, slots=True)
class StreamParts:
    """What streams are made with."""

    media: MediaParts
    tools: Tools
    keys: ContentKeys
    public_url: str = ""
    """What the addresses of keys begin with; without it they are of the host that is asked."""


@dataclass(frozen=True, slots=True)
class Film:
    """A film whose picture is encoded, and how it is to be streamed."""

    hash: MediaHash
    job_id: UUID
    source: Path
    probe: Probe
    plan: EncodePlan
    tracks: Mapping[str, Path]
    """The encoded picture by track, such as `r720_h264`: whole, as fragmented MP4."""
    is_encrypted: bool = False
    is_levelled: bool = False
    """Whether sound is brought to the loudness of EBU R 128."""


@dataclass(frozen=True, slots=True)
class Recording:
    """Sound alone, and how it is to be streamed."""

    hash: MediaHash
    job_id: UUID
    source: Path
    probe: Probe
    is_encrypted: bool = False
    is_levelled: bool = False


@dataclass(frozen=True, slots=True)
class Track:
    """One rendition on its way into a stream."""

    id: str
    """Such as `r720_h264`, `ger_aac_2ch`; of subtitles the language."""
    kind: Kind
    file: Path
    folder: str
    """Where it is below the hash's own folder; no other encode has it."""
    language: str = "und"
    name: str = ""
    """For people; picture has none."""
    channels: int = 0
    is_default: bool = False
    is_chosen_by_language: bool = False
    is_forced: bool = False
    width: int = 0
    height: int = 0
    has_trick: bool = False
    """Whether it gets a playlist of keyframes alone, for going through the film quickly."""

    @property
    def playlist(self) -> str:
        """Where its playlist is below the hash's own folder."""
        return f"{self.folder}/playlist.m3u8"

    @property
    def trick_playlist(self) -> str:
        """Where the playlist of its keyframes is."""
        return f"{self.folder}/iframes.m3u8"


@dataclass(frozen=True, slots=True)
class Encode:
    """One making of a stream of a hash, and the folders below the hash's own that it has."""

    id: UUID
    hash: MediaHash
    area: Area
    job_id: UUID
    folders: Sequence[str]

    def key(self, path: str) -> ObjectKey:
        """Return the key of a part of it. Raises `IllegalMediaNameError`."""
        return stream_key(self.area, self.hash, path)


@dataclass(frozen=True, slots=True)
class StreamRendition:
    """A stream in the media store: its master playlist, and the size of all its objects."""

    key: ObjectKey
    size: int
    width: int | None
    height: int | None
    duration_ms: int
    facts: Payload
    kind: str = "stream"
    format: str = "m3u8"


@dataclass(frozen=True, slots=True)
class Published:
    """A stream that is live."""

    result: Payload
    renditions: Sequence[StreamRendition]


def stream_key(area: Area, media: MediaHash, path: str) -> ObjectKey:
    """Return the key of a part of a stream. Raises `IllegalMediaNameError`."""
    return video_key(media, path) if area == "videos" else audio_key(media, path)
