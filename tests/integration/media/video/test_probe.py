"""Looking at films and recordings with the real ffprobe."""

from dataclasses import replace
from pathlib import Path

import pytest

from keyshelf.media.tools.failures import (
    DolbyVisionAloneError,
    MediaTooLargeError,
    MediaUnreadableError,
)
from keyshelf.media.tools.finding import ToolLimits, Tools
from keyshelf.media.tools.probe import probe
from keyshelf.media.tools.probed import Hdr, VideoStream
from tests.media_clips import MediaClips

pytestmark = pytest.mark.anyio


async def picture_of(tools: Tools, path: Path, folder: Path) -> VideoStream:
    video = (await probe(tools, path, folder=folder)).video
    assert video is not None
    return video


async def test_a_film_tells_its_size_rate_and_sound(
    media_tools: Tools, clips: MediaClips, tmp_path: Path
) -> None:
    film = await probe(media_tools, clips["plain.mp4"], folder=tmp_path)

    assert (film.container, film.duration, film.has_index) == ("mp4", 3.0, True)
    assert film.video is not None
    assert (film.video.codec, film.video.width, film.video.height) == ("h264", 320, 180)
    assert (film.video.rate, film.video.is_vfr, film.video.bit_depth) == (30, False, 8)
    assert [(each.codec, each.channels, each.layout) for each in film.audio] == [
        ("aac", 2, "stereo")
    ]


@pytest.mark.parametrize(
    ("clip", "size"),
    [
        ("rotated.mp4", (180, 320)),
        ("portrait.mp4", (180, 320)),
        ("anamorphic.mp4", (256, 144)),
        ("odd.mp4", (321, 181)),
        ("lines718.mp4", (1278, 718)),
    ],
)
async def test_sizes_are_of_the_upright_picture_with_square_pixels(
    media_tools: Tools, clips: MediaClips, tmp_path: Path, clip: str, size: tuple[int, int]
) -> None:
    video = await picture_of(media_tools, clips[clip], tmp_path)

    assert (video.width, video.height) == size


async def test_rotation_is_told_clockwise(
    media_tools: Tools, clips: MediaClips, tmp_path: Path
) -> None:
    assert (await picture_of(media_tools, clips["rotated.mp4"], tmp_path)).rotation == 270


@pytest.mark.parametrize(
    ("clip", "hdr"), [("hdr10.mp4", Hdr.PQ), ("hlg.mp4", Hdr.HLG), ("plain.mp4", None)]
)
async def test_high_dynamic_range_is_seen(
    media_tools: Tools, clips: MediaClips, tmp_path: Path, clip: str, hdr: Hdr | None
) -> None:
    video = await picture_of(media_tools, clips[clip], tmp_path)

    assert video.hdr is hdr
    assert video.bit_depth == (10 if hdr else 8)
    assert video.primaries == ("bt2020" if hdr else None)


async def test_ten_bits_of_av1_are_seen_without_decoding(
    media_tools: Tools, clips: MediaClips, tmp_path: Path
) -> None:
    video = await picture_of(media_tools, clips["av1.webm"], tmp_path)

    assert (video.codec, video.bit_depth) == ("av1", 10)


async def test_fields_and_uneven_frames_are_seen(
    media_tools: Tools, clips: MediaClips, tmp_path: Path
) -> None:
    fields = await probe(media_tools, clips["interlaced.ts"], folder=tmp_path)
    uneven = await picture_of(media_tools, clips["vfr.mp4"], tmp_path)

    assert fields.video is not None
    assert (fields.video.is_interlaced, fields.video.is_vfr) == (True, False)
    assert (fields.video.rate, fields.has_index) == (25, False)
    assert uneven.is_vfr


async def test_surround_and_languages_are_named_truly(
    media_tools: Tools, clips: MediaClips, tmp_path: Path
) -> None:
    surround = await probe(media_tools, clips["surround.mp4"], folder=tmp_path)
    bilingual = await probe(media_tools, clips["bilingual.mkv"], folder=tmp_path)

    assert [(each.channels, each.layout) for each in surround.audio] == [(6, "5.1")]
    assert [(each.language, each.title, each.is_default) for each in bilingual.audio] == [
        ("ger", None, True),
        ("fre", "Version française", False),
    ]
    assert [
        (each.language, each.codec, each.is_text, each.is_forced) for each in bilingual.subtitles
    ] == [("ger", "subrip", True, False), ("fre", "ass", True, True)]


async def test_a_film_may_be_silent_and_a_recording_has_no_picture(
    media_tools: Tools, clips: MediaClips, tmp_path: Path
) -> None:
    silent = await probe(media_tools, clips["silent.mp4"], folder=tmp_path)
    sound = await probe(media_tools, clips["sound.m4a"], folder=tmp_path)

    assert (silent.audio, sound.video) == ((), None)
    assert silent.video is not None
    assert len(sound.audio) == 1


async def test_an_albums_cover_is_no_film(
    media_tools: Tools, clips: MediaClips, tmp_path: Path
) -> None:
    picture, album = tmp_path / "cover.png", tmp_path / "album.m4a"
    clips.ffmpeg("-f", "lavfi", "-i", "color=red:s=64x64:d=1", "-frames:v", "1", picture)
    clips.ffmpeg(
        *("-i", clips["sound.m4a"], "-i", picture, "-map", "0", "-map", "1", "-c", "copy"),
        *("-disposition:v:0", "attached_pic", "-metadata", "artist=Anna", album),
    )

    found = await probe(media_tools, album, folder=tmp_path)

    assert found.video is None
    assert found.tags["artist"] == "Anna"


async def test_a_film_whose_header_has_no_duration_is_counted(
    media_tools: Tools, clips: MediaClips, tmp_path: Path
) -> None:
    live = tmp_path / "live.webm"
    clips.ffmpeg("-i", clips["av1.webm"], "-c", "copy", "-live", "1", live)

    found = await probe(media_tools, live, folder=tmp_path)

    assert found.duration == pytest.approx(2.0, abs=0.1)


async def test_a_duration_that_cannot_be_is_counted(
    media_tools: Tools, clips: MediaClips, tmp_path: Path
) -> None:
    lying = tmp_path / "lying.mkv"
    clips.ffmpeg("-i", clips["sound.m4a"], "-c", "copy", lying)
    data = bytearray(lying.read_bytes())
    at = data.index(b"\x44\x89\x88") + 3  # the duration, of eight bytes, in milliseconds
    data[at : at + 8] = b"\x41\xe0\x00\x00\x00\x00\x00\x00"  # 2**31
    lying.write_bytes(data)

    found = await probe(media_tools, lying, folder=tmp_path)

    assert found.duration == pytest.approx(3.0, abs=0.1)


async def test_limits_are_told(media_tools: Tools, clips: MediaClips, tmp_path: Path) -> None:
    few_pixels = replace(media_tools, limits=ToolLimits(source_pixels=10_000))
    few_seconds = replace(media_tools, limits=ToolLimits(source_seconds=1.0))

    with pytest.raises(MediaTooLargeError) as pixels:
        await probe(few_pixels, clips["silent.mp4"], folder=tmp_path)
    with pytest.raises(MediaTooLargeError):
        await probe(few_seconds, clips["silent.mp4"], folder=tmp_path)

    assert pixels.value.extras == {"width": 320, "height": 180}


async def test_what_is_no_film_is_refused_without_its_path(
    media_tools: Tools, tmp_path: Path
) -> None:
    text = tmp_path / "letter.mp4"
    text.write_text("Dear Anna")

    with pytest.raises(MediaUnreadableError) as refused:
        await probe(media_tools, text, folder=tmp_path)

    assert str(tmp_path) not in str(refused.value)


async def test_what_the_container_cuts_off_is_not_counted(
    media_tools: Tools, clips: MediaClips, tmp_path: Path
) -> None:
    # FFmpeg writes no such container, so ffprobe's words are made up.
    stream = (
        '{"index":0,"codec_type":"video","codec_name":"h264","width":320,"height":192,'
        '"avg_frame_rate":"25/1","side_data_list":['
        '{"crop_top":4,"crop_bottom":8,"crop_left":0,"crop_right":2},{"rotation":-90}]}'
    )
    told = f'{{"format":{{"format_name":"matroska,webm","duration":"2.0"}},"streams":[{stream}]}}'
    ffprobe = tmp_path / "ffprobe"
    ffprobe.write_text(f"#!/bin/sh\necho '{told}'\n")
    ffprobe.chmod(0o755)

    video = await picture_of(replace(media_tools, ffprobe=ffprobe), clips["silent.mp4"], tmp_path)

    assert (video.width, video.height, video.rotation) == (180, 318, 90)


def in_dolby_vision(film: bytes, *, profile: int, compatibility: int) -> bytes:
    """Return an MP4 whose picture claims to be Dolby Vision: a `dvcC` box behind its `avcC`."""
    levels = profile << 9 | 6 << 3 | 0b101  # level 6, with metadata and a base layer
    body = bytes([1, 0, levels >> 8, levels & 255, compatibility << 4, *bytes(19)])
    box = (len(body) + 8).to_bytes(4, "big") + b"dvcC" + body
    made, at = bytearray(film), 0
    for name in (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsd", b"avc1", b"avcC"):
        at = made.index(name, at)
        size = int.from_bytes(made[at - 4 : at], "big")
        if name != b"avcC":
            made[at - 4 : at] = (size + len(box)).to_bytes(4, "big")
    made[at - 4 + size : at - 4 + size] = box
    return bytes(made)


@pytest.mark.parametrize(("profile", "compatibility"), [(5, 0), (10, 0)])
async def test_what_only_dolby_vision_shows_is_refused_with_the_way_out(
    media_tools: Tools, clips: MediaClips, tmp_path: Path, profile: int, compatibility: int
) -> None:
    film = tmp_path / "film.mp4"
    clip = clips["plain.mp4"].read_bytes()
    film.write_bytes(in_dolby_vision(clip, profile=profile, compatibility=compatibility))

    with pytest.raises(DolbyVisionAloneError, match="HDR10"):
        await probe(media_tools, film, folder=tmp_path)


async def test_dolby_vision_on_what_all_can_show_is_read(
    media_tools: Tools, clips: MediaClips, tmp_path: Path
) -> None:
    film = tmp_path / "film.mp4"
    film.write_bytes(in_dolby_vision(clips["plain.mp4"].read_bytes(), profile=8, compatibility=1))

    assert (await picture_of(media_tools, film, tmp_path)).width == 320
