"""Makers of what can be downloaded of sound, of its drawing, and of what is told of it."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from keyshelf.jobs.values import JSON
from keyshelf.layout.media import audio_key
from keyshelf.media.audio.analysis import analysis, chosen_stream
from keyshelf.media.audio.downloads import make_flac, make_mp3
from keyshelf.media.audio.sound import SecondsHandler, Sound
from keyshelf.media.audio.waveform import NAME, make_waveform
from keyshelf.media.tools.probe import probe
from keyshelf.media.tools.probed import AudioStream, Probe
from keyshelf.media.work.kinds import MakerName
from keyshelf.media.work.makers import Maker, Task
from keyshelf.media.work.making.storing import store_bytes, store_file
from keyshelf.media.work.making.studio import Studio
from keyshelf.media.work.options import AudioOptions, Mp3Options, WaveformOptions
from keyshelf.media.work.values import Made, Rendition

_TYPES = {"mp3": "audio/mpeg", "flac": "audio/flac"}


@dataclass(frozen=True, slots=True)
class _Heard:
    """A recording that was looked at, and a folder to work in."""

    options: AudioOptions
    probe: Probe
    sound: Sound
    stream: AudioStream
    folder: Path
    on_seconds: SecondsHandler


def sound_makers(studio: Studio) -> Mapping[MakerName, Maker]:
    """Return what makes files of sound, without streams."""

    async def told(task: Task) -> Made:
        async with _heard(studio, task) as heard:
            return Made(analysis(heard.probe, size=task.source.size))

    async def mp3(task: Task) -> Made:
        async with _heard(studio, task) as heard:
            wish = heard.options.mp3
            assert isinstance(wish, Mp3Options)  # noqa: S101 -- as the step says
            path = await make_mp3(
                studio.tools,
                heard.sound,
                heard.stream,
                kilobits=wish.bitrate_kbps,
                folder=heard.folder,
                on_seconds=heard.on_seconds,
            )
            return await _download(studio, task, heard, path, {"bitrate_kbps": wish.bitrate_kbps})

    async def flac(task: Task) -> Made:
        async with _heard(studio, task) as heard:
            path = await make_flac(
                studio.tools,
                heard.sound,
                heard.stream,
                folder=heard.folder,
                on_seconds=heard.on_seconds,
            )
            return await _download(studio, task, heard, path, {})

    async def waveform(task: Task) -> Made:
        async with _heard(studio, task) as heard:
            return await _waveform(studio, task, heard)

    return {"probe": told, "mp3": mp3, "flac": flac, "waveform": waveform}


@asynccontextmanager
async def _heard(studio: Studio, task: Task) -> AsyncGenerator[_Heard]:
    options = task.options
    assert isinstance(options, AudioOptions)  # noqa: S101 -- as the step says
    async with studio.scratch.folder() as folder:
        found = await probe(studio.tools, task.source.path, folder=folder)

        async def on_seconds(seconds: float) -> None:
            await task.report(seconds, found.duration)

        sound = Sound(task.source.path, found.duration, is_levelled=options.loudness)
        yield _Heard(options, found, sound, chosen_stream(found), folder, on_seconds)


async def _download(
    studio: Studio, task: Task, heard: _Heard, path: Path, facts: Mapping[str, JSON]
) -> Made:
    extension = path.suffix.removeprefix(".")
    key = audio_key(task.work.hash, f"downloads/{path.name}")
    size = await store_file(studio.media, key, path, _TYPES[extension])
    made = Rendition(
        key, "download", extension, size, duration_ms=round(1000 * heard.probe.duration)
    )
    return Made({"key": key, "format": extension, "size": size, **facts}, [made])


async def _waveform(studio: Studio, task: Task, heard: _Heard) -> Made:
    wish = heard.options.waveform
    assert isinstance(wish, WaveformOptions)  # noqa: S101 -- as the step says
    drawn = await make_waveform(
        studio.tools,
        heard.sound,
        heard.stream,
        pixels=wish.bins,
        folder=heard.folder,
        on_seconds=heard.on_seconds,
    )
    key = audio_key(task.work.hash, f"waveform/{NAME}")
    size = await store_bytes(studio.media, key, drawn.text().encode(), "application/json")
    facts: Mapping[str, JSON] = {
        "bins": len(drawn.pairs),
        "sample_rate": drawn.sample_rate,
        "samples_per_pixel": drawn.samples_per_pixel,
    }
    made = Rendition(key, "waveform", "json", size, facts=facts)
    return Made({"key": key, "size": size, **facts}, [made])
