"""Making files of sound to be downloaded: MP3 and FLAC."""

from collections.abc import Sequence
from pathlib import Path

from keyshelf.media.audio.loudness import levelled
from keyshelf.media.audio.sound import SecondsHandler, Sound, resampled, run_sound
from keyshelf.media.tools.finding import Tools
from keyshelf.media.tools.probed import AudioStream

_MP3_RATES = (48_000, 44_100, 32_000)
_LOSSLESS = ("pcm_", "flac", "alac", "wavpack", "truehd", "mlp", "wmalossless")
_MOST_FLAC_CHANNELS = 8
_FLAC_BITS = 24


async def make_mp3(
    tools: Tools,
    sound: Sound,
    stream: AudioStream,
    *,
    kilobits: int,
    folder: Path,
    on_seconds: SecondsHandler,
) -> Path:
    """Write `audio.mp3`: stereo or mono as the source is, of a constant rate, its tags kept.

    Raises as `run_ffmpeg` does.
    """
    rate = stream.sample_rate if stream.sample_rate in _MP3_RATES else _MP3_RATES[0]
    layout = "mono" if stream.channels == 1 else "stereo"
    making = _Making(tools, sound, stream, folder, on_seconds)
    return await making.run(
        "audio.mp3",
        resampled(layout=layout, rate=rate),
        ["-c:a", "libmp3lame", "-b:a", f"{kilobits}k", "-id3v2_version", "3"],
        bits=kilobits * 1000,
    )


async def make_flac(
    tools: Tools,
    sound: Sound,
    stream: AudioStream,
    *,
    folder: Path,
    on_seconds: SecondsHandler,
) -> Path:
    """Write `audio.flac`: every channel of the source at its own rate, its tags kept.

    A lossy source gives 16 bits, a lossless one what it has, to 24. Raises as
    `run_ffmpeg` does.
    """
    is_lossless = stream.codec.startswith(_LOSSLESS)
    making = _Making(tools, sound, stream, folder, on_seconds)
    return await making.run(
        "audio.flac",
        resampled(layout="7.1" if stream.channels > _MOST_FLAC_CHANNELS else None),
        ["-c:a", "flac", *(() if is_lossless else ("-sample_fmt", "s16"))],
        bits=stream.sample_rate * stream.channels * _FLAC_BITS,
    )


class _Making:
    def __init__(
        self,
        tools: Tools,
        sound: Sound,
        stream: AudioStream,
        folder: Path,
        on_seconds: SecondsHandler,
    ) -> None:
        self._tools = tools
        self._sound = sound
        self._stream = stream
        self._folder = folder
        self._on_seconds = on_seconds

    async def run(self, name: str, chain: str, encoder: Sequence[str], *, bits: int) -> Path:
        chain = await levelled(
            self._tools,
            self._sound,
            self._stream,
            chain,
            folder=self._folder,
            on_seconds=self._on_seconds,
        )
        await run_sound(
            self._tools,
            self._sound,
            [
                *("-map", f"0:{self._stream.index}", "-map_chapters", "-1", "-af", chain),
                *(*encoder, "-fflags", "+bitexact", name),
            ],
            bits=bits,
            folder=self._folder,
            on_seconds=self._on_seconds,
        )
        return self._folder / name
