"""Loudness as EBU R 128 has it: measured over the whole (ITU-R BS.1770), then one gain for all."""

import re
from pathlib import Path

from keyshelf.errors import UnavailableError
from keyshelf.media.audio.sound import SecondsHandler, Sound, run_sound
from keyshelf.media.tools.finding import Tools
from keyshelf.media.tools.probed import AudioStream

TARGET_LUFS = -23.0
HIGHEST_PEAK_DBTP = -1.0

_SILENCE_LUFS = -70.0
_INTEGRATED = re.compile(r"^\s+I:\s+(\S+) LUFS", re.MULTILINE)
_PEAK = re.compile(r"^\s+Peak:\s+(\S+) dBFS", re.MULTILINE)


class NoMeasurementError(UnavailableError):
    """FFmpeg did not say how loud the sound is: KEYSHELF_FFMPEG may be too old."""

    code = "media-loudness-unknown"


def gain(loudness: float, true_peak: float) -> float:
    """Return by how many decibels sound of this loudness (LUFS) and peak (dBTP) is raised.

    To -23 LUFS, or as near to it as keeps its true peak at -1 dBTP or below: the dynamics
    stay as they are. Silence stays silence.
    """
    if loudness <= _SILENCE_LUFS:
        return 0.0
    return round(min(TARGET_LUFS - loudness, HIGHEST_PEAK_DBTP - true_peak), 2)


async def levelled(
    tools: Tools,
    sound: Sound,
    stream: AudioStream,
    chain: str,
    *,
    folder: Path,
    on_seconds: SecondsHandler,
) -> str:
    """Return some filters with the gain behind them that sound needs which is to be levelled.

    What comes out of the filters is measured: one pass over all of the stream.
    """
    if not sound.is_levelled:
        return chain
    filters = f"{chain},ebur128=peak=true:framelog=quiet"
    told = await run_sound(
        tools,
        sound,
        ["-map", f"0:{stream.index}", "-af", filters, "-v", "info", "-f", "null", "-"],
        bits=0,
        folder=folder,
        on_seconds=on_seconds,
    )
    integrated, peak = _INTEGRATED.findall(told.stderr), _PEAK.findall(told.stderr)
    if not integrated or not peak:
        raise NoMeasurementError("nothing was measured")
    return f"{chain},volume={gain(float(integrated[-1]), float(peak[-1]))}dB"
