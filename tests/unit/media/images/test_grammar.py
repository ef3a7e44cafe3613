from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyshelf.errors import InvalidInputError
from keyshelf.media.images.failures import (
    ImageOptionRangeError,
    RepeatedImageOptionError,
    UnknownImageOptionError,
)
from keyshelf.media.images.grammar import options_text, parse_options
from keyshelf.media.images.options import Fit, Flip, FocalPoint, Gravity, ImageOptions


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("", ImageOptions()),
        ("-", ImageOptions()),
        ("w300", ImageOptions(width=300)),
        ("w0_h20", ImageOptions(height=20)),
        ("w300_h200_q80", ImageOptions(width=300, height=200, quality=80)),
        ("fit-cover_g-smart", ImageOptions(fit=Fit.COVER, gravity=Gravity.SMART)),
        ("g-fp:0.25:1", ImageOptions(focus=FocalPoint(0.25, 1))),
        ("dpr-1.5_enlarge", ImageOptions(dpr=1.5, enlarge=True)),
        ("rot-270_flip-hv", ImageOptions(rotate=270, flip=Flip.BOTH)),
        ("blur-0.3_sharpen-2", ImageOptions(blur=0.3, sharpen=2)),
        ("bg-FfF", ImageOptions(background="ffffff")),
        ("bg-1e2f3a", ImageOptions(background="1e2f3a")),
        ("still_preset-card-2", ImageOptions(still=True, preset="card-2")),
        ("v0123abcd", ImageOptions(version="0123abcd")),
    ],
)
def test_each_token_is_read(text: str, options: ImageOptions) -> None:
    assert parse_options(text) == options


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("x100", UnknownImageOptionError),
        ("w", UnknownImageOptionError),
        ("w-1", UnknownImageOptionError),
        ("w+300", UnknownImageOptionError),
        ("w300_", UnknownImageOptionError),
        ("_w300", UnknownImageOptionError),
        ("w３00", UnknownImageOptionError),  # noqa: RUF001 -- a digit that is not ASCII
        ("qabc", UnknownImageOptionError),
        ("fit", UnknownImageOptionError),
        ("fit-", UnknownImageOptionError),
        ("fit-crop", UnknownImageOptionError),
        ("g-up", UnknownImageOptionError),
        ("flip-x", UnknownImageOptionError),
        ("enlarge-1", UnknownImageOptionError),
        ("preset-A", UnknownImageOptionError),
        ("v123", UnknownImageOptionError),
        ("w1_" * 300, UnknownImageOptionError),
        ("q0", ImageOptionRangeError),
        ("q101", ImageOptionRangeError),
        ("w65536", ImageOptionRangeError),
        ("dpr-9", ImageOptionRangeError),
        ("dpr-x", ImageOptionRangeError),
        ("blur-0", ImageOptionRangeError),
        ("blur-1.234", ImageOptionRangeError),
        ("sharpen-11", ImageOptionRangeError),
        ("rot-45", ImageOptionRangeError),
        ("bg-12345", ImageOptionRangeError),
        ("g-fp:1", ImageOptionRangeError),
        ("g-fp:1.1:0", ImageOptionRangeError),
        ("g-fp:0.12345:0", ImageOptionRangeError),
        ("w1_w2", RepeatedImageOptionError),
        ("w1_w1", RepeatedImageOptionError),
        ("w0_w1", RepeatedImageOptionError),
        ("enlarge_enlarge", RepeatedImageOptionError),
        ("g-north_g-fp:0:0", RepeatedImageOptionError),
    ],
)
def test_each_mistake_has_its_error(text: str, error: type[InvalidInputError]) -> None:
    with pytest.raises(error):
        parse_options(text)


def test_the_canonical_text_has_one_order() -> None:
    text = "v12345678_preset-a_still_bg-abc_sharpen-1_blur-2_flip-h_rot-90_enlarge_dpr-2.5"
    text += "_g-fp:.5:0.10_fit-contain_q5_h0010_w20"

    assert options_text(parse_options(text)) == (
        "w20_h10_q5_fit-contain_g-fp:0.5:0.1_dpr-2.5_enlarge_rot-90_flip-h"
        "_blur-2_sharpen-1_bg-aabbcc_still_preset-a_v12345678"
    )
    assert options_text(parse_options("")) == "-"


hundredths = st.integers(30, 800).map(lambda each: each / 100)
shares = st.integers(0, 10_000).map(lambda each: each / 10_000)
all_options = st.builds(
    ImageOptions,
    width=st.none() | st.integers(1, 65535),
    height=st.none() | st.integers(1, 65535),
    quality=st.none() | st.integers(1, 100),
    fit=st.none() | st.sampled_from(Fit),
    gravity=st.none(),
    focus=st.none() | st.builds(FocalPoint, shares, shares),
    dpr=st.none() | hundredths,
    enlarge=st.booleans(),
    rotate=st.sampled_from([None, 90, 180, 270]),
    flip=st.none() | st.sampled_from(Flip),
    blur=st.none() | hundredths,
    sharpen=st.none() | hundredths,
    background=st.none() | st.from_regex(r"[0-9a-f]{6}", fullmatch=True),
    still=st.booleans(),
    preset=st.none() | st.from_regex(r"[a-z0-9][a-z0-9-]{0,39}", fullmatch=True),
    version=st.none() | st.from_regex(r"[0-9a-f]{8,64}", fullmatch=True),
) | st.builds(ImageOptions, gravity=st.sampled_from(Gravity))


@given(all_options)
def test_options_come_back_from_their_text(options: ImageOptions) -> None:
    text = options_text(options)

    assert parse_options(text) == options
    assert options_text(parse_options(text)) == text


@given(st.text(st.sampled_from("whqvgfp-_:.0123456789abc"), max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(UnknownImageOptionError, RepeatedImageOptionError, ImageOptionRangeError):
        parse_options(text)
