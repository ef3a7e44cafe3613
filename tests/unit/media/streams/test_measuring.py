from pathlib import Path

import pytest

from keyshelf.media.streams.failures import BrokenStreamError
from keyshelf.media.streams.measuring import Rate, Segment, measure, read_segments


def segments(*told: tuple[float, int]) -> list[Segment]:
    return [Segment(f"seg_{number}.m4s", *each) for number, each in enumerate(told, 1)]


def test_the_peak_is_that_of_the_heaviest_segment() -> None:
    assert measure(segments((6, 6000), (6, 9000), (6, 3000))) == Rate(12000, 8000)


def test_a_short_end_counts_with_what_is_before_it() -> None:
    # 9000 bytes in a second are no peak by themselves: 0.5 target durations are 3 seconds.
    assert measure(segments((6, 3000), (1, 9000))) == Rate(13715, 13715)


def test_a_rendition_that_is_shorter_than_a_run_has_its_average() -> None:
    assert measure(segments((0.4, 100))) == Rate(2000, 2000)


def test_short_segments_are_taken_together() -> None:
    quiet, loud = (2.0, 1000), (2.0, 5000)

    assert measure(segments(quiet, loud, quiet, quiet)).peak == 20000


def test_sizes_are_those_of_the_files_or_of_the_ranges(tmp_path: Path) -> None:
    (tmp_path / "seg_1.m4s").write_bytes(bytes(700))
    playlist = tmp_path / "playlist.m3u8"
    playlist.write_text(
        "#EXTM3U\n#EXTINF:6.006,\nseg_1.m4s\n#EXTINF:2.000,\n#EXT-X-BYTERANGE:40@100\nseg_1.m4s\n"
    )

    assert read_segments(playlist) == [
        Segment("seg_1.m4s", 6.006, 700),
        Segment("seg_1.m4s", 2.0, 40),
    ]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("#EXTM3U\n", id="no-segments"),
        pytest.param("#EXTM3U\n#EXTINF:6,\nseg_9.m4s\n", id="segment-missing"),
    ],
)
def test_a_playlist_of_what_is_not_there_is_refused(tmp_path: Path, text: str) -> None:
    playlist = tmp_path / "playlist.m3u8"
    playlist.write_text(text)

    with pytest.raises(BrokenStreamError):
        read_segments(playlist)
