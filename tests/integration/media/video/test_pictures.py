"""Covers, moving previews and seek pictures."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
import pyvips
from PIL import Image, ImageStat

from keyshelf.errors import InvalidInputError
from keyshelf.media.tools.failures import MediaUnreadableError
from keyshelf.media.tools.finding import Tools
from keyshelf.media.tools.probe import probe
from keyshelf.media.tools.probed import Probe
from keyshelf.media.video.cover import make_cover
from keyshelf.media.video.preview import PreviewPlan, make_preview
from keyshelf.media.video.sprites import make_sprites
from tests.media_clips import MediaClips

pytestmark = pytest.mark.anyio


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


async def described(tools: Tools, path: Path, folder: Path) -> Probe:
    return await probe(tools, path, folder=folder)


def brightness(path: Path) -> float:
    with Image.open(path) as picture:
        return ImageStat.Stat(picture.convert("L")).mean[0]


@pytest.mark.parametrize(
    ("clip", "size"),
    [
        ("plain.mp4", (320, 180)),
        ("rotated.mp4", (180, 320)),
        ("odd.mp4", (321, 181)),
        ("anamorphic.mp4", (256, 144)),
        ("hdr10.mp4", (320, 180)),
        ("interlaced.ts", (320, 240)),
    ],
)
async def test_a_cover_has_the_full_upright_size(
    media_tools: Tools, clips: MediaClips, folder: Path, clip: str, size: tuple[int, int]
) -> None:
    film = await described(media_tools, clips[clip], folder)

    cover = await make_cover(media_tools, clips[clip], film, folder=folder)

    with Image.open(cover) as picture:
        picture.load()
        assert (picture.format, picture.mode, picture.size) == ("JPEG", "RGB", size)
    assert 40 < brightness(cover) < 215


async def test_a_cover_nobody_chose_is_not_black(
    media_tools: Tools, clips: MediaClips, folder: Path
) -> None:
    source = clips["black_start.mp4"]
    film = await described(media_tools, source, folder)

    chosen = await make_cover(media_tools, source, film, folder=folder)
    bright = brightness(chosen)
    asked = await make_cover(media_tools, source, film, folder=folder, at=0.0)

    assert (bright > 60, brightness(asked) < 5) == (True, True)


@pytest.mark.parametrize("at", [None, 0.0, 1.99, 3600.0])
async def test_a_cover_of_black_or_from_behind_the_end_is_a_picture(
    media_tools: Tools, clips: MediaClips, folder: Path, at: float | None
) -> None:
    source = folder / "black.mp4"
    clips.ffmpeg("-f", "lavfi", "-i", "color=black:s=64x64:r=5:d=2", "-c:v", "libx264", source)
    film = await described(media_tools, source, folder)

    cover = await make_cover(media_tools, source, film, folder=folder, at=at)

    assert brightness(cover) < 5


async def test_a_recording_has_no_cover(
    media_tools: Tools, clips: MediaClips, folder: Path
) -> None:
    sound = await described(media_tools, clips["sound.m4a"], folder)

    with pytest.raises(MediaUnreadableError):
        await make_cover(media_tools, clips["sound.m4a"], sound, folder=folder)
    with pytest.raises(MediaUnreadableError):
        await make_preview(media_tools, clips["sound.m4a"], sound, folder=folder)


async def test_a_cover_that_is_too_much_work_to_choose_is_the_one_at_a_second(
    media_tools: Tools, clips: MediaClips, folder: Path
) -> None:
    film = await described(media_tools, clips["plain.mp4"], folder)
    weak = folder / "ffmpeg"
    weak.write_text(f"""#!/bin/sh
case "$*" in *thumbnail=n=*) echo Cannot allocate memory >&2; exit 1;; esac
exec {media_tools.ffmpeg} "$@"
""")
    weak.chmod(0o700)
    tools = replace(media_tools, ffmpeg=weak)

    cover = await make_cover(tools, clips["plain.mp4"], film, folder=folder)

    assert brightness(cover) > 40


@pytest.mark.parametrize(
    ("clip", "shape"),
    [
        ("plain.mp4", (PreviewPlan(start=1, duration=1.5, width=160), (160, 90), 15)),
        ("rotated.mp4", (PreviewPlan(width=90, duration=1), (90, 160), 10)),
        ("silent.mp4", (PreviewPlan(width=480, fps=5), (320, 180), 10)),
        ("hdr10.mp4", (PreviewPlan(width=101, duration=0.5, fps=20), (101, 57), 10)),
    ],
    ids=["plain", "rotated", "short", "hdr"],
)
async def test_previews_open_in_strict_decoders(
    media_tools: Tools,
    clips: MediaClips,
    folder: Path,
    clip: str,
    shape: tuple[PreviewPlan, tuple[int, int], int],
) -> None:
    options, size, frames = shape
    film = await described(media_tools, clips[clip], folder)

    made = await make_preview(media_tools, clips[clip], film, options, folder=folder)

    for name, path in made.items():
        with Image.open(path) as picture:
            assert (picture.format or "").lower() == name
            assert (picture.size, getattr(picture, "n_frames", 1)) == (size, frames)
            assert picture.info["loop"] == 0
            for each in range(frames):
                picture.seek(each)
                picture.load()
        opened = pyvips.Image.new_from_file(str(path), n=-1, fail_on="warning")
        assert (opened.width, opened.get("page-height")) == size
        assert (opened.get("n-pages"), opened.avg() > 0) == (frames, True)
        assert opened.get("delay") == [round(1000 / options.fps)] * frames
    assert int.from_bytes(made["webp"].read_bytes()[4:8], "little") + 8 == (
        made["webp"].stat().st_size
    )


async def test_one_format_alone_is_made(
    media_tools: Tools, clips: MediaClips, folder: Path
) -> None:
    film = await described(media_tools, clips["silent.mp4"], folder)

    made = await make_preview(
        media_tools, clips["silent.mp4"], film, PreviewPlan(formats=("gif",)), folder=folder
    )

    assert list(made) == ["gif"]
    assert not (folder / "preview.webp").exists()


async def test_a_film_of_one_frame_is_a_still_preview(
    media_tools: Tools, clips: MediaClips, folder: Path
) -> None:
    source = folder / "one.mp4"
    clips.ffmpeg(*("-f", "lavfi", "-i", "color=red:s=64x64:r=50:d=0.02", "-c:v", "libx264", source))
    film = await described(media_tools, source, folder)

    made = await make_preview(media_tools, source, film, folder=folder)

    for path in made.values():
        with Image.open(path) as picture:
            picture.load()
            assert picture.size == (64, 64)


@pytest.mark.parametrize(
    "wrong",
    [
        {"start": -1},
        {"duration": 0},
        {"duration": 31},
        {"width": 15},
        {"fps": 31},
        {"duration": 25, "fps": 30},
        {"formats": ()},
        {"formats": ("gif", "gif")},
    ],
    ids=str,
)
def test_previews_have_bounds(wrong: dict[str, float]) -> None:
    with pytest.raises(InvalidInputError):
        PreviewPlan(**wrong)  # type: ignore[arg-type] -- wrong on purpose


async def test_seek_pictures_are_where_the_text_says(
    media_tools: Tools, clips: MediaClips, folder: Path
) -> None:
    film = folder / "film.mp4"
    # Red, green, blue: a second keyframe of each, every two seconds.
    clips.ffmpeg(
        *("-f", "lavfi", "-i", "color=red:s=64x36:r=10:d=4"),
        *("-f", "lavfi", "-i", "color=lime:s=64x36:r=10:d=4"),
        *("-f", "lavfi", "-i", "color=blue:s=64x36:r=10:d=3"),
        *("-filter_complex", "concat=n=3,scale=out_color_matrix=bt709", "-g", "20", film),
    )

    made = await make_sprites(media_tools, film, width=64, height=36, duration=11.0, folder=folder)

    cues = re.findall(
        r"([\d:.]+) --> ([\d:.]+)\nsprite_1\.jpg#xywh=(\d+),(\d+),(\d+),(\d+)", made.vtt.read_text()
    )
    assert [each.name for each in made.sheets] == ["sprite_1.jpg"]
    assert len(cues) == 6
    assert (cues[0][0], cues[5][1]) == ("00:00:00.000", "00:00:11.000")
    with Image.open(made.sheets[0]) as sheet:
        for number, (_, _, *place) in enumerate(cues):
            x, y, width, height = map(int, place)
            colour = sheet.getpixel((x + width // 2, y + height // 2))
            assert isinstance(colour, tuple)
            assert colour.index(max(colour)) == number // 2


async def test_a_long_film_has_more_than_one_sheet(
    media_tools: Tools, clips: MediaClips, folder: Path
) -> None:
    film = folder / "film.mp4"
    clips.ffmpeg(
        *("-f", "lavfi", "-i", "testsrc2=s=32x32:r=1/2:d=1211", "-g", "1"),
        *("-c:v", "libx264", "-preset", "ultrafast", film),
    )

    made = await make_sprites(
        media_tools, film, width=32, height=32, duration=1211.0, folder=folder
    )

    text = made.vtt.read_text()
    assert [each.name for each in made.sheets] == ["sprite_1.jpg", "sprite_2.jpg"]
    assert text.count(" --> ") == 122
    assert "00:16:40.000 --> 00:16:50.000\nsprite_2.jpg#xywh=0,0,32,32" in text
    assert "00:20:10.000 --> 00:20:11.000\nsprite_2.jpg#xywh=32,64,32,32" in text
    for sheet in made.sheets:
        with Image.open(sheet) as picture:
            assert picture.size == (320, 320)


async def test_seek_pictures_of_nothing_are_refused(media_tools: Tools, folder: Path) -> None:
    with pytest.raises(InvalidInputError):
        await make_sprites(media_tools, folder, width=0, height=1, duration=1, folder=folder)
