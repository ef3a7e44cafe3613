"""What is said to FFmpeg about colours and sizes."""

from dataclasses import replace
from fractions import Fraction

import pytest

from keyshelf.media.tools.probed import Hdr, VideoStream
from keyshelf.media.video.filters import standard, upright_fields

_PLAIN = VideoStream(
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


def words(video: VideoStream, width: int = 640, height: int = 360) -> str:
    return ",".join(standard(video, width, height))


@pytest.mark.parametrize(
    ("video", "matrix"),
    [
        (_PLAIN, "bt709"),
        (replace(_PLAIN, width=720, height=576), "smpte170m"),
        (replace(_PLAIN, width=720, height=1280), "bt709"),
        (replace(_PLAIN, matrix="smpte170m"), "smpte170m"),
        (replace(_PLAIN, matrix="bt2020nc"), "bt2020"),
        (replace(_PLAIN, matrix="gbr"), "auto"),
    ],
    ids=["hd", "sd", "portrait", "named", "wide", "rgb"],
)
def test_a_picture_without_a_matrix_has_that_of_its_size(video: VideoStream, matrix: str) -> None:
    assert f"in_color_matrix={matrix}:" in words(video)


@pytest.mark.parametrize("hdr", [None, *Hdr])
def test_every_picture_ends_as_eight_bits_of_bt709(hdr: Hdr | None) -> None:
    said = words(replace(_PLAIN, hdr=hdr, primaries="bt2020" if hdr else None))

    assert said.endswith(
        "format=yuv420p,setsar=1,setparams=color_primaries=bt709:color_trc=bt709"
        ":colorspace=bt709:range=tv"
    )
    assert ("tonemap" in said) == (hdr is not None)
    assert "640:360" in said


def test_wide_colours_are_brought_in_without_tone_mapping() -> None:
    said = words(replace(_PLAIN, primaries="bt2020", transfer="bt2020-10", matrix="bt2020nc"))

    assert "zscale=640:360:p=bt709:t=bt709:m=bt709" in said
    assert "tonemap" not in said


def test_red_green_and_blue_of_high_dynamic_range_have_no_matrix() -> None:
    video = replace(_PLAIN, hdr=Hdr.PQ, transfer="smpte2084", pixel_format="gbrp10le")

    assert "color_primaries=bt2020:color_trc=smpte2084:colorspace=gbr" in words(video)


def test_odd_sizes_keep_all_their_colour_until_the_end() -> None:
    said = words(replace(_PLAIN, hdr=Hdr.HLG, transfer="arib-std-b67", width=321), 101, 57)

    assert "format=yuv444p12le" in said
    assert "m=bt709:r=limited,format=yuv444p,format=yuv420p" in said


def test_only_fields_are_made_whole() -> None:
    assert upright_fields(_PLAIN) == []
    assert upright_fields(replace(_PLAIN, is_interlaced=True)) == ["bwdif=mode=send_frame"]
