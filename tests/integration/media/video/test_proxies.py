"""Proxies are whole films in one file that plays while it is fetched."""

from pathlib import Path

import pytest

from keyshelf.media.tools.finding import Tools
from keyshelf.media.tools.probe import probe
from keyshelf.media.video.ladder import ladder
from keyshelf.media.video.proxies import make_proxies, proxy_rungs
from tests.media_clips import MediaClips

pytestmark = pytest.mark.anyio


async def test_sizes_of_one_pass_have_picture_and_stereo_sound(
    media_tools: Tools, clips: MediaClips, tmp_path: Path
) -> None:
    source = clips["bilingual.mkv"]
    film = await probe(media_tools, source, folder=tmp_path)
    (large,), (small,) = ladder(320, 180), ladder(160, 90)
    seconds: list[float] = []

    async def on_seconds(done: float) -> None:
        seconds.append(done)

    files = await make_proxies(
        media_tools,
        source,
        film,
        {"1080p": large, "720p": small},
        folder=tmp_path,
        on_seconds=on_seconds,
    )

    sizes: dict[str, object] = {}
    for path in files.values():
        made = await probe(media_tools, path, folder=tmp_path)
        assert made.video is not None
        assert abs(made.duration - film.duration) < 0.2
        (sound,) = made.audio
        sizes[path.name] = (made.video.width, made.video.codec, sound.codec, sound.channels)
    assert sizes == {
        "1080p.mp4": (320, "h264", "aac", 2),
        "720p.mp4": (160, "h264", "aac", 2),
    }
    assert seconds


async def test_a_film_without_sound_has_a_proxy_without(
    media_tools: Tools, clips: MediaClips, tmp_path: Path
) -> None:
    film = await probe(media_tools, clips["silent.mp4"], folder=tmp_path)
    (rung,) = ladder(320, 180)

    files = await make_proxies(
        media_tools, clips["silent.mp4"], film, {"720p": rung}, folder=tmp_path
    )

    assert (await probe(media_tools, files["720p"], folder=tmp_path)).audio == ()


async def test_nothing_is_enlarged(media_tools: Tools, clips: MediaClips, tmp_path: Path) -> None:
    small = await probe(media_tools, clips["plain.mp4"], folder=tmp_path)
    nearly = await probe(media_tools, clips["lines718.mp4"], folder=tmp_path)

    assert proxy_rungs(small) == {}
    assert {name: each.height for name, each in proxy_rungs(nearly).items()} == {"720p": 718}
