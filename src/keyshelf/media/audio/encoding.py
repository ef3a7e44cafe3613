"""Making AAC of the sound of a film or recording."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from keyshelf.errors import LimitError
from keyshelf.media.audio.loudness import levelled
from keyshelf.media.audio.sound import SecondsHandler, Sound, resampled, run_sound
from keyshelf.media.audio.tracks import SoundTrack
from keyshelf.media.tools.failures import MediaUnreadableError
from keyshelf.media.tools.finding import Tools
from keyshelf.telemetry import get_logger

_log = get_logger(__name__)

_RATE = 48_000


@dataclass(frozen=True, slots=True)
class EncodedSound:
    """A rendition as a file."""

    track: SoundTrack
    path: Path


async def encode_sound(
    tools: Tools,
    sound: Sound,
    tracks: Sequence[SoundTrack],
    *,
    folder: Path,
    on_seconds: SecondsHandler,
) -> list[EncodedSound]:
    """Write each rendition as `{id}.mp4` to `folder`, all of a stream in one pass.

    A stream that is empty, or cannot be decoded within the limits of tools, is left out: the
    others and the picture are worth having. Raises otherwise as `run_ffmpeg` does.
    """
    made: list[EncodedSound] = []
    for stream, renditions in groupby(tracks, lambda each: each.stream):
        encoding = _Encoding(tools, sound, folder, on_seconds)
        try:
            made += await encoding.run(list(renditions))
        except (MediaUnreadableError, LimitError) as error:
            _log.warning("sound track left out", stream=stream.index, error=error.detail)
    return made


@dataclass(frozen=True, slots=True)
class _Encoding:
    """The renditions of one stream."""

    tools: Tools
    sound: Sound
    folder: Path
    on_seconds: SecondsHandler

    async def run(self, tracks: Sequence[SoundTrack]) -> list[EncodedSound]:
        made = [EncodedSound(track, self.folder / f"{track.id}.mp4") for track in tracks]
        outputs = [word for each in made for word in await self._output(each)]
        await run_sound(
            self.tools,
            self.sound,
            outputs,
            bits=sum(track.bits for track in tracks),
            folder=self.folder,
            on_seconds=self.on_seconds,
        )
        return made

    async def _output(self, made: EncodedSound) -> list[str]:
        track = made.track
        chain = await levelled(
            self.tools,
            self.sound,
            made.track.stream,
            resampled(layout=track.layout, rate=_RATE),
            folder=self.folder,
            on_seconds=self.on_seconds,
        )
        return [
            *("-map", f"0:{track.stream.index}", "-map_metadata", "-1", "-map_chapters", "-1"),
            *("-af", chain, "-c:a", "aac", "-b:a", str(track.bits)),
            *("-fflags", "+bitexact", "-f", "mp4", made.path.name),
        ]
