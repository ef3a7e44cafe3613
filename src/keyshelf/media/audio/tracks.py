"""Which renditions the sound tracks of a film or recording get, and what they are called."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from keyshelf.media.tools.probed import AudioStream

CODEC = "aac"
STEREO, SURROUND = 2, 6

_BITS = {STEREO: 128_000, SURROUND: 384_000}
_LAYOUTS = {STEREO: "stereo", SURROUND: "5.1"}
_UNQUOTABLE = re.compile(r'["\x00-\x1f\x7f]+')
_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class SoundTrack:
    """One rendition of one sound track: AAC-LC at 48 kHz."""

    id: str
    """Language, codec and true number of channels, such as `ger_aac_6ch`."""
    stream: AudioStream
    channels: int
    name: str
    """For people; no other rendition has it."""
    is_default: bool
    """What plays when nobody chose: the stereo of the stream that is marked, or of the first."""
    is_chosen_by_language: bool
    """Whether a player may take it for its language: the first stereo of each."""

    @property
    def bits(self) -> int:
        """Bits a second."""
        return _BITS[self.channels]

    @property
    def layout(self) -> str:
        """The channels in FFmpeg's words."""
        return _LAYOUTS[self.channels]


def plan_sound(streams: Sequence[AudioStream]) -> tuple[SoundTrack, ...]:
    """Return a stereo rendition of every stream, and one in 5.1 of those with more channels.

    Of fewer than six channels the missing ones are silent; of more, 5.1 is mixed.
    """
    default = next((each for each in streams if each.is_default), streams[0] if streams else None)
    tracks: list[SoundTrack] = []
    for stream in streams:
        spoken = {each.stream.language for each in tracks}
        for channels in (STEREO, SURROUND) if stream.channels > STEREO else (STEREO,):
            is_stereo = channels == STEREO
            tracks.append(
                SoundTrack(
                    id=unused(
                        f"{stream.language}_{CODEC}_{channels}ch", {each.id for each in tracks}
                    ),
                    stream=stream,
                    channels=channels,
                    name=unused(_name(stream, channels), {each.name for each in tracks}),
                    is_default=stream is default and is_stereo,
                    is_chosen_by_language=is_stereo and stream.language not in spoken,
                )
            )
    return tuple(tracks)


def tidy_name(title: str | None, language: str) -> str:
    """Return a title as a playlist can say it; the language of a track that has none."""
    named = _UNQUOTABLE.sub(" ", title or "").strip()[:_LONGEST_NAME]
    return named or language


def unused(name: str, taken: Collection[str]) -> str:
    """Return a name, with a number behind it when it is taken."""
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}_{number}"
    return free


def _name(stream: AudioStream, channels: int) -> str:
    name = tidy_name(stream.title, stream.language)
    return name if channels == STEREO else f"{name} 5.1"
