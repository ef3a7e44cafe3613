"""What is cut into segments: alike in every rung and codec, whole, and as large as is said."""

import math
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from keyshelf.media.streams.failures import BrokenStreamError
from keyshelf.media.streams.values import Track
from keyshelf.media.tools.failures import NoScratchSpaceError
from keyshelf.media.tools.finding import Tools
from keyshelf.media.tools.probe import probe
from keyshelf.media.video.encode import encode_piece
from keyshelf.media.video.sprites import make_sprites
from tests.integration.media.streams.film import SECONDS, EncodedFilm
from tests.integration.media.streams.packaged import (
    VERSION,
    PackagedFilm,
    package_film,
    tracks_of,
)
from tests.media_clips import MediaClips
from tests.media_reading import complaints, packets

pytestmark = pytest.mark.anyio

_DASH = "{urn:mpeg:dash:schema:mpd:2011}"


def test_the_renditions_are_those_of_the_film(clear: PackagedFilm) -> None:
    assert [each.track.id for each in clear.tracks] == [
        *("r360_av1", "r360_h264", "r240_av1", "r240_h264"),
        *("ger_aac_2ch", "fre_aac_2ch", "fre_aac_6ch", "ger"),
    ]


def test_every_rung_of_both_codecs_is_cut_at_the_same_moments(
    clear: PackagedFilm, media_tools: Tools
) -> None:
    for each in clear.of("video"):
        told = clear.media(each.track.playlist)
        assert told.segments == [
            ("seg_1.m4s", 6.0),
            ("seg_2.m4s", 6.0),
            ("seg_3.m4s", 2.5),
        ]
        seen = packets(media_tools, clear.whole(each.track.playlist))
        assert seen.keyframes == [0, 2, 4, 6, 8, 10, 12, 14]
        assert seen.frames == 145


def test_every_segment_decodes(clear: PackagedFilm, media_tools: Tools) -> None:
    for each in [*clear.of("video"), *clear.of("audio")]:
        assert complaints(media_tools, clear.whole(each.track.playlist)) == ""


def test_sound_lasts_as_long_as_the_picture(clear: PackagedFilm) -> None:
    for each in clear.of("audio"):
        told = clear.media(each.track.playlist)
        assert sum(told.cuts) == pytest.approx(SECONDS, abs=0.05)
        assert told.cuts[:2] == pytest.approx([6, 6], abs=0.05)


def test_declared_rates_cover_what_any_player_can_ask_for(clear: PackagedFilm) -> None:
    def peak(playlist: str) -> float:
        told, folder = clear.media(playlist), (clear.folder / playlist).parent
        runs: list[float] = []
        for first in range(len(told.segments)):
            for last in range(first, len(told.segments)):
                run = told.segments[first : last + 1]
                seconds = sum(each for _, each in run)
                if 0.5 * told.target <= seconds <= 1.5 * told.target:
                    size = sum((folder / name).stat().st_size for name, _ in run)
                    runs.append(8 * size / seconds)
        return max(runs)

    master = clear.master
    beside = {
        kind: max(peak(each["URI"].strip('"')) for each in master.media if each["TYPE"] == kind)
        for kind in ("AUDIO", "SUBTITLES")
    }
    assert len(master.variants) == 4
    for playlist, told in master.variants.items():
        needed = peak(playlist) + sum(beside.values())
        assert needed <= int(told["BANDWIDTH"]) <= math.ceil(needed) + 3
        assert int(told["AVERAGE-BANDWIDTH"]) <= int(told["BANDWIDTH"])


def test_the_master_playlist_tells_what_is_in_the_files(clear: PackagedFilm) -> None:
    variants = clear.master.variants

    assert [(path, told["RESOLUTION"]) for path, told in variants.items()] == [
        ("video/r360_h264/playlist.m3u8", "640x360"),
        ("video/r240_h264/playlist.m3u8", "426x240"),
        ("video/r360_av1/playlist.m3u8", "640x360"),
        ("video/r240_av1/playlist.m3u8", "426x240"),
    ]
    for path, told in variants.items():
        assert told["FRAME-RATE"] == "10.000"
        begin = '"avc1.6400' if "h264" in path else '"av01.0.0'
        assert told["CODECS"].startswith(begin)
        assert told["CODECS"].endswith(',mp4a.40.2"')


def test_sound_and_subtitles_are_named_and_chosen_as_they_are(clear: PackagedFilm) -> None:
    told = [
        tuple(
            each.get(name, "").strip('"')
            for name in ("TYPE", "LANGUAGE", "NAME", "DEFAULT", "AUTOSELECT", "CHANNELS")
        )
        for each in clear.master.media
    ]

    assert told == [
        ("AUDIO", "de", "ger", "YES", "YES", "2"),
        ("AUDIO", "fr", "Version française", "NO", "YES", "2"),
        ("AUDIO", "fr", "Version française 5.1", "NO", "NO", "6"),
        ("SUBTITLES", "de", "ger", "NO", "YES", ""),
    ]


def test_subtitles_are_in_the_segments_of_their_time(clear: PackagedFilm) -> None:
    folder = clear.folder / "subtitles/ger"
    told = clear.media("subtitles/ger/playlist.m3u8")

    texts = [(folder / name).read_text(encoding="utf-8") for name, _ in told.segments]

    assert all(text.startswith("WEBVTT\n") for text in texts)
    assert ("Guten Tag" in texts[0], "Guten Tag" in texts[1]) == (True, False)
    assert "00:00:07.000 --> 00:00:08.000" in texts[1]


def test_addresses_of_segments_say_of_which_encode_they_are(clear: PackagedFilm) -> None:
    for each in clear.tracks:
        assert clear.media(each.track.playlist).version == VERSION
    assert clear.media("video/r240_h264/iframes.m3u8").version == VERSION


def test_a_playlist_of_keyframes_alone_goes_through_the_film(clear: PackagedFilm) -> None:
    (told,) = clear.master.tricks

    assert told["URI"] == '"video/r240_h264/iframes.m3u8"'
    keyframes = clear.media("video/r240_h264/iframes.m3u8")
    assert keyframes.cuts == [2, 2, 2, 2, 2, 2, 2, 0.5]


def test_dash_is_of_the_same_segments(clear: PackagedFilm) -> None:
    root = ElementTree.parse(clear.folder / "stream.mpd").getroot()

    assert root.get("type") == "static"
    seen: dict[str, int] = {}
    for representation in root.iter(f"{_DASH}Representation"):
        template = representation.find(f"{_DASH}SegmentTemplate")
        assert template is not None
        media, _, version = template.get("media", "").partition("?")
        init = template.get("initialization", f"?{VERSION}")
        assert [version, init.partition("?")[2]] == [VERSION, VERSION]
        repeats = [int(each.get("r", "0")) + 1 for each in template.iter(f"{_DASH}S")]
        for number in range(1, sum(repeats) + 1):
            assert (clear.folder / media.replace("$Number$", str(number))).exists()
        assert int(representation.get("bandwidth", "0")) > 0
        seen[str(Path(media).parent)] = sum(repeats)
    assert seen == {each.track.folder: len(each.segments) for each in clear.tracks}


async def test_rungs_that_are_cut_differently_are_no_stream(
    encoded: EncodedFilm, clips: MediaClips, media_tools: Tools, tmp_path: Path
) -> None:
    files = [encoded.tracks["r240_h264"], clips["silent.mp4"]]
    uneven = [
        Track(f"r{number}_h264", "video", each, f"video/r{number}_h264")
        for number, each in enumerate(files)
    ]

    with pytest.raises(BrokenStreamError):
        await package_film(media_tools, encoded, uneven, folder=tmp_path, encryption=None)


async def test_subtitles_that_cannot_be_read_or_say_nothing_are_left_out(
    encoded: EncodedFilm, media_tools: Tools, tmp_path: Path
) -> None:
    (text,) = encoded.probe.subtitles
    nowhere = replace(encoded.probe, audio=(), subtitles=(replace(text, index=9),))

    broken = await tracks_of(media_tools, replace(encoded, probe=nowhere), tmp_path)
    silent = await tracks_of(
        media_tools, replace(encoded, probe=replace(nowhere, subtitles=())), tmp_path
    )

    assert {each.kind for each in [*broken, *silent]} == {"video"}


async def test_forced_subtitles_are_said_to_be(
    encoded: EncodedFilm, media_tools: Tools, tmp_path: Path
) -> None:
    (text,) = encoded.probe.subtitles
    found = replace(encoded.probe, audio=(), subtitles=(replace(text, is_forced=True),))
    tracks = await tracks_of(media_tools, replace(encoded.small(), probe=found), tmp_path)

    made = await package_film(
        media_tools, encoded, tracks, folder=tmp_path / "out", encryption=None
    )

    (told,) = made.master.media
    assert (told["FORCED"], told["DEFAULT"], told["AUTOSELECT"]) == ("YES", "NO", "YES")


@pytest.mark.parametrize("reason", ["characters", "cues"])
async def test_subtitles_that_are_too_large_are_left_out_and_the_others_are_not(
    media_tools: Tools, encoded: EncodedFilm, clips: MediaClips, tmp_path: Path, reason: str
) -> None:
    """Too large as they are, or in segments, each of which repeats a cue that lasts."""
    length, count = 1_200, 15_000 if reason == "characters" else 9_800
    large, small = tmp_path / "large.srt", tmp_path / "small.srt"
    time, text = "00:00:00,000 --> 00:00:14,500", "a" * length
    large.write_text("".join(f"{each}\n{time}\n{each} {text}\n\n" for each in range(count)))
    small.write_text("1\n00:00:01,000 --> 00:00:02,000\nJa\n")
    source = tmp_path / "film.mkv"
    clips.ffmpeg(
        *("-i", encoded.source, "-i", large, "-i", small, "-map", "0:v", "-map", "1", "-map", "2"),
        *("-metadata:s:s:0", "language=ger", "-metadata:s:s:1", "language=fre", "-c:v", "copy"),
        source,
    )
    found = await probe(media_tools, source, folder=tmp_path)
    film = replace(encoded.small(), source=source, probe=found)

    tracks = await tracks_of(media_tools, film, tmp_path)

    assert [each.id for each in tracks if each.kind == "text"] == ["fre"]


async def test_sound_beyond_the_limits_of_tools_is_left_out(
    media_tools: Tools, encoded: EncodedFilm, tmp_path: Path
) -> None:
    ffmpeg = tmp_path / "ffmpeg"
    ffmpeg.write_text(
        '#!/bin/sh\ncase "$*" in *"-c:a aac"*) echo Cannot allocate memory >&2; exit 1;; esac\n'
        f'exec "{media_tools.ffmpeg}" "$@"\n'
    )
    ffmpeg.chmod(0o755)

    tracks = await tracks_of(replace(media_tools, ffmpeg=ffmpeg), encoded, tmp_path)

    assert {each.kind for each in tracks} == {"video", "text"}


async def test_nothing_is_made_where_the_disk_has_no_room(
    encoded: EncodedFilm, media_tools: Tools, tmp_path: Path
) -> None:
    full = replace(media_tools, limits=replace(media_tools.limits, keep_free_bytes=2**60))
    (track, *_) = await tracks_of(media_tools, encoded.small(), tmp_path)
    made = sorted(tmp_path.iterdir())

    with pytest.raises(NoScratchSpaceError):
        await package_film(full, encoded, [track], folder=tmp_path, encryption=None)
    with pytest.raises(NoScratchSpaceError):
        await encode_piece(
            full, encoded.source, encoded.plan, encoded.plan.pieces[0], folder=tmp_path
        )
    with pytest.raises(NoScratchSpaceError):
        await make_sprites(full, track.file, width=320, height=180, duration=3, folder=tmp_path)

    assert sorted(tmp_path.iterdir()) == made
