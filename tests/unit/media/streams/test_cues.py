from keyshelf.media.streams.cues import size_in_segments, within

HEAD = "WEBVTT\n\n"


def test_what_is_in_the_film_stays_as_it_is() -> None:
    text = f"{HEAD}STYLE\n::cue {{}}\n\n7\n00:01.000 --> 01:02.500 align:start\nJa --> nein\nund\n"

    assert within(text, 62.5) == text


def test_a_cue_that_lasts_longer_ends_with_the_film() -> None:
    text = f"{HEAD}00:01.000 --> 99:59:59.000 line:0\nJa\n"

    assert within(text, 3661.25) == f"{HEAD}00:01.000 --> 01:01:01.250 line:0\nJa\n"


def test_a_cue_that_begins_when_it_is_over_goes() -> None:
    text = f"{HEAD}00:01.000 --> 00:02.000\nJa\n\n99:00:00.000 --> 99:00:01.000\nNein\n"

    assert within(text, 60) == f"{HEAD}00:01.000 --> 00:02.000\nJa"


def test_a_cue_counts_in_each_segment_that_it_is_shown_in() -> None:
    short, long = "00:01.000 --> 00:05.000\nJa", "00:05.000 --> 01:00.000\nNein"

    assert size_in_segments(short, 6) == len(short)
    assert size_in_segments(long, 6) == 10 * len(long)
    assert size_in_segments(f"{HEAD}{short}\n\n{long}", 6) == 10 * (6 + len(long)) + len(short)
    assert size_in_segments("WEBVTT", 6) == 6
