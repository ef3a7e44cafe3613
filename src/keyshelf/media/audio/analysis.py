"""What a file with sound is said to be, in answers."""

from keyshelf.jobs.values import JSON
from keyshelf.media.tools.failures import MediaUnreadableError
from keyshelf.media.tools.probed import AudioStream, Probe

_TAGS = ("title", "artist", "album", "album_artist", "genre", "date", "track", "composer")


def chosen_stream(probe: Probe) -> AudioStream:
    """Return the stream that a recording is made of: the default one, or the first.

    Raises `MediaUnreadableError` for what has no sound, or none whose rate is known.
    """
    if not probe.audio:
        raise MediaUnreadableError("it has no sound")
    chosen = next((each for each in probe.audio if each.is_default), probe.audio[0])
    if chosen.sample_rate < 1:
        raise MediaUnreadableError("its sound has no rate")
    return chosen


def analysis(probe: Probe, *, size: int) -> dict[str, JSON]:
    """Return what is told of a recording: its container, length, mean rate, streams, tags."""
    return {
        "container": probe.container,
        "duration_sec": round(probe.duration, 3),
        "bitrate": round(8 * size / probe.duration) if probe.duration > 0 else None,
        "streams": [
            {
                "codec": each.codec,
                "language": each.language,
                "channels": each.channels,
                "layout": each.layout,
                "sample_rate": each.sample_rate,
                "default": each.is_default,
            }
            for each in probe.audio
        ],
        "tags": {name: value for name, value in probe.tags.items() if name in _TAGS},
    }
