"""One still picture that stands for a film."""

from collections.abc import Sequence
from pathlib import Path

import anyio
from anyio import to_thread

from keyshelf.media.tools.failures import MediaUnreadableError, ToolMemoryError, ToolTimeoutError
from keyshelf.media.tools.ffmpeg import input_arguments, run_ffmpeg
from keyshelf.media.tools.finding import Tools
from keyshelf.media.tools.probed import Probe, VideoStream
from keyshelf.media.video import filters

NAME = "cover.jpg"

_DEFAULT_AT = 1.0
_SECONDS = 180.0
_BYTES_A_SECOND = 32 * 2**20
"""Of a film without an index all before the place is read, from the slowest disk in use."""
_MOST_BYTES = 64 * 2**20
_SEARCHED_SECONDS = 20
_CANDIDATES = 8
"""Each is held in memory at full size."""
_FRAMES_A_SECOND = 4
_BLACK_PERCENT = 90
_BLACK_LEVEL = 32


async def make_cover(
    tools: Tools, source: Path, probe: Probe, *, folder: Path, at: float | None = None
) -> Path:
    """Write a film's cover to `folder` as a JPEG of its full size, and return where.

    `at` seconds is clamped into the film. Without it, a picture that is like those around it
    is chosen from the first 20 seconds after the first one, of those that are not black; if
    all are, the one at 1 second. Raises `MediaUnreadableError` when there is no picture, and
    as `run_ffmpeg` does.
    """
    if probe.video is None:
        raise MediaUnreadableError("it has no picture to take a cover from")
    path = folder / NAME
    second = _clamped(_DEFAULT_AT if at is None else at, probe)
    ways: list[tuple[float, Sequence[str]]] = [(second, _representative())] if at is None else []
    # A film whose picture ends before its sound has none at the place that was asked for.
    ways += [(second, ()), (0.0, ())]
    failure: ToolMemoryError | ToolTimeoutError | None = None
    for start, choosing in ways:
        try:
            await _take(tools, source, probe.video, start=start, choosing=choosing, folder=folder)
        # The next way decodes less, and holds less.
        except (ToolMemoryError, ToolTimeoutError) as error:
            failure = error
        else:
            if await to_thread.run_sync(_is_written, path):
                return path
    raise failure or MediaUnreadableError("not one frame of its picture can be decoded")


async def _take(
    tools: Tools,
    source: Path,
    video: VideoStream,
    *,
    start: float,
    choosing: Sequence[str],
    folder: Path,
) -> None:
    chain = [
        *filters.upright_fields(video),
        *([f"fps={_FRAMES_A_SECOND}"] if choosing else []),
        *filters.standard(video, video.width, video.height),
        *choosing,
        # JPEG's own colours, as JFIF says: BT.601 in full range.
        "scale=in_color_matrix=bt709:in_range=tv:out_color_matrix=bt601:out_range=pc",
        "format=yuvj420p",
    ]
    seek = ["-ss", f"{start:.3f}"] if start > 0 else []
    size = (await anyio.Path(source).stat()).st_size
    limit = ["-t", str(_SEARCHED_SECONDS)] if choosing else []
    await run_ffmpeg(
        tools,
        [
            *(*seek, *limit, *input_arguments(source)),
            *("-filter_complex", f"[0:{video.index}]{','.join(chain)}[cover]", "-map", "[cover]"),
            *("-frames:v", "1", "-c:v", "mjpeg", "-q:v", "3", "-map_metadata", "-1"),
            *("-f", "image2", "-update", "1", NAME),
        ],
        reads=[source],
        folder=folder,
        seconds=_SECONDS + size / _BYTES_A_SECOND,
        file_bytes=_MOST_BYTES,
    )


def _representative() -> list[str]:
    share = "lavfi.blackframe.pblack"
    return [
        f"blackframe=amount=0:threshold={_BLACK_LEVEL}",
        f"metadata=mode=select:key={share}:value={_BLACK_PERCENT}:function=less",
        f"thumbnail=n={_CANDIDATES}",
    ]


def _clamped(at: float, probe: Probe) -> float:
    # The last frame begins before the end; of a film shorter than two seconds, its middle.
    return min(max(0.0, at), probe.duration / 2 if probe.duration < 2 else probe.duration - 0.5)


def _is_written(path: Path) -> bool:
    return path.exists() and path.stat().st_size > 0
