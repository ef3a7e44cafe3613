"""Looking at a file with ffprobe."""

import re
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

import anyio
import msgspec

from keyshelf.media.tools.failures import (
    DolbyVisionAloneError,
    MediaTooLargeError,
    MediaUnreadableError,
)
from keyshelf.media.tools.ffmpeg import Progressed, input_arguments, run_ffmpeg
from keyshelf.media.tools.finding import ToolLimits, Tools
from keyshelf.media.tools.probed import AudioStream, Hdr, Probe, SubtitleStream, VideoStream
from keyshelf.media.tools.running import Fence, run_tool

_PROBE_SECONDS = 60.0
_COUNT_SECONDS = 600.0
_MOST_AUDIO = 32
_MOST_SUBTITLES = 64
_LEAST_BYTES_A_SECOND = 250
"""A film of fewer is longer in its header than in truth, or a still: it is counted."""
_LONGEST_TEXT = 200
_LANGUAGE = re.compile(r"[a-z]{3}")
_DEPTH = re.compile(r"(?:p|gray|gbrap|gbrp|y2|x2rgb|x2bgr|xyz|p0)(9|10|12|14|16)(?:le|be)")
_SILENT_PIXELS = frozenset({"p010le", "p010be", "p210le", "p410le"})
_INTERLACED = frozenset({"tt", "bb", "tb", "bt"})
_RATES = (Fraction(1, 2), Fraction(300))
_DOLBY_VISION = frozenset({5, 10, 20})
"""The profiles of one layer: of HEVC, AV1 and MV-HEVC. Compatible with nothing, they are IPT."""
_SHAPES = (Fraction(1, 8), Fraction(8))


class _SideData(msgspec.Struct):
    rotation: float = 0
    crop_left: int = 0
    crop_right: int = 0
    crop_top: int = 0
    crop_bottom: int = 0
    dv_profile: int = 0
    dv_bl_signal_compatibility_id: int = 0


class _Stream(msgspec.Struct):
    index: int
    codec_type: str = ""
    codec_name: str = ""
    width: int = 0
    height: int = 0
    sample_aspect_ratio: str = ""
    pix_fmt: str = ""
    field_order: str = ""
    color_space: str | None = None
    color_transfer: str | None = None
    color_primaries: str | None = None
    r_frame_rate: str = ""
    avg_frame_rate: str = ""
    bits_per_raw_sample: str = ""
    duration: str = ""
    sample_rate: str = ""
    channels: int = 0
    channel_layout: str | None = None
    disposition: dict[str, int] = {}
    tags: dict[str, str] = {}
    side_data_list: list[_SideData] = []


class _Format(msgspec.Struct):
    format_name: str = ""
    duration: str = ""
    tags: dict[str, str] = {}


class _Report(msgspec.Struct):
    format: _Format
    streams: list[_Stream] = []


async def probe(tools: Tools, path: Path, *, folder: Path) -> Probe:
    """Return what a file holds. Nothing that its header claims goes beyond our limits.

    Pictures that belong to a recording, such as an album's cover, are no film. Raises
    `MediaUnreadableError` for what is no film and no recording, `MediaTooLargeError`,
    `DolbyVisionAloneError`, and as `run_tool` does.
    """
    report = await _report(tools, path, folder)
    limits = tools.limits
    films = [each for each in report.streams if _is_film(each)]
    sounds = [each for each in report.streams if each.codec_type == "audio" and each.channels > 0]
    texts = [each for each in report.streams if each.codec_type == "subtitle"]
    if not films and not sounds:
        raise MediaUnreadableError("it has neither picture nor sound")
    duration = await _duration(tools, path, folder, report)
    if duration > limits.source_seconds:
        raise MediaTooLargeError(
            f"it lasts longer than {limits.source_seconds / 3600:g} hours",
            seconds=round(duration),
        )
    return Probe(
        container=_container(report.format.format_name),
        duration=duration,
        tags={
            name.lower()[:40]: text
            for name, value in list(report.format.tags.items())[:64]
            if (text := _text(value))
        },
        video=_video(films[0], limits) if films else None,
        audio=tuple(_audio(each) for each in sounds[:_MOST_AUDIO]),
        subtitles=tuple(_subtitle(each) for each in texts[:_MOST_SUBTITLES]),
    )


async def _report(tools: Tools, path: Path, folder: Path) -> _Report:
    answer = await run_tool(
        tools.ffprobe,
        [
            *("-hide_banner", "-v", "error", "-of", "json", "-show_format", "-show_streams"),
            *input_arguments(path),
        ],
        folder=folder,
        reads=[path],
        fence=Fence(
            seconds=_PROBE_SECONDS, memory_bytes=tools.limits.memory_bytes, file_bytes=2**20
        ),
    )
    try:
        return msgspec.json.decode(answer.stdout, type=_Report)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise MediaUnreadableError("it describes itself in no way that is understood") from error


def _is_film(stream: _Stream) -> bool:
    return (
        stream.codec_type == "video"
        and stream.width > 0
        and stream.height > 0
        and not stream.disposition.get("attached_pic")
        and not stream.disposition.get("still_image")
    )


def _container(name: str) -> str:
    first = name.partition(",")[0]
    return "mp4" if first == "mov" else first


async def _duration(tools: Tools, path: Path, folder: Path, report: _Report) -> float:
    claimed = max(
        [_seconds(report.format.duration), *(_seconds(each.duration) for each in report.streams)]
    )
    size = (await anyio.Path(path).stat()).st_size
    if claimed > 0 and claimed * _LEAST_BYTES_A_SECOND <= size + 10 * _LEAST_BYTES_A_SECOND:
        return claimed
    return await _counted(tools, path, folder)


async def _counted(tools: Tools, path: Path, folder: Path) -> float:
    last = 0.0

    async def on_progress(progressed: Progressed) -> None:
        nonlocal last
        last = max(last, progressed.seconds)

    await run_ffmpeg(
        tools,
        [
            *input_arguments(path),
            *("-map", "0:v?", "-map", "0:a?", "-c", "copy", "-f", "null", "-"),
        ],
        reads=[path],
        folder=folder,
        seconds=_COUNT_SECONDS,
        file_bytes=2**20,
        on_progress=on_progress,
    )
    return last


def _video(stream: _Stream, limits: ToolLimits) -> VideoStream:
    if stream.width * stream.height > limits.source_pixels:
        raise MediaTooLargeError(
            f"its picture has more than {limits.source_pixels} pixels",
            width=stream.width,
            height=stream.height,
        )
    sar = _within(stream.sample_aspect_ratio.replace(":", "/"), _SHAPES) or Fraction(1)
    if any(_is_dolby_vision_alone(each) for each in stream.side_data_list):
        raise DolbyVisionAloneError(
            "its colours are those of Dolby Vision alone: export it as HDR10, or as profile 8"
        )
    rotation = _rotation(stream)
    shown_width, shown_height = _cropped(stream)
    width, height = max(1, round(shown_width * sar)), shown_height
    if rotation in {90, 270}:
        width, height = height, width
    average = _within(stream.avg_frame_rate, _RATES)
    real = _within(stream.r_frame_rate, _RATES)
    rate = average or real or Fraction(25)
    return VideoStream(
        index=stream.index,
        codec=stream.codec_name,
        width=width,
        height=height,
        rotation=rotation,
        sar=sar,
        rate=rate,
        is_vfr=average is None or real is None or not _agree(average, real),
        is_interlaced=stream.field_order in _INTERLACED,
        pixel_format=stream.pix_fmt,
        bit_depth=_bit_depth(stream),
        primaries=_known(stream.color_primaries),
        transfer=_known(stream.color_transfer),
        matrix=_known(stream.color_space),
        hdr={"smpte2084": Hdr.PQ, "arib-std-b67": Hdr.HLG}.get(stream.color_transfer or ""),
    )


def _agree(average: Fraction, real: Fraction) -> bool:
    # A film in fields has twice as many of them a second as frames.
    return any(abs(average * fields / real - 1) < Fraction(1, 200) for fields in (1, 2))


def _cropped(stream: _Stream) -> tuple[int, int]:
    # What the container cuts off, FFmpeg cuts off when it decodes.
    width, height = stream.width, stream.height
    for each in stream.side_data_list:
        width -= each.crop_left + each.crop_right
        height -= each.crop_top + each.crop_bottom
    if 0 < width <= stream.width and 0 < height <= stream.height:
        return width, height
    return stream.width, stream.height


def _is_dolby_vision_alone(side_data: _SideData) -> bool:
    # Without the data that FFmpeg does not apply, its picture is green and purple.
    return side_data.dv_profile in _DOLBY_VISION and not side_data.dv_bl_signal_compatibility_id


def _rotation(stream: _Stream) -> int:
    # ffprobe says by how much it was turned, counter-clockwise.
    turned = next((each.rotation for each in stream.side_data_list if each.rotation), 0.0)
    return round(-turned / 90) * 90 % 360


def _bit_depth(stream: _Stream) -> int:
    if stream.bits_per_raw_sample.isdigit() and 1 <= int(stream.bits_per_raw_sample) <= 16:
        return int(stream.bits_per_raw_sample)
    if stream.pix_fmt in _SILENT_PIXELS:
        return 10
    found = _DEPTH.search(stream.pix_fmt)
    return int(found[1]) if found else 8


def _audio(stream: _Stream) -> AudioStream:
    rate = stream.sample_rate
    return AudioStream(
        index=stream.index,
        codec=stream.codec_name,
        language=_language(stream.tags),
        title=_title(stream.tags),
        channels=min(stream.channels, 64),
        layout=_known(stream.channel_layout),
        sample_rate=min(int(rate), 768_000) if rate.isdigit() else 0,
        is_default=bool(stream.disposition.get("default")),
    )


def _subtitle(stream: _Stream) -> SubtitleStream:
    return SubtitleStream(
        index=stream.index,
        codec=stream.codec_name,
        language=_language(stream.tags),
        title=_title(stream.tags),
        is_default=bool(stream.disposition.get("default")),
        is_forced=bool(stream.disposition.get("forced")),
    )


def _language(tags: Mapping[str, str]) -> str:
    language = tags.get("language", "").lower()
    return language if _LANGUAGE.fullmatch(language) else "und"


def _title(tags: Mapping[str, str]) -> str | None:
    # Every file of the MP4 family names the handlers of its tracks; that is no title.
    return _text(tags.get("title", ""))


def _text(value: str) -> str | None:
    plain = "".join(each for each in value if each.isprintable()).strip()
    return plain[:_LONGEST_TEXT] or None


def _known(word: str | None) -> str | None:
    return None if word in {None, "", "unknown", "reserved", "unspecified"} else word


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        return 0.0
    return seconds if 0 < seconds < 1e9 else 0.0


def _within(text: str, bounds: tuple[Fraction, Fraction]) -> Fraction | None:
    try:
        value = Fraction(text)
    except (ValueError, ZeroDivisionError):
        return None
    return value if bounds[0] <= value <= bounds[1] else None
