"""What is told of a stream that was published."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from keyshelf.jobs.values import JSON, Payload
from keyshelf.media.streams.packaging import DASH, INIT, MASTER, SCHEME, Encryption, PackagedTrack
from keyshelf.media.streams.values import Encode


@dataclass(frozen=True, slots=True)
class Told:
    """A stream, as it is told of."""

    encode: Encode
    tracks: Sequence[PackagedTrack]
    base: str
    encryption: Encryption | None
    sprites: Path | None = None
    """The file that names the pictures of the seek bar, below the folder of the stream."""

    def result(self) -> Payload:
        """Return the tracks with their measured rates, and where everything is: keys of objects."""
        audio = [each for each in self.tracks if each.track.kind == "audio"]
        video = [each for each in self.tracks if each.track.kind == "video"]
        text = [each for each in self.tracks if each.track.kind == "text"]
        result: dict[str, JSON] = {
            "streaming": self._streaming(audio),
            "audio_tracks": [self._audio(each) for each in audio],
            "video_tracks": [self._video(each, audio) for each in video],
            "subtitle_tracks": [self._text(each) for each in text],
        }
        if self.sprites is not None:
            result["sprites"] = {"vtt": self.encode.key(self.sprites.as_posix())}
        if self.encryption is not None:
            result["encryption"] = {
                "scheme": SCHEME,
                "kid": self.encryption.key.kid.hex(),
                "key_endpoint": self.encryption.address,
            }
        return result

    def _streaming(self, audio: Sequence[PackagedTrack]) -> dict[str, JSON]:
        default = next((each.track.id for each in audio if each.track.is_default), None)
        return {
            "protocol": "hls",
            "container": "cmaf",
            "encrypted": self.encryption is not None,
            "master_playlist": self.encode.key(f"{self.base}{MASTER}"),
            "dash_manifest": self.encode.key(f"{self.base}{DASH}"),
            **({"default_audio_track_id": default} if default else {}),
        }

    def _audio(self, each: PackagedTrack) -> dict[str, JSON]:
        return {
            "id": each.track.id,
            "role": "main" if each.track.is_default else "alternate",
            "name": each.track.name,
            "language": each.track.language,
            "codec": "aac",
            "channels": each.track.channels,
            **self._packaged(each),
        }

    def _video(self, each: PackagedTrack, audio: Sequence[PackagedTrack]) -> dict[str, JSON]:
        return {
            "id": each.track.id,
            "codec": each.track.id.rpartition("_")[2],
            "codecs": each.facts["CODECS"].partition(",")[0],
            "width": each.track.width,
            "height": each.track.height,
            "frame_rate": float(each.facts["FRAME-RATE"]),
            **self._packaged(each),
            **({"audio_track_ids": [other.track.id for other in audio]} if audio else {}),
        }

    def _text(self, each: PackagedTrack) -> dict[str, JSON]:
        return {
            "id": each.track.id,
            "name": each.track.name,
            "language": each.track.language,
            "forced": each.track.is_forced,
            "playlist": self.encode.key(each.track.playlist),
            "segment_count": len(each.segments),
        }

    def _packaged(self, each: PackagedTrack) -> dict[str, JSON]:
        return {
            "bitrate": each.rate.average,
            "peak_bitrate": each.rate.peak,
            "playlist": self.encode.key(each.track.playlist),
            "init": self.encode.key(f"{each.track.folder}/{INIT}"),
            "segment_count": len(each.segments),
        }
