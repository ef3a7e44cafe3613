from dataclasses import replace

import pytest

from keyshelf.media.audio.analysis import analysis, chosen_stream
from keyshelf.media.tools.failures import MediaUnreadableError
from keyshelf.media.tools.probed import AudioStream, Probe

FIRST = AudioStream(0, "flac", "und", None, 2, "stereo", 44100, is_default=False)
SECOND = AudioStream(1, "aac", "ger", None, 2, "stereo", 48000, is_default=True)


def described(*streams: AudioStream) -> Probe:
    tags = {"title": "Lied", "location": "+48.1+11.5/"}
    return Probe("flac", 2.0004, tags, None, streams, ())


def test_what_is_told_of_a_recording_says_nothing_of_where_it_was_made() -> None:
    assert analysis(described(FIRST), size=32_000) == {
        "container": "flac",
        "duration_sec": 2.0,
        "bitrate": 127974,
        "streams": [
            {
                "codec": "flac",
                "language": "und",
                "channels": 2,
                "layout": "stereo",
                "sample_rate": 44100,
                "default": False,
            }
        ],
        "tags": {"title": "Lied"},
    }


def test_the_default_stream_is_chosen_or_the_first() -> None:
    assert chosen_stream(described(FIRST, SECOND)) is SECOND
    assert chosen_stream(described(FIRST)) is FIRST


def test_sound_whose_rate_is_unknown_is_refused() -> None:
    with pytest.raises(MediaUnreadableError):
        chosen_stream(described(replace(FIRST, sample_rate=0)))


def test_what_has_no_sound_is_refused() -> None:
    with pytest.raises(MediaUnreadableError):
        chosen_stream(described())
