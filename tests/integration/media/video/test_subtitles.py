"""Subtitles of real films as WebVTT."""

from pathlib import Path

import pytest

from keyshelf.media.tools.finding import Tools
from keyshelf.media.tools.probe import probe
from keyshelf.media.video.subtitles import extract_subtitles
from tests.media_clips import MediaClips

pytestmark = pytest.mark.anyio


async def test_every_text_becomes_webvtt(
    media_tools: Tools, clips: MediaClips, tmp_path: Path
) -> None:
    film = await probe(media_tools, clips["bilingual.mkv"], folder=tmp_path)

    german, french = await extract_subtitles(
        media_tools, clips["bilingual.mkv"], film, folder=tmp_path
    )

    assert (german.stream.language, german.cues) == ("ger", 2)
    assert (french.stream.language, french.cues) == ("fre", 1)
    text = german.path.read_text(encoding="utf-8")
    assert text.startswith("WEBVTT\n")
    assert "00:00.500 --> 00:01.500\nGuten Tag & auf Wiedersehen" in text
    assert "Größe <i>zählt</i>" in text
    assert "00:01.000 --> 00:02.000\n<b>Bonjour</b> tout le monde" in french.path.read_text()


async def test_text_of_mp4_is_the_same(
    media_tools: Tools, clips: MediaClips, tmp_path: Path
) -> None:
    film = await probe(media_tools, clips["texts.mp4"], folder=tmp_path)

    (german,) = await extract_subtitles(media_tools, clips["texts.mp4"], film, folder=tmp_path)

    assert (german.stream.codec, german.cues) == ("mov_text", 2)
    assert "Größe" in german.path.read_text(encoding="utf-8")


async def test_a_film_without_subtitles_has_none(
    media_tools: Tools, clips: MediaClips, tmp_path: Path
) -> None:
    film = await probe(media_tools, clips["silent.mp4"], folder=tmp_path)

    made = await extract_subtitles(media_tools, clips["silent.mp4"], film, folder=tmp_path)

    assert list(made) == []
