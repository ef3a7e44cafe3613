"""Subtitles of a film as WebVTT."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from anyio import to_thread

from keyshelf.media.tools.failures import MediaUnreadableError
from keyshelf.media.tools.ffmpeg import input_arguments, run_ffmpeg
from keyshelf.media.tools.finding import Tools
from keyshelf.media.tools.probed import Probe, SubtitleStream

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
    """Write every track that is text to `folder`, reading the film once.

    Tracks of pictures (DVD, Blu-ray) are left out; styles of ASS are dropped. Raises as
    `run_ffmpeg` does.
    """
    streams = [each for each in probe.subtitles if each.is_text]
    if not streams:
        return []
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
        folder=folder,
        seconds=_LEAST_SECONDS + probe.duration,
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
