"""Subtitles of a film as WebVTT."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from anyio import to_thread

from keyshelf.errors import LimitError
from keyshelf.media.tools.failures import MediaUnreadableError, ToolTimeoutError
from keyshelf.media.tools.ffmpeg import input_arguments, run_ffmpeg
from keyshelf.media.tools.finding import Tools
from keyshelf.media.tools.probed import Probe, SubtitleStream
from keyshelf.telemetry import get_logger

_log = get_logger(__name__)

_LEAST_SECONDS = 120.0
_MOST_BYTES = 16 * 2**20
_HEAD = b"WEBVTT"


@dataclass(frozen=True, slots=True)
class Subtitles:
    """One track as a WebVTT file in UTF-8; its times count from the film's start."""

    stream: SubtitleStream
    path: Path
    cues: int
    """How many there are; 0 for a track that says nothing."""


async def extract_subtitles(
    tools: Tools, source: Path, probe: Probe, *, folder: Path
) -> Sequence[Subtitles]:
    """Write every track that is text to `folder`, reading the film once if all are good.

    Otherwise it is read for each track, and those are left out that are damaged or too long.
    Tracks of pictures (DVD, Blu-ray) are left out; styles of ASS are dropped. Raises as
    `run_ffmpeg` does, of several tracks only when none is good or they take too long.
    """
    streams = [each for each in probe.subtitles if each.is_text]
    if not streams:
        return []
    try:
        return await _extract(tools, source, streams, probe.duration, folder)
    except ToolTimeoutError:
        raise
    except (MediaUnreadableError, LimitError):
        if len(streams) == 1:
            raise
        made = await _one_by_one(tools, source, streams, probe.duration, folder)
        if not made:
            raise
        return made


async def _one_by_one(
    tools: Tools,
    source: Path,
    streams: Sequence[SubtitleStream],
    duration: float,
    folder: Path,
) -> list[Subtitles]:
    made: list[Subtitles] = []
    for stream in streams:
        try:
            made += await _extract(tools, source, [stream], duration, folder)
        except (MediaUnreadableError, LimitError) as error:
            _log.warning("subtitle track left out", stream=stream.index, error=error.detail)
    return made


async def _extract(
    tools: Tools,
    source: Path,
    streams: Sequence[SubtitleStream],
    duration: float,
    folder: Path,
) -> list[Subtitles]:
    paths = [folder / f"subtitles_{each.index}.vtt" for each in streams]
    outputs = [
        word
        for stream, path in zip(streams, paths, strict=True)
        for word in (
            *("-map", f"0:{stream.index}", "-map_metadata", "-1", "-c:s", "webvtt"),
            *("-f", "webvtt", path.name),
        )
    ]
    await run_ffmpeg(
        tools,
        [*input_arguments(source), *outputs],
        reads=[source],
        folder=folder,
        seconds=_LEAST_SECONDS + duration,
        file_bytes=_MOST_BYTES,
    )
    return [
        Subtitles(stream, path, await to_thread.run_sync(_cues, path))
        for stream, path in zip(streams, paths, strict=True)
    ]


def _cues(path: Path) -> int:
    text = path.read_bytes() if path.exists() else b""
    if not text.startswith(_HEAD):
        raise MediaUnreadableError("its subtitles cannot be made text")
    return sum(b" --> " in line for line in text.splitlines())
