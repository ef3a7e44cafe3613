"""Looking at a file: what is in a picture, a film or a recording."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from keyshelf.errors import Error
from keyshelf.jobs.values import JSON
from keyshelf.media.assets.values import AssetKind, Facts, Unreadable
from keyshelf.media.images.pool import RenderPool
from keyshelf.media.recognising import Seems
from keyshelf.media.tools.finding import Tools
from keyshelf.media.tools.probe import probe
from keyshelf.media.tools.probed import AudioStream, Probe, SubtitleStream, VideoStream
from keyshelf.media.tools.scratch import Scratch

_TYPES: Mapping[str, str] = {
    "mp4": "mp4",
    "matroska": "x-matroska",
    "avi": "x-msvideo",
    "mpegts": "mp2t",
    "mpeg": "mpeg",
    "flv": "x-flv",
    "asf": "x-ms-asf",
    "mxf": "mxf",
    "ogg": "ogg",
    "wav": "wav",
    "w64": "wav",
    "aiff": "aiff",
    "caf": "x-caf",
    "mp3": "mpeg",
    "aac": "aac",
    "flac": "flac",
    "amr": "amr",
}
"""The second half of a media type, by FFmpeg's name of a container."""


@dataclass(frozen=True, slots=True)
class Eyes:
    """What files are looked at with."""

    renders: RenderPool
    """Of pictures in `scratch`."""
    tools: Tools
    scratch: Scratch


async def look(eyes: Eyes, path: Path, seems: Seems) -> Facts:
    """Return what a file in `scratch` holds.

    Raises what `RenderPool.inspect` and `probe` do: for what is damaged an
    `InvalidInputError`, for what is too large a `LimitError`.
    """
    if seems is Seems.PICTURE:
        return await _picture(eyes, path)
    async with eyes.scratch.folder() as folder:
        return _recording(await probe(eyes.tools, path, folder=folder))


def unreadable(kind: AssetKind, error: Error) -> Facts:
    """Return what is noted of media that cannot be read."""
    return Facts(kind=kind, unreadable=Unreadable(error.code, error.detail))


async def _picture(eyes: Eyes, path: Path) -> Facts:
    told = await eyes.renders.inspect(path)
    return Facts(
        kind=AssetKind.IMAGE,
        mimetype=told.mimetype,
        width=told.width,
        height=told.height,
        orientation=told.orientation,
        taken_at=told.taken_at,
        thumbhash=told.thumbhash,
        dominant_color=told.dominant_color,
        more={"format": told.format.value, "frames": told.frames, "has_alpha": told.has_alpha},
    )


def _recording(told: Probe) -> Facts:
    kind = AssetKind.VIDEO if told.video else AssetKind.AUDIO
    subtype = _TYPES.get(told.container)
    return Facts(
        kind=kind,
        mimetype=f"{kind}/{subtype}" if subtype else None,
        width=told.video.width if told.video else None,
        height=told.video.height if told.video else None,
        duration_ms=round(1000 * told.duration),
        more={
            "container": told.container,
            "tags": told.tags,
            "video": _video(told.video) if told.video else None,
            "audio": _each(told.audio),
            "subtitles": _each(told.subtitles),
        },
    )


def _video(stream: VideoStream) -> JSON:
    return {
        "codec": stream.codec,
        "width": stream.width,
        "height": stream.height,
        "rotation": stream.rotation,
        "frame_rate": round(float(stream.rate), 3),
        "is_vfr": stream.is_vfr,
        "is_interlaced": stream.is_interlaced,
        "bit_depth": stream.bit_depth,
        "hdr": stream.hdr,
    }


def _each(streams: Sequence[AudioStream] | Sequence[SubtitleStream]) -> JSON:
    return [_sound(each) if isinstance(each, AudioStream) else _text(each) for each in streams]


def _sound(stream: AudioStream) -> JSON:
    return {
        "codec": stream.codec,
        "language": stream.language,
        "title": stream.title,
        "channels": stream.channels,
        "layout": stream.layout,
        "sample_rate": stream.sample_rate,
    }


def _text(stream: SubtitleStream) -> JSON:
    return {
        "codec": stream.codec,
        "language": stream.language,
        "title": stream.title,
        "is_text": stream.is_text,
    }
