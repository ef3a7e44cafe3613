"""What sound is made of, and the words of FFmpeg that are the same whatever is made of it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from keyshelf.media.tools.failures import MediaUnreadableError
from keyshelf.media.tools.ffmpeg import Progressed, input_arguments, run_ffmpeg
from keyshelf.media.tools.finding import Tools
from keyshelf.media.tools.room import refuse_without_room
from keyshelf.media.tools.running import ToolOutput

_LEAST_SECONDS = 300.0
_SPARE_BYTES = 64 * 2**20

SecondsHandler = Callable[[float], Awaitable[None]]
"""Told how many seconds of sound are done; raising stops the work."""


@dataclass(frozen=True, slots=True)
class Sound:
    """A file with sound in it."""

    path: Path
    duration: float
    """Seconds, as far as is known."""
    is_levelled: bool = False
    """Whether what is made of it is brought to the loudness of EBU R 128."""

    @property
    def seconds(self) -> float:
        """How long a tool may work on it."""
        return _LEAST_SECONDS + 2 * self.duration

    def most_bytes(self, bits: int) -> int:
        """Return how long a file may become that holds it at so many bits a second."""
        return _SPARE_BYTES + round(2 * self.duration * bits / 8)


def resampled(*, layout: str | None = None, rate: int | None = None) -> str:
    """Return the filter that makes sound without gaps, from time zero on, of these channels.

    Time zero is the file's start, as it is of the picture. Channels that are mixed keep
    below full scale. None keeps what the source has.
    """
    words = ["async=1", "first_pts=0", "rematrix_maxval=1"]
    words += [f"ochl={layout}"] if layout else []
    words += [f"osr={rate}"] if rate else []
    return "aresample=" + ":".join(words)


async def run_sound(
    tools: Tools,
    sound: Sound,
    outputs: Sequence[str],
    *,
    bits: int,
    folder: Path,
    on_seconds: SecondsHandler,
) -> ToolOutput:
    """Run FFmpeg on sound; `bits` a second are the most that its outputs have together.

    Raises as `run_ffmpeg` does, `NoScratchSpaceError` before anything is written, and
    `MediaUnreadableError` when there was nothing to be heard.
    """
    refuse_without_room(folder, round(sound.duration * bits / 8), tools.limits)
    heard = 0.0

    async def on_progress(progressed: Progressed) -> None:
        nonlocal heard
        heard = max(heard, progressed.seconds)
        await on_seconds(progressed.seconds)

    told = await run_ffmpeg(
        tools,
        [*input_arguments(sound.path), *outputs],
        reads=[sound.path],
        folder=folder,
        seconds=sound.seconds,
        file_bytes=sound.most_bytes(bits),
        on_progress=on_progress,
    )
    if heard == 0:
        raise MediaUnreadableError("there is no sound in it")
    return told
