"""Keeping subtitles within their film."""

import math
import re

_TIME = r"((?:\d+:)?\d{2}:\d{2}\.\d{3})"
_TIMING = re.compile(rf"^{_TIME} --> {_TIME}", re.MULTILINE)


def within(text: str, seconds: float) -> str:
    """Return WebVTT whose cues are those that begin in a film of so many seconds, and end with it.

    A cue of a hundred hours would be cut into as many segments.
    """
    kept: list[str] = []
    for block in text.replace("\r\n", "\n").split("\n\n"):
        timing = _TIMING.search(block)
        if timing is None or _seconds(timing[2]) <= seconds:
            kept.append(block)
        elif _seconds(timing[1]) < seconds:
            kept.append(block[: timing.start(2)] + _spelled(seconds) + block[timing.end(2) :])
    return "\n\n".join(kept)


def size_in_segments(text: str, segment_seconds: float) -> int:
    """Return how many characters WebVTT becomes in segments of so many seconds.

    A cue is repeated in each segment that it is shown in, and what is no cue in all of them.
    """
    timings = list(_TIMING.finditer(text))
    last = max((_seconds(each[2]) for each in timings), default=0.0)
    segments = math.ceil(last / segment_seconds)
    size = 0
    for block in text.split("\n\n"):
        timing = _TIMING.search(block)
        repeats = segments
        if timing is not None:
            first = math.floor(_seconds(timing[1]) / segment_seconds)
            repeats = math.ceil(_seconds(timing[2]) / segment_seconds) - first
        size += len(block) * max(1, repeats)
    return size


def _seconds(time: str) -> float:
    *hours, minutes, seconds = time.split(":")
    return (int(hours[0]) if hours else 0) * 3600 + int(minutes) * 60 + float(seconds)


def _spelled(seconds: float) -> str:
    minutes, thousandths = divmod(round(seconds * 1000), 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{thousandths // 1000:02}.{thousandths % 1000:03}"
