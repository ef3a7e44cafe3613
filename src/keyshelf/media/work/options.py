"""The options of each type of work: what may be asked for, and how it is spelled canonically."""

import json
from collections.abc import Mapping
from typing import Annotated, Literal, TypeVar, cast

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from keyshelf.jobs.values import JSON
from keyshelf.media.video.preview import MOST_FRAMES, PreviewFormat
from keyshelf.media.work.failures import BadMediaOptionsError
from keyshelf.media.work.values import MediaType

RUNGS = (1080, 720, 480, 360, 240)
"""The short sides of the pictures that a film is encoded to."""

Codec = Literal["av1", "h264"]
Rung = Literal[1080, 720, 480, 360, 240]
ThumbnailFormat = Literal["webp", "avif", "jpg", "png", "gif"]
Bitrate = Literal[64, 96, 128, 160, 192, 224, 256, 320]

_CODECS: tuple[Codec, ...] = ("av1", "h264")
_PREVIEW_FORMATS: tuple[PreviewFormat, ...] = ("webp", "gif")
_ONE_WEEK = 7 * 86_400

Variant = Annotated[str, Meta(pattern=r"^[0-9A-Za-z][0-9A-Za-z_-]{0,63}\Z")]
Pixels = Annotated[int, Meta(ge=1, le=8192)]


class _Options(Struct, frozen=True, forbid_unknown_fields=True):
    pass


class ThumbnailOutput(_Options, frozen=True):
    """One picture. Without a height it is proportional; with both it is filled and cropped."""

    variant: Variant
    width: Pixels
    format: ThumbnailFormat
    height: Pixels | None = None


COVER_THUMBNAIL = ThumbnailOutput(variant="thumb", width=320, format="webp")
"""What a film's cover is shown as in lists, as pictures are."""


class ThumbnailOptions(_Options, frozen=True):
    """Which pictures are made of a picture."""

    outputs: Annotated[tuple[ThumbnailOutput, ...], Meta(min_length=1, max_length=16)] = (
        ThumbnailOutput(variant="thumb", width=320, format="webp"),
    )


class CoverOptions(_Options, frozen=True):
    """Which moment of a film stands for it; chosen when it is not told."""

    timestamp_sec: Annotated[float, Meta(ge=0, le=_ONE_WEEK)] | None = None


class PreviewOptions(_Options, frozen=True):
    """Which moments of a film move, how large and in which formats."""

    start_sec: Annotated[float, Meta(ge=0, le=_ONE_WEEK)] = 2.0
    duration: Annotated[float, Meta(ge=0.5, le=30)] = 3.0
    width: Annotated[int, Meta(ge=16, le=1920)] = 480
    fps: Annotated[int, Meta(ge=1, le=30)] = 10
    format: PreviewFormat | UnsetType = UNSET
    formats: Annotated[tuple[PreviewFormat, ...], Meta(min_length=1)] | None = None

    def __post_init__(self) -> None:
        if self.format is not UNSET and self.formats is not None:
            raise ValueError("format and formats are two ways to say one thing")
        if self.duration * self.fps > MOST_FRAMES:
            raise ValueError(f"a preview has at most {MOST_FRAMES} frames")

    @property
    def wanted(self) -> tuple[PreviewFormat, ...]:
        """The formats that are asked for, each once."""
        chosen = self.formats or (_PREVIEW_FORMATS[0] if self.format is UNSET else self.format,)
        return tuple(each for each in _PREVIEW_FORMATS if each in chosen)


class TranscodeOptions(_Options, frozen=True):
    """How a film is made to be streamed."""

    encrypt: bool = False
    codecs: Annotated[tuple[Codec, ...], Meta(min_length=1)] = _CODECS
    rungs: Annotated[tuple[Rung, ...], Meta(min_length=1)] | None = None
    """None: all for which the film has the pixels."""
    loudness: bool = False
    """Whether audio is brought to the loudness of EBU R128."""


class FullOptions(_Options, frozen=True):
    """Everything that a film gets."""

    cover: CoverOptions = CoverOptions()
    preview: PreviewOptions = PreviewOptions()
    transcode: TranscodeOptions = TranscodeOptions()


class Mp3Options(_Options, frozen=True):
    """How good an MP3 is."""

    bitrate_kbps: Bitrate = 320


class WaveformOptions(_Options, frozen=True):
    """How fine a waveform is."""

    bins: Annotated[int, Meta(ge=16, le=65_536)] = 2048


class AudioOptions(_Options, frozen=True):
    """What is made of audio. `encrypt` is of HLS; what can be downloaded is in the clear."""

    hls: bool = False
    mp3: Mp3Options | bool | None = None
    flac: bool = False
    waveform: WaveformOptions | bool | None = None
    loudness: bool = False
    encrypt: bool = False


Options = (
    ThumbnailOptions | CoverOptions | PreviewOptions | TranscodeOptions | FullOptions | AudioOptions
)

_Any = TypeVar("_Any", bound=Options)
_TYPES: Mapping[MediaType, type[Options]] = {
    MediaType.THUMBNAIL: ThumbnailOptions,
    MediaType.COVER: CoverOptions,
    MediaType.PREVIEW: PreviewOptions,
    MediaType.TRANSCODE: TranscodeOptions,
    MediaType.FULL: FullOptions,
    MediaType.AUDIO: AudioOptions,
}
_WISHES = ("hls", "mp3", "flac", "waveform")


def canonical(media: MediaType, given: Mapping[str, object]) -> Mapping[str, JSON]:
    """Return options with every default written out, so that equal wishes are equal.

    Raises `BadMediaOptionsError` for an unknown field, a value out of bounds, or a mix
    that makes no sense.
    """
    told = _everything_if_nothing(given) if media is MediaType.AUDIO else given
    read = _read(media, told)
    match read:
        case ThumbnailOptions():
            _require_distinct(read)
        case AudioOptions():
            read = _audio(read)
        case _:
            pass
    spelled = msgspec.to_builtins(_canonical(read))
    return cast("Mapping[str, JSON]", spelled)  # what msgspec makes of these structs


def parsed(media: MediaType, canonical_options: Mapping[str, JSON]) -> Options:
    """Return canonical options as values."""
    return _read(media, canonical_options)


def spelled(canonical_options: Mapping[str, JSON]) -> str:
    """Return canonical options as one line of JSON."""
    return json.dumps(canonical_options, sort_keys=True, separators=(",", ":"))


def _read(media: MediaType, told: Mapping[str, object]) -> Options:
    try:
        return msgspec.convert(told, _TYPES[media], strict=True)
    except msgspec.ValidationError as error:
        raise BadMediaOptionsError(f"options of {media}: {error}") from error


def _require_distinct(options: ThumbnailOptions) -> None:
    names = [(each.variant, each.format) for each in options.outputs]
    if len(set(names)) < len(names):
        raise BadMediaOptionsError("two outputs have the same variant and format")


def _everything_if_nothing(given: Mapping[str, object]) -> Mapping[str, object]:
    if any(name in given for name in _WISHES):
        return given
    # What can be downloaded would be in the clear beside what is encrypted.
    in_clear = given.get("encrypt") is not True
    return {"hls": True, "mp3": in_clear, "flac": in_clear, "waveform": True, **given}


def _audio(options: AudioOptions) -> AudioOptions:
    mp3 = Mp3Options() if options.mp3 is True else options.mp3 or None
    waveform = WaveformOptions() if options.waveform is True else options.waveform or None
    if not (options.hls or mp3 or options.flac or waveform):
        raise BadMediaOptionsError("nothing is asked for: name hls, mp3, flac or waveform")
    if options.encrypt and not options.hls:
        raise BadMediaOptionsError("encrypt is for hls, which is not asked for")
    if options.encrypt and (mp3 or options.flac):
        raise BadMediaOptionsError("mp3 and flac would be in the clear beside encrypted hls")
    return msgspec.structs.replace(options, mp3=mp3, waveform=waveform)


def _canonical(options: _Any) -> _Any:
    match options:
        case PreviewOptions():
            return msgspec.structs.replace(options, format=UNSET, formats=options.wanted)
        case TranscodeOptions(codecs=codecs, rungs=rungs):
            return msgspec.structs.replace(
                options,
                codecs=tuple(each for each in _CODECS if each in codecs),
                rungs=rungs and tuple(each for each in RUNGS if each in rungs),
            )
        case FullOptions():
            return msgspec.structs.replace(
                options,
                preview=_canonical(options.preview),
                transcode=_canonical(options.transcode),
            )
        case _:
            return options
