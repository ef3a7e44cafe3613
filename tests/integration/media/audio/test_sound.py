"""Sound as AAC, MP3 and FLAC, its loudness and its drawing: by real decoders and encoders."""

import json
import re
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from keyshelf.media.audio.downloads import make_flac, make_mp3
from keyshelf.media.audio.encoding import EncodedSound, encode_sound
from keyshelf.media.audio.loudness import NoMeasurementError, levelled
from keyshelf.media.audio.sound import Sound
from keyshelf.media.audio.tracks import plan_sound
from keyshelf.media.audio.waveform import Waveform, make_waveform
from keyshelf.media.tools.failures import MediaUnreadableError, NoScratchSpaceError
from keyshelf.media.tools.finding import Tools
from keyshelf.media.tools.probe import probe
from keyshelf.media.tools.probed import AudioStream
from tests.media_clips import MediaClips

pytestmark = pytest.mark.anyio

_TONE = "aevalsrc='if(lt(t,2),0,sin(1000*2*PI*t)/2)':s=44100:d=3"


@dataclass
class Listener:
    tools: Tools
    clips: MediaClips
    folder: Path
    heard: list[float]

    async def on_seconds(self, seconds: float) -> None:
        self.heard.append(seconds)

    async def streams(self, path: Path) -> tuple[AudioStream, ...]:
        return (await probe(self.tools, path, folder=self.folder)).audio

    async def encode(self, source: Path, *, is_levelled: bool = False) -> list[EncodedSound]:
        found = await probe(self.tools, source, folder=self.folder)
        return await encode_sound(
            self.tools,
            Sound(source, found.duration, is_levelled),
            plan_sound(found.audio),
            folder=self.folder,
            on_seconds=self.on_seconds,
        )

    async def draw(self, source: Path, *, pixels: int, duration: float) -> Waveform:
        (stream,) = await self.streams(source)
        return await make_waveform(
            self.tools,
            Sound(source, duration),
            stream,
            pixels=pixels,
            folder=self.folder,
            on_seconds=self.on_seconds,
        )

    def made(self, name: str, *arguments: str | Path) -> Path:
        path = self.folder / name
        self.clips.ffmpeg(*arguments, path)
        return path

    def measured(self, path: Path) -> tuple[float, float]:
        """Return how loud a file is in LUFS, and its true peak in dBTP."""
        filters = ("-af", "ebur128=peak=true:framelog=quiet", "-f", "null", "-")
        told = subprocess.run(
            [self.tools.ffmpeg, "-nostdin", "-hide_banner", "-i", path, *filters],
            capture_output=True,
            check=True,
            text=True,
        ).stderr
        loudness = re.findall(r"I:\s+(\S+) LUFS", told)[-1]
        return float(loudness), float(re.findall(r"Peak:\s+(\S+) dBFS", told)[-1])


@pytest.fixture
def listener(media_tools: Tools, clips: MediaClips, tmp_path: Path) -> Listener:
    return Listener(media_tools, clips, tmp_path, [])


async def test_surround_stays_surround_and_gets_a_stereo_beside_it(listener: Listener) -> None:
    made = await listener.encode(listener.clips["surround.mp4"])

    assert [each.path.name for each in made] == ["und_aac_2ch.mp4", "und_aac_6ch.mp4"]
    channels = [(await listener.streams(each.path))[0] for each in made]
    assert [(each.codec, each.layout) for each in channels] == [("aac", "stereo"), ("aac", "5.1")]
    assert listener.heard


async def test_mixed_channels_keep_below_full_scale(listener: Listener) -> None:
    loud = "|".join(["0.99*sin(500*2*PI*t)"] * 6)
    source = listener.made("loud.wav", "-f", "lavfi", "-i", f"aevalsrc={loud}:c=5.1:d=1")

    stereo, _ = await listener.encode(source)

    assert listener.measured(stereo.path)[1] < 0.5


async def test_an_empty_sound_track_is_left_out(listener: Listener) -> None:
    source = listener.made(
        "empty.mkv",
        *("-f", "lavfi", "-i", "aevalsrc=sin(500*t):d=1", "-f", "lavfi", "-i", "aevalsrc=0:d=1"),
        *("-map", "0", "-map", "1", "-c:a", "aac", "-bsf:a:1", "noise=drop=1"),
    )

    made = await listener.encode(source)

    assert len(await listener.streams(source)) == 2
    assert [each.track.id for each in made] == ["und_aac_2ch"]


@pytest.mark.parametrize("level", ["0.9", "0.01"], ids=["loud", "quiet"])
async def test_loudness_comes_to_the_target_of_r128(listener: Listener, level: str) -> None:
    source = listener.made(
        "tone.wav", "-f", "lavfi", "-i", f"aevalsrc={level}*sin(1000*2*PI*t):s=48000:d=3"
    )

    (made,) = await listener.encode(source, is_levelled=True)

    loudness, peak = listener.measured(made.path)
    assert loudness == pytest.approx(-23, abs=0.5)
    assert peak <= -1


async def test_loudness_stops_where_peaks_would_be_cut(listener: Listener) -> None:
    click = "if(lt(mod(t,0.5),0.002),0.9,0.003*sin(1000*2*PI*t))"
    source = listener.made("clicks.wav", "-f", "lavfi", "-i", f"aevalsrc='{click}':s=48000:d=3")

    (made,) = await listener.encode(source, is_levelled=True)

    assert listener.measured(made.path)[1] < 0


async def test_an_ffmpeg_that_measures_nothing_is_found_out(listener: Listener) -> None:
    program = listener.folder / "old-ffmpeg"
    program.write_text("#!/bin/sh\necho out_time_us=1000000\necho progress=end\n")
    program.chmod(0o755)
    (stream,) = await listener.streams(listener.clips["sound.m4a"])

    with pytest.raises(NoMeasurementError):
        await levelled(
            replace(listener.tools, ffmpeg=program),
            Sound(listener.clips["sound.m4a"], 3, is_levelled=True),
            stream,
            "anull",
            folder=listener.folder,
            on_seconds=listener.on_seconds,
        )


async def test_downloads_are_what_they_are_called(listener: Listener) -> None:
    source = listener.made(
        "source.flac",
        *("-f", "lavfi", "-i", _TONE, "-metadata", "title=Lied", "-sample_fmt", "s32"),
    )
    (stream,) = await listener.streams(source)
    sound = Sound(source, 3)

    mp3 = await make_mp3(
        listener.tools,
        sound,
        stream,
        kilobits=128,
        folder=listener.folder,
        on_seconds=listener.on_seconds,
    )
    flac = await make_flac(
        listener.tools, sound, stream, folder=listener.folder, on_seconds=listener.on_seconds
    )

    for path, codec, name in ((mp3, "mp3", "audio.mp3"), (flac, "flac", "audio.flac")):
        found = await probe(listener.tools, path, folder=listener.folder)
        assert (path.name, found.tags["title"]) == (name, "Lied")
        (made,) = found.audio
        assert (made.codec, made.channels, made.sample_rate) == (codec, 1, 44_100)
    assert mp3.stat().st_size == pytest.approx(3 * 128_000 / 8, rel=0.1)
    # Lossless: every one of its samples is that of the source.
    assert _samples(listener.tools, flac) == _samples(listener.tools, source)


def _samples(tools: Tools, path: Path) -> bytes:
    decode = ("-v", "error", "-i", path, "-f", "md5", "-c:a", "pcm_s32le", "-")
    return subprocess.run(
        [tools.ffmpeg, "-nostdin", *decode], capture_output=True, check=True
    ).stdout


@pytest.mark.parametrize(
    "duration", [3.0, 0.1, 60.0], ids=["as-it-says", "longer-than-it-says", "shorter"]
)
async def test_a_drawing_shows_what_is_to_be_heard(listener: Listener, duration: float) -> None:
    source = listener.made("tone.wav", "-f", "lavfi", "-i", _TONE)

    drawn = await listener.draw(source, pixels=60, duration=duration)

    assert 0 < len(drawn.pairs) <= 60
    seconds = [at * drawn.samples_per_pixel / 44_100 for at in range(len(drawn.pairs) + 1)]
    assert seconds[-2] < 3 <= seconds[-1]
    for at, (low, high) in enumerate(drawn.pairs):
        if seconds[at + 1] < 2:
            assert (low, high) == (0, 0)
        elif seconds[at] >= 2:
            assert (low, high) == pytest.approx((-16_384, 16_384), rel=0.05)
    assert json.loads(drawn.text())["length"] == len(drawn.pairs)


async def test_nothing_to_be_heard_is_no_drawing(listener: Listener) -> None:
    source = listener.made(
        "empty.mkv",
        *("-f", "lavfi", "-i", "testsrc2=s=16x16:d=1", "-f", "lavfi", "-i", "aevalsrc=0:d=1"),
        *("-c:v", "libx264", "-c:a", "aac", "-bsf:a", "noise=drop=1"),
    )

    with pytest.raises(MediaUnreadableError):
        await listener.draw(source, pixels=60, duration=1)


async def test_nothing_is_made_where_the_disk_has_no_room(listener: Listener) -> None:
    limits = replace(listener.tools.limits, keep_free_bytes=2**60)
    full = replace(listener, tools=replace(listener.tools, limits=limits))
    source = listener.clips["sound.m4a"]
    (stream,) = await listener.streams(source)
    sound, heard = Sound(source, 3), full.on_seconds
    before = sorted(full.folder.iterdir())

    with pytest.raises(NoScratchSpaceError):
        await full.encode(source)
    with pytest.raises(NoScratchSpaceError):
        await make_mp3(
            full.tools, sound, stream, kilobits=128, folder=full.folder, on_seconds=heard
        )
    with pytest.raises(NoScratchSpaceError):
        await make_flac(full.tools, sound, stream, folder=full.folder, on_seconds=heard)

    assert sorted(full.folder.iterdir()) == before
