"""Streams of sound alone."""

import json
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from keyshelf.layout.keys import ObjectKey
from keyshelf.media.streams.publishing import publish_recording
from keyshelf.media.streams.values import Published, Recording
from keyshelf.media.tools.failures import MediaUnreadableError
from keyshelf.media.tools.finding import Tools
from keyshelf.media.tools.probe import probe
from tests.integration.media.streams.film import HASH
from tests.integration.media.streams.playlists import read_master, read_media
from tests.integration.media.streams.studio import Studio, say_nothing
from tests.media_clips import MediaClips

pytestmark = [pytest.mark.services, pytest.mark.anyio]

BASE = f"audio/{HASH[:2]}/{HASH}/"


async def publish(
    studio: Studio, tools: Tools, source: Path, *, is_encrypted: bool = False
) -> Published:
    folder = studio.folder / uuid4().hex
    folder.mkdir()
    recording = Recording(
        hash=HASH,
        job_id=uuid4(),
        source=source,
        probe=await probe(tools, source, folder=folder),
        is_encrypted=is_encrypted,
    )
    return await publish_recording(studio.parts, recording, folder=folder, report=say_nothing)


async def read(studio: Studio, path: str) -> str:
    async with await studio.store.get(ObjectKey(BASE + path)) as reader:
        return (await reader.read()).decode()


async def test_a_recording_is_one_stereo_rendition(
    studio: Studio, clips: MediaClips, media_tools: Tools
) -> None:
    published = await publish(studio, media_tools, clips["sound.m4a"])

    keys = sorted(key.removeprefix(BASE) for key in studio.store.order)
    assert keys == [
        *("hls/aac_128/init.mp4", "hls/aac_128/playlist.m3u8", "hls/aac_128/seg_1.m4s"),
        *("hls/master.m3u8", "hls/stream.mpd"),
    ]
    assert list(read_master(await read(studio, "hls/master.m3u8")).variants) == [
        "aac_128/playlist.m3u8"
    ]
    told = read_media(await read(studio, "hls/aac_128/playlist.m3u8"))
    assert sum(told.cuts) == pytest.approx(3, abs=0.05)
    result = json.loads(json.dumps(published.result))
    assert result["streaming"]["default_audio_track_id"] == "aac_128"
    assert (result["video_tracks"], "sprites" in result) == ([], False)
    (rendition,) = published.renditions
    assert (rendition.key, rendition.width) == (f"{BASE}hls/master.m3u8", None)


async def test_a_later_recording_of_a_hash_has_other_names(
    studio: Studio, clips: MediaClips, media_tools: Tools
) -> None:
    await publish(studio, media_tools, clips["sound.m4a"])

    await publish(studio, media_tools, clips["sound.m4a"], is_encrypted=True)

    _, live = await studio.encodes()
    (played,) = read_master(await read(studio, "hls/master.m3u8")).variants
    assert played == f"aac_128.{live['id'].hex[:8]}/playlist.m3u8"
    told = read_media(await read(studio, f"hls/{played}"))
    assert told.key
    assert told.key["METHOD"] == "SAMPLE-AES"


async def test_sound_that_cannot_be_decoded_is_no_recording(
    studio: Studio, clips: MediaClips, media_tools: Tools
) -> None:
    source = clips["sound.m4a"]
    found = await probe(media_tools, source, folder=studio.folder)
    nowhere = replace(found, audio=(replace(found.audio[0], index=7),))
    recording = Recording(HASH, uuid4(), source, nowhere)

    with pytest.raises(MediaUnreadableError):
        await publish_recording(studio.parts, recording, folder=studio.folder, report=say_nothing)

    assert studio.store.order == []
