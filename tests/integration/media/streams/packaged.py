"""The film in segments, in the clear and encrypted, as files of a folder."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

from keyshelf.media.keys.values import ContentKey
from keyshelf.media.streams.master import master_playlist
from keyshelf.media.streams.packaging import Encryption, PackagedTrack, package
from keyshelf.media.streams.renditions import film_tracks, picture_seconds, smallest_picture
from keyshelf.media.streams.values import Track
from keyshelf.media.tools.finding import Tools
from tests.integration.media.streams.film import HASH, EncodedFilm
from tests.integration.media.streams.playlists import (
    MasterPlaylist,
    MediaPlaylist,
    read_master,
    read_media,
)

KEY = ContentKey(uuid4(), HASH, uuid4(), kid=bytes(range(16)), key=b"sixteen secrets!")
VERSION = "0b51c2d3"
ADDRESS = f"https://media.example/api/key/{KEY.id}"


@dataclass(frozen=True, slots=True)
class PackagedFilm:
    folder: Path
    tracks: Sequence[PackagedTrack]

    @property
    def master(self) -> MasterPlaylist:
        return read_master(master_playlist(self.tracks))

    def of(self, kind: str) -> list[PackagedTrack]:
        return [each for each in self.tracks if each.track.kind == kind]

    def media(self, path: str) -> MediaPlaylist:
        return read_media((self.folder / path).read_text(encoding="utf-8"))

    def whole(self, playlist: str) -> Path:
        """Join what a playlist names, in order, as a player would."""
        told, path = self.media(playlist), self.folder / playlist
        names = [*([told.init] if told.init else []), *(name for name, _ in told.segments)]
        joined = path.with_name("whole.mp4")
        joined.write_bytes(b"".join((path.parent / name).read_bytes() for name in names))
        return joined


async def tracks_of(tools: Tools, encoded: EncodedFilm, folder: Path) -> list[Track]:
    async def on_seconds(seconds: float) -> None:
        del seconds

    film = encoded.film()
    tracks = await film_tracks(
        tools, film, duration=picture_seconds(film), folder=folder, on_seconds=on_seconds
    )
    smallest = smallest_picture(tracks)
    return [replace(each, has_trick=each is smallest) for each in tracks]


async def package_film(
    tools: Tools,
    encoded: EncodedFilm,
    tracks: Sequence[Track],
    *,
    folder: Path,
    encryption: Encryption | None,
) -> PackagedFilm:
    folder.mkdir(exist_ok=True)
    packaged = await package(
        tools,
        tracks,
        base="",
        version=VERSION,
        segment_seconds=encoded.plan.segment_seconds,
        duration=encoded.probe.duration,
        encryption=encryption,
        folder=folder,
    )
    return PackagedFilm(folder, packaged)
