"""The film, encoded and cut into segments once."""

from functools import partial
from pathlib import Path

import anyio
import pytest

from keyshelf.database.pool import Database
from keyshelf.media.streams.packaging import Encryption
from keyshelf.media.streams.values import Track
from keyshelf.media.tools.finding import Tools
from tests.integration.media.streams.film import EncodedFilm, encode_film
from tests.integration.media.streams.packaged import (
    ADDRESS,
    KEY,
    PackagedFilm,
    package_film,
    tracks_of,
)
from tests.integration.media.streams.studio import Studio, open_studio
from tests.media_clips import MediaClips


@pytest.fixture(scope="session")
def film_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("film")


@pytest.fixture(scope="session")
def encoded(media_tools: Tools, clips: MediaClips, film_folder: Path) -> EncodedFilm:
    return anyio.run(partial(encode_film, media_tools, clips, film_folder))


@pytest.fixture(scope="session")
def tracks(media_tools: Tools, encoded: EncodedFilm, film_folder: Path) -> list[Track]:
    return anyio.run(partial(tracks_of, media_tools, encoded, film_folder))


@pytest.fixture(scope="session")
def clear(
    media_tools: Tools, encoded: EncodedFilm, tracks: list[Track], film_folder: Path
) -> PackagedFilm:
    folder = film_folder / "clear"
    return anyio.run(
        partial(package_film, media_tools, encoded, tracks, folder=folder, encryption=None)
    )


@pytest.fixture(scope="session")
def sealed(
    media_tools: Tools, encoded: EncodedFilm, tracks: list[Track], film_folder: Path
) -> PackagedFilm:
    encryption = Encryption(KEY, ADDRESS)
    folder = film_folder / "sealed"
    return anyio.run(
        partial(package_film, media_tools, encoded, tracks, folder=folder, encryption=encryption)
    )


@pytest.fixture
def studio(database: Database, media_tools: Tools, tmp_path: Path) -> Studio:
    return open_studio(database, media_tools, tmp_path)
