import json

from hypothesis import given
from hypothesis import strategies as st

from keyshelf.media.audio.waveform import Blocks, Waveform

LEVELS = st.lists(st.tuples(st.integers(-32768, 0), st.integers(0, 32767)), min_size=1, max_size=99)


def test_pixels_are_the_extremes_of_equal_stretches() -> None:
    blocks = Blocks(samples=100, most=64)
    for low, high in [(-1, 2), (-3, 1), (-2, 5), (0, 4), (-9, 0)]:
        blocks.add(low, high)

    assert blocks.drawn(3, 8000) == Waveform(8000, 200, ((-3, 2), (-2, 5), (-9, 0)))


@given(LEVELS, st.integers(1, 12), st.integers(1, 6))
def test_memory_is_bounded_and_nothing_is_lost(
    levels: list[tuple[int, int]], pixels: int, half: int
) -> None:
    blocks = Blocks(samples=10, most=2 * half)
    for low, high in levels:
        blocks.add(low, high)

    drawn = blocks.drawn(pixels, 8000)

    assert len(blocks.drawn(1000, 8000).pairs) <= 2 * half
    assert 1 <= len(drawn.pairs) <= pixels
    assert min(low for low, _ in drawn.pairs) == min(low for low, _ in levels)
    assert max(high for _, high in drawn.pairs) == max(high for _, high in levels)
    covered = drawn.samples_per_pixel * len(drawn.pairs)
    assert covered - drawn.samples_per_pixel < 10 * len(levels) <= covered


def test_the_file_is_audiowaveforms() -> None:
    written = json.loads(Waveform(8000, 200, ((-32768, 32767), (-256, 255))).text())

    assert written == {
        "version": 2,
        "channels": 1,
        "sample_rate": 8000,
        "samples_per_pixel": 200,
        "bits": 8,
        "length": 2,
        "data": [-128, 127, -1, 0],
    }
