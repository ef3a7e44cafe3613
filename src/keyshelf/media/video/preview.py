"""A few seconds of a film as an animated picture."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from anyio import to_thread

from keyshelf.errors import Error, InvalidInputError
from keyshelf.media.tools.failures import MediaUnreadableError, ToolMemoryError
from keyshelf.media.tools.ffmpeg import input_arguments, run_ffmpeg
from keyshelf.media.tools.finding import Tools
from keyshelf.media.tools.probed import Probe, VideoStream
from keyshelf.media.video import filters

PreviewFormat = Literal["webp", "gif"]

_PALETTE = "palette.png"
_SECONDS = 300.0
_MOST_BYTES = 256 * 2**20
MOST_FRAMES = 600


@dataclass(frozen=True, slots=True)
class PreviewPlan:
    """What a preview shows."""

    start: float = 2.0
    """Second of the film; moved forward so that `duration` fits into a short one."""
    duration: float = 3.0
    width: int = 480
    """Pixels; a film that has fewer keeps its own."""
    fps: float = 10.0
    formats: tuple[PreviewFormat, ...] = ("webp", "gif")

    def __post_init__(self) -> None:
        if self.start < 0 or not 0 < self.duration <= 30:
            raise InvalidInputError("a preview begins at 0 or later and lasts at most 30 seconds")
        if not 16 <= self.width <= 1920 or not 1 <= self.fps <= 30:
            raise InvalidInputError("a preview has 16 to 1920 pixels and 1 to 30 frames a second")
        if self.duration * self.fps > MOST_FRAMES:
            raise InvalidInputError(f"a preview has at most {MOST_FRAMES} frames")
        if not self.formats or len(set(self.formats)) != len(self.formats):
            raise InvalidInputError("a preview has one format or more, each once")


async def make_preview(
    tools: Tools,
    source: Path,
    probe: Probe,
    plan: PreviewPlan | None = None,
    *,
    folder: Path,
) -> Mapping[PreviewFormat, Path]:
    """Write `preview.webp` and `preview.gif` to `folder`, and return where.

    A GIF is decoded twice, first for its palette: so no frame waits in memory for the colours
    of the last one. Both repeat for ever. Of a film that shows nothing where the preview
    would begin, or less than a frame, they are its first picture. Raises
    `MediaUnreadableError` when there is no picture, and as `run_ffmpeg` does.
    """
    plan = plan or PreviewPlan()
    if probe.video is None:
        raise MediaUnreadableError("it has no picture to preview")
    start = max(0.0, min(plan.start, probe.duration - plan.duration))
    files: dict[PreviewFormat, Path] = {each: folder / f"preview.{each}" for each in plan.formats}
    failure: Error | None = None
    for second, frames in ((start, f"fps={plan.fps:g}"), (0.0, "trim=end_frame=1")):
        try:
            await _draw(
                tools, source, probe.video, plan, start=second, frames=frames, folder=folder
            )
        # libwebp calls it a lack of memory that it was given no frame.
        except (MediaUnreadableError, ToolMemoryError) as error:
            failure = error
        else:
            if await to_thread.run_sync(_are_written, list(files.values())):
                return files
    raise MediaUnreadableError("there is no picture to preview") from failure


async def _draw(
    tools: Tools,
    source: Path,
    video: VideoStream,
    plan: PreviewPlan,
    *,
    start: float,
    frames: str,
    folder: Path,
) -> None:
    width, height = _size(video, plan.width)
    pictures = [*filters.upright_fields(video), frames, *filters.standard(video, width, height)]
    seek = ["-ss", f"{start:.3f}"] if start > 0 else []
    film = (*seek, "-t", f"{plan.duration:.3f}", *input_arguments(source))
    chain = f"[0:{video.index}]{','.join(pictures)}"

    async def run(*arguments: str) -> None:
        await run_ffmpeg(
            tools,
            [*film, *arguments],
            reads=[source],
            folder=folder,
            seconds=_SECONDS,
            file_bytes=_MOST_BYTES,
        )

    if "gif" in plan.formats:
        # One palette for all frames, of the colours that move.
        graph = f"{chain},palettegen=stats_mode=diff[palette]"
        await run("-filter_complex", graph, "-map", "[palette]", "-f", "image2", _PALETTE)
    palette = ("-f", "png_pipe", "-i", _PALETTE) if "gif" in plan.formats else ()
    outputs = [word for each in plan.formats for word in _output(each)]
    await run(*palette, "-filter_complex", _graph(chain, plan), *outputs)


def _graph(chain: str, plan: PreviewPlan) -> str:
    outputs = "".join(f"[{each}]" for each in plan.formats)
    graph = [f"{chain},split={len(plan.formats)}{outputs}"]
    if "gif" in plan.formats:
        graph.append("[gif][1]paletteuse=dither=bayer:diff_mode=rectangle[gif-out]")
    return ";".join(graph)


def _output(format_name: PreviewFormat) -> tuple[str, ...]:
    # Into a file: on a pipe the sizes in a WebP's head could not be filled in at the end.
    common = ("-map_metadata", "-1", "-loop", "0")
    if format_name == "gif":
        return ("-map", "[gif-out]", *common, "-f", "gif", "preview.gif")
    return (
        *("-map", "[webp]", *common, "-c:v", "libwebp_anim", "-quality", "70"),
        *("-compression_level", "4", "-f", "webp", "preview.webp"),
    )


def _size(video: VideoStream, width: int) -> tuple[int, int]:
    scale = min(1.0, width / video.width)
    return max(2, round(video.width * scale)), max(2, round(video.height * scale))


def _are_written(paths: list[Path]) -> bool:
    return all(each.exists() and each.stat().st_size > 0 for each in paths)
