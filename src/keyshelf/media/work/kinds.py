"""The kinds of jobs on media, and the stages that each is made of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from keyshelf.jobs.values import JobKind, Payload
from keyshelf.layout.keys import ObjectKey
from keyshelf.layout.media import MediaHash
from keyshelf.media.work.options import (
    AudioOptions,
    CoverOptions,
    FullOptions,
    Options,
    PreviewOptions,
    ThumbnailOptions,
    ThumbnailOutput,
    TranscodeOptions,
    parsed,
)
from keyshelf.media.work.values import MediaType, SourceVersion, Work

MakerName = Literal[
    "thumbnail", "cover", "preview", "transcode", "probe", "waveform", "mp3", "flac", "hls"
]

SOURCE = "source"
"""The stage that brings the source here and checks that it is what the hash says."""

_SMALL = timedelta(minutes=30)
# A bound for what nobody foresaw: each tool has a time of its own, by the film's duration.
_LARGE = timedelta(hours=72)


def _kind(media: MediaType, *, is_small: bool) -> JobKind:
    return JobKind(
        media.value,
        queue="small" if is_small else "large",
        max_attempts=8,
        timeout=_SMALL if is_small else _LARGE,
    )


KINDS: Mapping[MediaType, JobKind] = {
    MediaType.THUMBNAIL: _kind(MediaType.THUMBNAIL, is_small=True),
    MediaType.COVER: _kind(MediaType.COVER, is_small=True),
    MediaType.PREVIEW: _kind(MediaType.PREVIEW, is_small=True),
    MediaType.TRANSCODE: _kind(MediaType.TRANSCODE, is_small=False),
    MediaType.FULL: _kind(MediaType.FULL, is_small=False),
    MediaType.AUDIO: _kind(MediaType.AUDIO, is_small=False),
}
NAMES = frozenset(kind.name for kind in KINDS.values())

StepOptions = ThumbnailOutput | Options


@dataclass(frozen=True, slots=True)
class Step:
    """One stage of a job: its name, what makes it, and how."""

    name: str
    maker: MakerName
    options: StepOptions


def steps(work: Work) -> Sequence[Step]:
    """Return the stages of a job, after the source, in the order in which they are tried."""
    match options := parsed(work.type, work.options):
        case ThumbnailOptions(outputs=outputs):
            return [Step(f"{each.variant}.{each.format}", "thumbnail", each) for each in outputs]
        case CoverOptions():
            return [Step("cover", "cover", options)]
        case PreviewOptions():
            return [Step("preview", "preview", options)]
        case TranscodeOptions():
            return [Step("transcode", "transcode", options)]
        case FullOptions():
            return [
                Step("cover", "cover", options.cover),
                Step("preview", "preview", options.preview),
                Step("transcode", "transcode", options.transcode),
            ]
        case AudioOptions():
            # The quickest first, so that something is there early.
            wanted: Mapping[MakerName, object] = {
                "probe": True,
                "waveform": options.waveform,
                "mp3": options.mp3,
                "flac": options.flac,
                "hls": options.hls,
            }
            return [Step(name, name, options) for name, wish in wanted.items() if wish]


def payload_of(work: Work, *, owner: str, fingerprint: str) -> Payload:
    """Return what the row of a job says; `owner` is whose drive the source is in."""
    return {
        "type": work.type.value,
        "hash": work.hash,
        "source": work.source,
        "source_etag": work.version.etag,
        "source_size": work.version.size,
        "options": work.options,
        "owner": owner,
        "fingerprint": fingerprint,
    }


def work_of(payload: Payload) -> Work:
    """Read back what `payload_of` wrote."""
    options = payload["options"]
    size = payload["source_size"]
    assert isinstance(options, Mapping)  # noqa: S101 -- as it was written
    assert isinstance(size, int)  # noqa: S101 -- as it was written
    return Work(
        type=MediaType(str(payload["type"])),
        hash=MediaHash(str(payload["hash"])),
        source=ObjectKey(str(payload["source"])),
        version=SourceVersion(str(payload["source_etag"]), size),
        options=options,
    )
