from keyshelf.media.streams.cues import within

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
