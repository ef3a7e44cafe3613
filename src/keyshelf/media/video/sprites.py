"""Small pictures of a film for the seek bar: sheets, and a WebVTT file that says where each is."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from anyio import to_thread

from keyshelf.errors import InvalidInputError
from keyshelf.media.tools.failures import MediaUnreadableError
from keyshelf.media.tools.ffmpeg import input_arguments, run_ffmpeg
from keyshelf.media.tools.finding import Tools
from keyshelf.media.tools.room import refuse_without_room

TILES_A_SHEET = 100
VTT_NAME = "sprites.vtt"

_COLUMNS = 10
_LEAST_INTERVAL, _MOST_INTERVAL = 2, 10
_LONG_SIDE = 160
_LEAST_SECONDS = 120.0
_MOST_BYTES = 32 * 2**20
_JPEG_COLOURS = "in_color_matrix=bt709:in_range=tv:out_color_matrix=bt601:out_range=pc"


@dataclass(frozen=True, slots=True)
class Sprites:
    """The sheets, in order, and the file that names them as they are beside it."""

    sheets: Sequence[Path]
    vtt: Path


@dataclass(frozen=True, slots=True)
class _Tiling:
    """Which second is on which tile of which sheet."""

    interval: int
    count: int
    width: int
    height: int
    duration: float

    @property
    def sheets(self) -> int:
        return math.ceil(self.count / TILES_A_SHEET)

    @property
    def pixels(self) -> int:
        """Of all sheets: more than they have bytes."""
        return self.sheets * TILES_A_SHEET * self.width * self.height

    def vtt(self) -> str:
        """Return a cue for each tile; the last one ends with the film."""
        cues = [self._cue(number) for number in range(self.count)]
        return "WEBVTT\n\n" + "\n".join(cues)

    def _cue(self, number: int) -> str:
        sheet, tile = divmod(number, TILES_A_SHEET)
        row, column = divmod(tile, _COLUMNS)
        start = number * self.interval
        end = self.duration if number + 1 == self.count else start + self.interval
        place = f"{column * self.width},{row * self.height},{self.width},{self.height}"
        return f"{_time(start)} --> {_time(end)}\nsprite_{sheet + 1}.jpg#xywh={place}\n"


async def make_sprites(
    tools: Tools, film: Path, *, width: int, height: int, duration: float, folder: Path
) -> Sprites:
    """Write `sprite_1.jpg`, … and `sprites.vtt` to `folder`: a tile every 2 to 10 seconds.

    `film` is a rung, best a small one, and `width` and `height` are its own: only its
    keyframes are decoded, which are 2 seconds apart. Raises `MediaUnreadableError` when
    nothing can be decoded, `NoScratchSpaceError` before that, and as `run_ffmpeg` does.
    """
    if min(width, height) < 1 or duration <= 0:
        raise InvalidInputError("a film has a size and a duration")
    tiling = _tiling(width, height, duration)
    rows = math.ceil(min(tiling.count, TILES_A_SHEET) / _COLUMNS)
    chain = [
        f"fps=1/{tiling.interval}:start_time=0:round=down:eof_action=pass",
        f"tpad=stop=-1:stop_mode=clone,trim=end_frame={tiling.count}",
        f"scale={tiling.width}:{tiling.height}:{_JPEG_COLOURS}",
        "format=yuvj420p,setsar=1",
        f"tile={min(_COLUMNS, tiling.count)}x{rows}",
    ]
    refuse_without_room(folder, tiling.pixels, tools.limits)
    await run_ffmpeg(
        tools,
        [
            *("-skip_frame", "nokey", *input_arguments(film), "-map", "0:v:0"),
            *("-vf", ",".join(chain), "-fps_mode", "passthrough", "-c:v", "mjpeg", "-q:v", "4"),
            *("-map_metadata", "-1", "-f", "image2", "-start_number", "1", "sprite_%d.jpg"),
        ],
        reads=[film],
        folder=folder,
        seconds=_LEAST_SECONDS + duration / 4,
        file_bytes=_MOST_BYTES,
    )
    sheets = [folder / f"sprite_{number + 1}.jpg" for number in range(tiling.sheets)]
    return await to_thread.run_sync(_finished, sheets, folder / VTT_NAME, tiling.vtt())


def _tiling(width: int, height: int, duration: float) -> _Tiling:
    interval = math.ceil(duration / TILES_A_SHEET)
    interval = max(_LEAST_INTERVAL, min(_MOST_INTERVAL, interval + interval % 2))
    scale = min(1.0, _LONG_SIDE / max(width, height))
    return _Tiling(
        interval=interval,
        count=max(1, math.ceil(round(duration, 3) / interval)),
        width=max(2, round(width * scale / 2) * 2),
        height=max(2, round(height * scale / 2) * 2),
        duration=duration,
    )


def _finished(sheets: list[Path], vtt: Path, text: str) -> Sprites:
    if not all(each.exists() and each.stat().st_size > 0 for each in sheets):
        raise MediaUnreadableError("not one keyframe of its picture can be decoded")
    vtt.write_text(text, encoding="utf-8")
    return Sprites(sheets, vtt)


def _time(second: float) -> str:
    milliseconds = round(second * 1000)
    minutes, rest = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{rest // 1000:02}.{rest % 1000:03}"
