"""How many bits a second a rendition takes, measured from its segments as RFC 8216 has it."""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from keyshelf.media.streams.failures import BrokenStreamError

_BYTE_RANGE = re.compile(r"#EXT-X-BYTERANGE:(\d+)(?:@\d+)?")


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment as its playlist has it."""

    uri: str
    seconds: float
    size: int
    """Bytes."""


@dataclass(frozen=True, slots=True)
class Rate:
    """Bits a second."""

    peak: int
    average: int


def read_segments(playlist: Path) -> list[Segment]:
    """Return the segments of a media playlist, whose files are beside it."""
    segments: list[Segment] = []
    seconds, size = 0.0, None
    for line in playlist.read_text(encoding="utf-8").splitlines():
        if line.startswith("#EXTINF:"):
            seconds = float(line.removeprefix("#EXTINF:").partition(",")[0])
        elif ranged := _BYTE_RANGE.match(line):
            size = int(ranged[1])
        elif line and not line.startswith("#"):
            if size is None:
                size = _size(playlist.parent / line)
            segments.append(Segment(line, seconds, size))
            seconds, size = 0.0, None
    if not segments:
        raise BrokenStreamError("a playlist has no segments")
    return segments


def measure(segments: Sequence[Segment]) -> Rate:
    """Return the peak and the average of a rendition.

    The peak is the most of any run of segments that lasts 0.5 to 1.5 target durations
    (RFC 8216, section 4.1); of a rendition that is shorter, the average.
    """
    target = max(1, math.ceil(max(each.seconds for each in segments)))
    whole = sum(each.seconds for each in segments)
    average = math.ceil(8 * sum(each.size for each in segments) / max(whole, 0.001))
    return Rate(peak=max([average, *_run_rates(segments, target)]), average=average)


def _run_rates(segments: Sequence[Segment], target: int) -> Iterator[int]:
    for first in range(len(segments)):
        seconds, size = 0.0, 0
        for last in range(first, len(segments)):
            seconds += segments[last].seconds
            size += segments[last].size
            if seconds > 1.5 * target:
                break
            if seconds >= 0.5 * target:
                yield math.ceil(8 * size / seconds)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError as error:
        raise BrokenStreamError("a playlist names a segment that was not made") from error
