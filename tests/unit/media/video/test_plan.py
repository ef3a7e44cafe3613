"""How a film is cut into pieces."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyshelf.errors import InvalidInputError
from keyshelf.media.tools.failures import MediaUnreadableError
from keyshelf.media.tools.probed import Probe, VideoStream
from keyshelf.media.video.plan import output_rate, plan_encode

_VIDEO = VideoStream(
    index=0,
    codec="h264",
    width=1920,
    height=1080,
    rotation=0,
    sar=Fraction(1),
    rate=Fraction(25),
    is_vfr=False,
    is_interlaced=False,
    pixel_format="yuv420p",
    bit_depth=8,
    primaries=None,
    transfer=None,
    matrix=None,
    hdr=None,
)
_FILM = Probe(container="mp4", duration=300.0, tags={}, video=_VIDEO, audio=(), subtitles=())

_RATES = {
    "25": "25",
    "24.97": "25",
    "30000/1001": "30000/1001",
    "29.99": "30",
    "23.98": "24000/1001",
    "59.94": "60000/1001",
    "120": "60",
    "119.88": "60000/1001",
    "240": "60",
    "100": "50",
    "17.3": "20",
    "27.5": "30000/1001",
    "1": "5",
}


@pytest.mark.parametrize(("average", "expected"), _RATES.items(), ids=_RATES)
def test_a_film_gets_a_usual_rate(average: str, expected: str) -> None:
    assert output_rate(Fraction(average)) == Fraction(expected)


@given(st.fractions(Fraction(1, 2), 300, max_denominator=1001))
def test_rates_are_at_most_sixty_and_lose_few_frames(average: Fraction) -> None:
    rate = output_rate(average)

    assert rate <= 60
    assert rate >= min(average, Fraction(60)) * Fraction(49, 100)


def test_a_film_is_cut_into_whole_segments() -> None:
    plan = plan_encode(_FILM, piece_seconds=120)

    assert plan.gop == 50
    assert plan.segment_seconds == 6
    assert [(each.first_frame, each.end_frame) for each in plan.pieces] == [
        (0, 3000),
        (3000, 6000),
        (6000, None),
    ]
    assert plan.tracks[:3] == ("r1080_av1", "r1080_h264", "r720_av1")


def test_keyframes_of_ntsc_are_two_seconds_of_whole_frames() -> None:
    plan = plan_encode(replace(_FILM, video=replace(_VIDEO, rate=Fraction(30000, 1001))))

    assert plan.gop == 60
    assert plan.segment_seconds == Fraction(6006, 1000)
    assert all(each.first_frame % 180 == 0 for each in plan.pieces)


@given(
    seconds=st.floats(0.01, 40_000),
    rate=st.fractions(1, 120, max_denominator=1001),
    length=st.integers(1, 600),
)
def test_pieces_follow_each_other_without_a_gap(
    seconds: float, rate: Fraction, length: int
) -> None:
    film = replace(_FILM, duration=seconds, video=replace(_VIDEO, rate=rate))

    plan = plan_encode(film, piece_seconds=length)

    assert [each.index for each in plan.pieces] == list(range(len(plan.pieces)))
    assert plan.pieces[0].first_frame == 0
    ends = [each.end_frame for each in plan.pieces]
    assert ends == [each.first_frame for each in plan.pieces[1:]] + [None]
    assert all((end or 0) % (3 * plan.gop) == 0 for end in ends)
    assert 2 <= plan.gop / plan.rate < 2 + 1 / plan.rate


def test_a_film_without_an_index_is_one_piece() -> None:
    plan = plan_encode(replace(_FILM, container="mpegts"))

    assert len(plan.pieces) == 1
    assert plan.pieces[0].end_frame is None


def test_what_has_no_picture_is_refused() -> None:
    with pytest.raises(MediaUnreadableError):
        plan_encode(replace(_FILM, video=None))


def test_a_plan_needs_seconds_and_a_codec() -> None:
    with pytest.raises(InvalidInputError):
        plan_encode(_FILM, piece_seconds=0)
    with pytest.raises(InvalidInputError):
        plan_encode(_FILM, codecs=())
