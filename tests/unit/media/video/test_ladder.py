"""In which sizes a film is encoded."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyshelf.media.video.ladder import CODECS, Codec, ladder

_LANDSCAPE = ["1920x1080", "1280x720", "854x480", "640x360", "426x240"]
_TABLE = {
    "3840x2160": _LANDSCAPE,
    "1920x1080": _LANDSCAPE,
    "1080x1920": ["1080x1920", "720x1280", "480x854", "360x640", "240x426"],
    "1080x1080": ["1080x1080", "720x720", "480x480", "360x360", "240x240"],
    "1440x1080": ["1440x1080", "960x720", "640x480", "480x360", "320x240"],
    "2560x1080": ["2560x1080", "1706x720", "1138x480", "854x360", "568x240"],
    "1920x800": ["1728x720", "1152x480", "864x360", "576x240"],
    "1280x718": ["1280x718", "856x480", "642x360", "428x240"],
    "1280x704": ["872x480", "654x360", "436x240"],
    "1919x1079": ["1918x1078", "1280x720", "854x480", "640x360", "426x240"],
    "640x360": ["640x360", "426x240"],
    "853x479": ["852x478", "642x360", "428x240"],
    "320x180": ["320x180"],
    "321x181": ["320x180"],
    "7680x1080": ["3414x480", "2560x360", "1706x240"],
    "10000x50": ["4096x20"],
    "2x2": ["16x16"],
}


@pytest.mark.parametrize(("picture", "rungs"), _TABLE.items(), ids=_TABLE)
def test_rungs_are_where_the_short_side_has_the_lines(picture: str, rungs: list[str]) -> None:
    width, height = map(int, picture.split("x"))

    assert [f"{rung.width}x{rung.height}" for rung in ladder(width, height)] == rungs


def test_rungs_are_named_by_their_nominal_short_side() -> None:
    assert [rung.name for rung in ladder(718, 1278)] == ["r720", "r480", "r360", "r240"]
    assert [rung.name for rung in ladder(90, 160)] == ["r240"]
    assert ladder(90, 160)[0].track("av1") == "r240_av1"


@given(st.integers(1, 9000), st.integers(1, 9000))
def test_rungs_are_even_never_larger_and_get_smaller(width: int, height: int) -> None:
    rungs = ladder(width, height)

    assert all(rung.width % 2 == rung.height % 2 == 0 for rung in rungs)
    assert all(rung.width <= max(width, 16) for rung in rungs)
    assert all(rung.height <= max(height, 16) for rung in rungs)
    sizes = [rung.width * rung.height for rung in rungs]
    assert sizes == sorted(sizes, reverse=True)


@given(st.integers(240, 4000), st.integers(240, 4000))
def test_rungs_keep_the_shape_to_a_pixel_or_two(width: int, height: int) -> None:
    for rung in ladder(width, height):
        along = rung.height * Fraction(width, height)
        pixel = max(Fraction(width, height), Fraction(1))
        assert abs(rung.width - along) <= 2 * pixel + 2


@pytest.mark.parametrize("codec", CODECS)
def test_smaller_rungs_have_lower_quality_and_fewer_bits(codec: Codec) -> None:
    rungs = ladder(1920, 1080)

    bits = [rung.most_bits(codec, Fraction(30)) for rung in rungs]
    assert bits == sorted(bits, reverse=True)
    assert [rung.quality(codec) for rung in rungs] == (
        [30, 32, 34, 36, 38] if codec == "av1" else [22, 23, 24, 26, 28]
    )


def test_fast_films_may_have_half_as_many_bits_again() -> None:
    rung = ladder(1920, 1080)[0]

    assert rung.most_bits("h264", Fraction(60)) * 2 == rung.most_bits("h264", Fraction(25)) * 3
