"""Making a stream of what was encoded, and letting it be played."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from uuid import UUID

from anyio import to_thread

from keyshelf.layout.media import MediaHash
from keyshelf.media.audio.analysis import chosen_stream
from keyshelf.media.audio.encoding import encode_sound
from keyshelf.media.audio.sound import SecondsHandler, Sound
from keyshelf.media.audio.tracks import plan_sound
from keyshelf.media.streams.encodes import Making, begin, show
from keyshelf.media.streams.failures import BrokenStreamError
from keyshelf.media.streams.key_addresses import key_address
from keyshelf.media.streams.master import master_playlist
from keyshelf.media.streams.packaging import DASH, MASTER, Encryption, PackagedTrack, package
from keyshelf.media.streams.renditions import (
    film_tracks,
    picture_seconds,
    smallest_picture,
    sound_track,
)
from keyshelf.media.streams.telling import Told
from keyshelf.media.streams.uploading import put_manifest, upload
from keyshelf.media.streams.values import (
    Area,
    Film,
    Published,
    Recording,
    Report,
    StreamParts,
    StreamRendition,
    Track,
)
from keyshelf.media.tools.failures import MediaUnreadableError
from keyshelf.media.video.sprites import make_sprites
from keyshelf.telemetry import get_logger

_log = get_logger(__name__)

_RECORDING_BASE = "hls/"
_RECORDING_ID = "aac_128"
_RECORDING_SEGMENT = Fraction(6)
_SPRITES = "sprites"
_STREAM = "stream"


async def publish_film(
    parts: StreamParts, film: Film, *, folder: Path, report: Report
) -> Published:
    """Package a film with its sound and subtitles, and let it be the one that is played.

    Whoever plays the encode before goes on with it: its objects stay for a day. A failure
    leaves the one before as it is, and so does a crash until all segments and playlists are
    stored. Doing it twice publishes it twice. Files are made in `folder`.
    """
    duration = max(film.probe.duration, await to_thread.run_sync(picture_seconds, film))
    on_seconds = _keeping_alive(report, duration)
    tracks = await film_tracks(
        parts.tools, film, duration=duration, folder=folder, on_seconds=on_seconds
    )
    smallest = smallest_picture(tracks)
    stream = _Stream(
        parts=parts,
        hash=film.hash,
        job_id=film.job_id,
        area="videos",
        base="",
        tracks=[replace(each, has_trick=each is smallest) for each in tracks],
        segment_seconds=film.plan.segment_seconds,
        duration=duration,
        is_encrypted=film.is_encrypted,
        folder=folder,
        on_seconds=on_seconds,
    )
    return await stream.publish()


async def publish_recording(
    parts: StreamParts, recording: Recording, *, folder: Path, report: Report
) -> Published:
    """Encode and package the sound of a recording as `publish_film` does a film's.

    Of several streams it is the default one, or the first. Raises `MediaUnreadableError`
    when nothing of it can be decoded.
    """
    on_seconds = _telling(report, recording.probe.duration)
    stereo = plan_sound([chosen_stream(recording.probe)])[:1]
    sound = Sound(recording.source, recording.probe.duration, is_levelled=recording.is_levelled)
    encoded = await encode_sound(parts.tools, sound, stereo, folder=folder, on_seconds=on_seconds)
    if not encoded:
        raise MediaUnreadableError("its sound cannot be decoded within the limits of tools")
    track = sound_track(encoded[0], f"{_RECORDING_BASE}{_RECORDING_ID}")
    stream = _Stream(
        parts=parts,
        hash=recording.hash,
        job_id=recording.job_id,
        area="audio",
        base=_RECORDING_BASE,
        tracks=[replace(track, id=_RECORDING_ID, is_default=True)],
        segment_seconds=_RECORDING_SEGMENT,
        duration=recording.probe.duration,
        is_encrypted=recording.is_encrypted,
        folder=folder,
        on_seconds=_keeping_alive(report, recording.probe.duration),
    )
    return await stream.publish()


@dataclass(frozen=True, slots=True)
class _Stream:
    """Renditions on their way to be played."""

    parts: StreamParts
    hash: MediaHash
    job_id: UUID
    area: Area
    base: str
    tracks: Sequence[Track]
    segment_seconds: Fraction
    duration: float
    is_encrypted: bool
    folder: Path
    on_seconds: SecondsHandler

    async def publish(self) -> Published:
        folders = [track.folder for track in self.tracks]
        async with begin(
            self.parts,
            self.hash,
            self.area,
            job_id=self.job_id,
            folders=[*folders, _SPRITES] if self._has_picture else folders,
            is_encrypted=self.is_encrypted,
        ) as making:
            return await self._publish(making)

    @property
    def _has_picture(self) -> bool:
        return any(track.kind == "video" for track in self.tracks)

    async def _publish(self, making: Making) -> Published:
        parts, folder = self.parts, self.folder / _STREAM
        encryption = self._encryption(making)
        packaged = await self._package(making, encryption, folder)
        sprites = await self._sprites(making, packaged, folder)

        async def on_object() -> None:
            await self.on_seconds(self.duration)

        async def put_manifests() -> None:
            nonlocal size
            # What they name is there. The master is what tells `upkeep` which encode plays.
            for name in (MASTER, DASH):
                size += await put_manifest(
                    parts.media.media, making.encode, folder, self.base + name
                )

        size = await upload(parts.media.media, making.encode, folder, on_object=on_object)
        await on_object()
        await show(parts, making, put_manifests)
        told = Told(making.encode, packaged, self.base, encryption, sprites)
        return _published(told, size)

    async def _package(
        self, making: Making, encryption: Encryption | None, folder: Path
    ) -> list[PackagedTrack]:
        tracks = [replace(track, folder=track.folder + making.suffix) for track in self.tracks]
        try:
            packaged = await self._packaged(making, tracks, encryption, folder)
        except BrokenStreamError as error:
            spoken = [track for track in tracks if track.kind != "text"]
            if spoken == tracks:
                raise
            # Subtitles are the only input that is written by others.
            packaged = await self._packaged(making, spoken, encryption, folder)
            _log.warning("subtitles left out", error=error.detail)
        master = folder / f"{self.base}{MASTER}"
        text = master_playlist(packaged, base=self.base)
        await to_thread.run_sync(lambda: master.write_text(text, encoding="utf-8"))
        return packaged

    async def _packaged(
        self,
        making: Making,
        tracks: Sequence[Track],
        encryption: Encryption | None,
        folder: Path,
    ) -> list[PackagedTrack]:
        await to_thread.run_sync(_empty, folder)
        return await package(
            self.parts.tools,
            tracks,
            base=self.base,
            version=making.version,
            segment_seconds=self.segment_seconds,
            duration=self.duration,
            encryption=encryption,
            folder=folder,
        )

    def _encryption(self, making: Making) -> Encryption | None:
        if making.key is None:
            return None
        return Encryption(making.key, key_address(self.parts.public_url, making.key.id))

    async def _sprites(
        self, making: Making, packaged: Sequence[PackagedTrack], folder: Path
    ) -> Path | None:
        """Make the pictures of the seek bar; return what names them, below `folder`."""
        if not self._has_picture:
            return None
        smallest = smallest_picture(self.tracks)
        segments = next(each.segments for each in packaged if each.track.id == smallest.id)
        place = folder / f"{_SPRITES}{making.suffix}"
        await to_thread.run_sync(place.mkdir)
        sprites = await make_sprites(
            self.parts.tools,
            smallest.file,
            width=smallest.width,
            height=smallest.height,
            duration=sum(segment.seconds for segment in segments),
            folder=place,
        )
        return sprites.vtt.relative_to(folder)


def _empty(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()


def _published(told: Told, size: int) -> Published:
    pictures = [each.track for each in told.tracks if each.track.kind == "video"]
    largest = max(pictures, key=lambda each: each.width * each.height, default=None)
    # Segments of captions are all of one length, past the end of the film.
    timed = [each for each in told.tracks if each.track.kind != "text"]
    longest = max(sum(segment.seconds for segment in each.segments) for each in timed)
    result = told.result()
    rendition = StreamRendition(
        key=told.encode.key(told.base + MASTER),
        size=size,
        width=largest.width if largest else None,
        height=largest.height if largest else None,
        duration_ms=round(1000 * longest),
        facts=result,
    )
    return Published(result, [rendition])


def _telling(report: Report, duration: float) -> SecondsHandler:
    async def on_seconds(seconds: float) -> None:
        await report(min(seconds, duration), duration)

    return on_seconds


def _keeping_alive(report: Report, duration: float) -> SecondsHandler:
    """Return what says no more than that somebody is at it: the picture is encoded by then."""

    async def on_seconds(seconds: float) -> None:
        del seconds
        await report(duration, duration)

    return on_seconds
