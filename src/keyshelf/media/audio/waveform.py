"""Drawing sound: the lowest and the highest sample of each stretch of it.

The file is the JSON of audiowaveform, version 2
(https://github.com/bbc/audiowaveform/blob/master/doc/DataFormat.md), which peaks.js reads:
one channel, 8 bits, `data` with the minimum and the maximum of each pixel in turn.
"""

import json
import math
from array import array
from dataclasses import dataclass
from pathlib import Path

from anyio import to_thread

from keyshelf.media.audio.sound import SecondsHandler, Sound, resampled
from keyshelf.media.tools.failures import MediaUnreadableError
from keyshelf.media.tools.ffmpeg import input_arguments
from keyshelf.media.tools.finding import Tools
from keyshelf.media.tools.probed import AudioStream
from keyshelf.media.tools.running import Fence, run_tool

NAME = "waveform.json"

_FINENESS = 4
"""How many blocks are measured for each pixel, of a source as long as it says it is."""
_TOLD_EVERY = 256
"""Blocks between two words on progress."""


@dataclass(frozen=True, slots=True)
class Waveform:
    """A drawing of sound that is mixed to one channel."""

    sample_rate: int
    samples_per_pixel: int
    pairs: tuple[tuple[int, int], ...]
    """Of each pixel the lowest and the highest sample, of 16 bits."""

    def text(self) -> str:
        """Return it as the file has it."""
        facts = {
            "version": 2,
            "channels": 1,
            "sample_rate": self.sample_rate,
            "samples_per_pixel": self.samples_per_pixel,
            "bits": 8,
            "length": len(self.pairs),
            "data": [sample >> 8 for pair in self.pairs for sample in pair],
        }
        return json.dumps(facts, separators=(",", ":"))


class Blocks:
    """Lowest and highest samples of equal blocks, of which it keeps fewer than `most`.

    When there are so many, an even number, every two become one: memory is bounded, whatever
    the source says of its length.
    """

    def __init__(self, *, samples: int, most: int) -> None:
        self._samples = samples
        self._most = most
        self._joined = 1
        self._lows, self._highs = array("h"), array("h")
        self._open: list[tuple[int, int]] = []

    def add(self, low: int, high: int) -> None:
        """Add the next block."""
        self._open.append((low, high))
        if len(self._open) == self._joined:
            self._close()
        if len(self._lows) == self._most:
            self._halve()

    def drawn(self, pixels: int, sample_rate: int) -> Waveform:
        """Return a drawing of at most so many pixels, all of the same length."""
        self._close()
        together = max(1, math.ceil(len(self._lows) / pixels))
        starts = range(0, len(self._lows), together)
        return Waveform(
            sample_rate,
            self._samples * self._joined * together,
            tuple(
                (min(self._lows[at : at + together]), max(self._highs[at : at + together]))
                for at in starts
            ),
        )

    def _close(self) -> None:
        if self._open:
            self._lows.append(min(low for low, _ in self._open))
            self._highs.append(max(high for _, high in self._open))
            self._open = []

    def _halve(self) -> None:
        lows, highs = self._lows, self._highs
        self._lows = array("h", map(min, lows[::2], lows[1::2]))
        self._highs = array("h", map(max, highs[::2], highs[1::2]))
        self._joined *= 2


async def make_waveform(
    tools: Tools,
    sound: Sound,
    stream: AudioStream,
    *,
    pixels: int,
    folder: Path,
    on_seconds: SecondsHandler,
) -> Waveform:
    """Draw a stream in at most `pixels` pixels, and in nearly so many unless it is very short.

    FFmpeg finds the extremes of short blocks; samples never come here. Raises as `run_tool`
    does, and `MediaUnreadableError` for a stream without a sample.
    """
    samples = _block_samples(sound.duration * stream.sample_rate, pixels)
    blocks = Blocks(samples=samples, most=2 * _FINENESS * pixels)
    reading = _Reading(blocks, samples / stream.sample_rate, on_seconds)
    await run_tool(
        tools.ffmpeg,
        [
            *("-hide_banner", "-nostdin", "-nostats", "-v", "error"),
            *(*input_arguments(sound.path), "-map", f"0:{stream.index}", "-af"),
            _filters(stream, samples),
            *("-f", "null", "-"),
        ],
        folder=folder,
        reads=[sound.path],
        fence=Fence(
            seconds=sound.seconds,
            memory_bytes=tools.limits.memory_bytes,
            file_bytes=sound.most_bytes(0),
        ),
        on_line=reading.on_line,
    )
    if not reading.count:
        raise MediaUnreadableError("there is no sound in it")
    return await to_thread.run_sync(blocks.drawn, pixels, stream.sample_rate)


def _filters(stream: AudioStream, samples: int) -> str:
    chain = [
        f"{resampled(layout='mono', rate=stream.sample_rate)}:osf=s16",
        f"asetnsamples=n={samples}:p=0",
        "astats=metadata=1:reset=1:measure_overall=none:measure_perchannel=Min_level+Max_level",
        "ametadata=mode=print:file=-",
    ]
    return ",".join(chain)


def _block_samples(samples: float, pixels: int) -> int:
    return max(1, math.ceil(samples / (pixels * _FINENESS)))


class _Reading:
    """What FFmpeg says of each block: its lowest level, then its highest."""

    def __init__(self, blocks: Blocks, block_seconds: float, on_seconds: SecondsHandler) -> None:
        self.count = 0
        self._blocks = blocks
        self._block_seconds = block_seconds
        self._on_seconds = on_seconds
        self._low = 0

    async def on_line(self, line: bytes) -> None:
        name, _, value = line.strip().partition(b"=")
        if name.endswith(b".Min_level"):
            self._low = int(float(value))
        elif name.endswith(b".Max_level"):
            self._blocks.add(self._low, int(float(value)))
            self.count += 1
            if self.count % _TOLD_EVERY == 0:
                await self._on_seconds(self.count * self._block_seconds)
