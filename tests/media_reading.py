"""What tests see of media that was made: frames, keyframes, complaints of a decoder, colours."""

import json
import subprocess
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from keyshelf.media.tools.finding import Tools


@dataclass(frozen=True, slots=True)
class Packets:
    """The pictures of a file as they are stored, by when they are shown."""

    frames: int
    keyframes: list[float]
    """Seconds after the first picture."""
    durations: set[float]
    """How long pictures last."""


def packets(tools: Tools, path: Path) -> Packets:
    """Return the pictures of the first video track."""
    entries = "packet=pts_time,flags:stream="
    told = _probed(tools, path, "-select_streams", "v:0", "-show_entries", entries)
    found = sorted((float(each["pts_time"]), "K" in each["flags"]) for each in told["packets"])
    first = found[0][0]
    times = [time for time, _ in found]
    gaps = {round(later - earlier, 4) for earlier, later in pairwise(times)}
    return Packets(len(found), [round(time - first, 4) for time, is_key in found if is_key], gaps)


def stream(tools: Tools, path: Path) -> dict[str, str]:
    """Return ffprobe's description of the first video track."""
    told = _probed(tools, path, "-select_streams", "v:0", "-show_streams")
    return {name: str(value) for name, value in told["streams"][0].items()}


def complaints(tools: Tools, path: Path) -> str:
    """Decode every frame and return what FFmpeg has to say about it: nothing, of a good file."""
    arguments = ["-v", "warning", "-i", path, "-fps_mode", "passthrough", "-f", "null", "-"]
    return _ffmpeg(tools, *arguments).stderr.decode()


def picture_hashes(tools: Tools, path: Path) -> list[str]:
    """Return a hash of each decoded frame."""
    made = _ffmpeg(
        tools, "-v", "error", "-i", path, "-fps_mode", "passthrough", "-f", "framemd5", "-"
    )
    lines = made.stdout.decode().splitlines()
    return [line.rpartition(",")[2].strip() for line in lines if not line.startswith("#")]


def small_pictures(tools: Tools, path: Path) -> list[bytes]:
    """Return each decoded frame as 80 by 45 grey pixels."""
    arguments = ["-v", "error", "-i", path, "-fps_mode", "passthrough"]
    grey = ["-vf", "scale=80:45:flags=area", "-pix_fmt", "gray", "-f", "rawvideo", "-"]
    made = _ffmpeg(tools, *arguments, *grey).stdout
    return [made[at : at + 80 * 45] for at in range(0, len(made), 80 * 45)]


def unlikeness(one: bytes, other: bytes) -> float:
    """Return by how much the pixels of two pictures differ on average, of 255."""
    return sum(abs(a - b) for a, b in zip(one, other, strict=True)) / len(one)


def mean_colour(tools: Tools, path: Path) -> tuple[int, int, int]:
    """Return the mean red, green and blue of the first frame."""
    arguments = ["-v", "error", "-i", path, "-frames:v", "1", "-vf", "scale=1:1:flags=area"]
    made = _ffmpeg(tools, *arguments, "-pix_fmt", "rgb24", "-f", "rawvideo", "-")
    red, green, blue = made.stdout
    return red, green, blue


def _probed(tools: Tools, path: Path, *arguments: str) -> dict[str, list[dict[str, str]]]:
    told = subprocess.run(
        [tools.ffprobe, "-v", "error", "-of", "json", *arguments, path],
        capture_output=True,
        check=True,
    )
    return json.loads(told.stdout)


def _ffmpeg(tools: Tools, *arguments: str | Path) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([tools.ffmpeg, "-nostdin", *arguments], capture_output=True, check=True)
