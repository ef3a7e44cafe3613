import pytest

from keyshelf.media.audio.loudness import gain


@pytest.mark.parametrize(
    ("loudness", "peak", "expected"),
    [
        pytest.param(-13.3, -1.0, -9.7, id="too-loud"),
        pytest.param(-30.0, -12.0, 7.0, id="too-quiet"),
        pytest.param(-30.0, -4.0, 3.0, id="peaks-stay-below-full-scale"),
        pytest.param(-23.0, -6.0, 0.0, id="right"),
        pytest.param(-70.0, float("-inf"), 0.0, id="silence"),
    ],
)
def test_gain(loudness: float, peak: float, expected: float) -> None:
    assert gain(loudness, peak) == pytest.approx(expected)
