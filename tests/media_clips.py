"""Short films of every awkward kind, each made by FFmpeg when a test first asks for it."""

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from keyshelf.media.tools.finding import Tools, find_tools

_X264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")
_AAC = ("-c:a", "aac", "-b:a", "64k")
_SUBTITLES = """1
00:00:00,500 --> 00:00:01,500
Guten Tag & auf Wiedersehen

2
00:00:02,000 --> 00:00:02,900
Größe <i>zählt</i>
"""
_STYLED = """[Script Info]
ScriptType: v4.00+

[V4+ Styles]
Format: Name, Fontname, Fontsize
Style: Default,Arial,20

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Dialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,{\\b1}Bonjour{\\b0} tout le monde
"""


def _picture(size: str, seconds: float, *, rate: str = "30") -> tuple[str, ...]:
    noise = "noise=alls=12:allf=t:all_seed=7"
    return ("-f", "lavfi", "-i", f"testsrc2=s={size}:r={rate}:d={seconds},{noise}")


def _sound(seconds: float, *, tone: int = 440, layout: str = "stereo") -> tuple[str, ...]:
    channels = {"mono": 1, "stereo": 2, "5.1": 6}[layout]
    voices = "|".join(f"sin({tone * (each + 1)}*2*PI*t)/4" for each in range(channels))
    return ("-f", "lavfi", "-i", f"aevalsrc={voices}:c={layout}:s=48000:d={seconds}")


def _hdr(transfer: str, extra: str) -> tuple[str, ...]:
    tags = f"colorprim=bt2020:transfer={transfer}:colormatrix=bt2020nc:log-level=error{extra}"
    return (
        *_picture("320x180", 2),
        *("-c:v", "libx265", "-preset", "ultrafast", "-pix_fmt", "yuv420p10le", "-tag:v", "hvc1"),
        *("-color_primaries", "bt2020", "-color_trc", transfer, "-colorspace", "bt2020nc"),
        *("-x265-params", tags),
    )


_HDR10 = (
    ":master-display=G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,1)"
    ":max-cll=1000,400"
)
_RECIPES: Mapping[str, Sequence[str]] = {
    "plain.mp4": (*_picture("320x180", 3), *_sound(3), *_X264, *_AAC),
    "long.mp4": (*_picture("160x90", 14.5), *_X264, "-g", "250", "-bf", "2"),
    "ntsc.mkv": (*_picture("160x90", 14.5, rate="30000/1001"), *_X264, "-g", "100"),
    "portrait.mp4": (*_picture("180x320", 2), *_X264),
    "hdr10.mp4": _hdr("smpte2084", _HDR10),
    "hlg.mp4": _hdr("arib-std-b67", ""),
    "vfr.mp4": (
        *_picture("320x180", 6),
        # A frame every 1/30 s, then one every 1/6 s, then a still of two seconds.
        *("-vf", "select='lt(t,2)+between(t,2,4)*not(mod(n,5))+eq(n,179)'"),
        *(*_X264, "-fps_mode", "vfr"),
    ),
    "interlaced.ts": (
        *_picture("320x240", 3, rate="50"),
        *("-vf", "tinterlace=interleave_top,fieldorder=tff", "-c:v", "mpeg2video", "-q:v", "9"),
        *("-pix_fmt", "yuv420p", "-flags", "+ilme+ildct", "-field_order", "tt"),
    ),
    "surround.mp4": (*_picture("320x180", 3), *_sound(3, layout="5.1"), *_X264, *_AAC),
    "silent.mp4": (*_picture("320x180", 2), *_X264),
    "sound.m4a": (*_sound(3), *_AAC),
    "odd.mp4": (
        *_picture("330x190", 2),
        *("-vf", "format=yuv444p,crop=321:181:exact=1", *_X264[:-1], "yuv444p"),
    ),
    "lines718.mp4": (*_picture("1278x718", 2.2, rate="10"), *_X264),
    "anamorphic.mp4": (*_picture("180x144", 2), "-vf", "setsar=64/45", *_X264),
    "black_start.mp4": (
        *("-f", "lavfi", "-i", "color=black:s=320x180:r=30:d=4"),
        *_picture("320x180", 3),
        *("-filter_complex", "[0:v][1:v]concat=n=2", *_X264),
    ),
    "late_picture.mkv": (
        *(*_sound(4), "-itsoffset", "1.5", *_picture("320x180", 2)),
        *(*_X264, *_AAC, "-fflags", "+bitexact"),
    ),
    "av1.webm": (
        *_picture("320x180", 2),
        *("-c:v", "libsvtav1", "-preset", "12", "-pix_fmt", "yuv420p10le"),
    ),
}


class MediaClips:
    """Clips by name. Each is made once a session and is not to be changed."""

    def __init__(self, ffmpeg: Path, folder: Path) -> None:
        self._ffmpeg = ffmpeg
        self._folder = folder

    def __getitem__(self, name: str) -> Path:
        path = self._folder / name
        if not path.exists():
            self._make(name, path)
        return path

    def _make(self, name: str, path: Path) -> None:
        match name:
            case "rotated.mp4":
                source = self["silent.mp4"]
                self.ffmpeg("-display_rotation", "90", "-i", source, "-c", "copy", path)
            case "bilingual.mkv":
                self._make_bilingual(path)
            case "texts.mp4":
                source = self["bilingual.mkv"]
                texts = ("-map", "0:v", "-map", "0:s:0", "-c", "copy", "-c:s", "mov_text")
                self.ffmpeg("-i", source, *texts, path)
            case _:
                self.ffmpeg(*_RECIPES[name], path)

    def _make_bilingual(self, path: Path) -> None:
        srt, ass = self._folder / "texts.srt", self._folder / "texts.ass"
        srt.write_text(_SUBTITLES, encoding="utf-8")
        ass.write_text(_STYLED, encoding="utf-8")
        self.ffmpeg(
            *(*_picture("320x180", 3), *_sound(3), *_sound(3, tone=660), "-i", srt, "-i", ass),
            *("-map", "0", "-map", "1", "-map", "2", "-map", "3", "-map", "4", *_X264, *_AAC),
            *("-c:s:0", "srt", "-c:s:1", "ass"),
            *("-metadata:s:a:0", "language=ger", "-metadata:s:a:1", "language=fre"),
            *("-metadata:s:s:0", "language=ger", "-metadata:s:s:1", "language=fre"),
            *("-disposition:a:0", "default", "-disposition:a:1", "0"),
            *("-disposition:s:1", "forced", "-metadata:s:a:1", "title=Version française"),
            path,
        )

    def ffmpeg(self, *arguments: str | Path) -> None:
        """Run FFmpeg to make something; what it complains of fails the test."""
        made = subprocess.run(
            [self._ffmpeg, "-nostdin", "-y", "-v", "error", *arguments],
            capture_output=True,
            check=False,
            env={"SVT_LOG": "0"},
        )
        assert made.returncode == 0, made.stderr.decode(errors="replace")


@pytest.fixture(scope="session")
def media_tools() -> Tools:
    """The programs of the wheels."""
    return find_tools()


@pytest.fixture(scope="session")
def clips(media_tools: Tools, tmp_path_factory: pytest.TempPathFactory) -> MediaClips:
    """Short films, made as they are asked for."""
    return MediaClips(media_tools.ffmpeg, tmp_path_factory.mktemp("clips"))
