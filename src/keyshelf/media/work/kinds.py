"""The kinds of jobs on media, and the stages that each is made of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal

from keyshelf.jobs.values import JobKind, Payload, QueueName
from keyshelf.layout.keys import ObjectKey
from keyshelf.layout.media import MediaHash
from keyshelf.media.source_versions import SourceVersion
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
from keyshelf.media.work.values import MediaType, Work

MakerName = Literal[
    "thumbnail", "cover", "preview", "transcode", "probe", "waveform", "mp3", "flac", "hls"
]

SOURCE = "source"
"""The stage that brings the source here and checks that it is what the hash says."""

_LARGE_BYTES = 256 * 2**20

# Bounds for what nobody foresaw: each tool has a time of its own, by the film's duration. A
# cover needs the whole film here, which takes as long as the film is large.
_RENDERING = timedelta(minutes=30)
_READING = timedelta(hours=24)
_ENCODING = timedelta(hours=72)


def _kind(media: MediaType, queue: QueueName, timeout: timedelta) -> JobKind:
    return JobKind(media.value, queue=queue, max_attempts=8, timeout=timeout)


KINDS: Mapping[MediaType, JobKind] = {
    MediaType.THUMBNAIL: _kind(MediaType.THUMBNAIL, "small", _RENDERING),
    MediaType.COVER: _kind(MediaType.COVER, "small", _READING),
    MediaType.PREVIEW: _kind(MediaType.PREVIEW, "small", _READING),
    MediaType.TRANSCODE: _kind(MediaType.TRANSCODE, "large", _ENCODING),
    MediaType.FULL: _kind(MediaType.FULL, "large", _ENCODING),
    MediaType.AUDIO: _kind(MediaType.AUDIO, "large", _ENCODING),
}
NAMES = frozenset(kind.name for kind in KINDS.values())


def kind_of(work: Work) -> JobKind:
    """Return the kind of a job on a source: short work on a large one waits with its like."""
    kind = KINDS[work.type]
    if kind.queue == "small" and work.version.size >= _LARGE_BYTES:
        return replace(kind, queue="reading")
    return kind


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
