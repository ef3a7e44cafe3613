"""Encrypted streams: every sample sealed, openable with the key, which is nowhere else."""

import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from xml.etree import ElementTree

import pytest

from keyshelf.media.streams.failures import BrokenStreamError
from keyshelf.media.streams.packaging import Encryption, package
from keyshelf.media.streams.values import Track
from keyshelf.media.tools.finding import Tools
from tests.integration.media.streams.film import EncodedFilm, command_lines
from tests.integration.media.streams.packaged import (
    ADDRESS,
    KEY,
    VERSION,
    PackagedFilm,
    package_film,
)

pytestmark = pytest.mark.anyio

_CENC = "{urn:mpeg:cenc:2013}"
_DASH = "{urn:mpeg:dash:schema:mpd:2011}"


@contextmanager
def watched() -> Generator[set[bytes]]:
    """Collect the command lines of all processes while the block runs."""
    seen: set[bytes] = set()
    done = Event()

    def watch() -> None:
        while not done.is_set():
            seen.update(command_lines())

    thread = Thread(target=watch)
    thread.start()
    try:
        yield seen
    finally:
        done.set()
        thread.join()


def decoded(tools: Tools, path: Path, *options: str) -> tuple[str, str]:
    made = subprocess.run(
        [
            *(tools.ffmpeg, "-nostdin", "-v", "warning", *options, "-i", path),
            *("-fps_mode", "passthrough", "-f", "md5", "-"),
        ],
        capture_output=True,
        check=False,
        text=True,
    )
    return made.stdout, made.stderr


@pytest.mark.parametrize(
    "folder",
    ["video/r240_h264", "video/r240_av1", "audio/ger_aac_2ch", "audio/fre_aac_6ch"],
)
def test_with_the_key_it_is_the_film_and_without_it_is_not(
    clear: PackagedFilm, sealed: PackagedFilm, media_tools: Tools, folder: str
) -> None:
    plain, _ = decoded(media_tools, clear.whole(f"{folder}/playlist.m3u8"))
    path = sealed.whole(f"{folder}/playlist.m3u8")

    opened, complaints = decoded(media_tools, path, "-decryption_key", KEY.key.hex())
    closed, _ = decoded(media_tools, path)

    assert (opened, complaints) == (plain, "")
    assert closed != plain


def test_every_segment_is_sealed_from_its_first_sample_on(
    clear: PackagedFilm, sealed: PackagedFilm
) -> None:
    for each in [*sealed.of("video"), *sealed.of("audio")]:
        folder = sealed.folder / each.track.folder
        init = (folder / "init.mp4").read_bytes()
        box = init.index(b"tenc")
        assert init[init.index(b"schm") + 8 :][:4] == b"cbcs"
        # ISO/IEC 23001-7: version and flags, reserved, pattern, isProtected, size of a sample's
        # own IV (none: it is constant), KID, size of the constant IV.
        assert init[box + 10 : box + 12] == b"\x01\x00"
        assert init[box + 12 : box + 28] == KEY.kid
        assert init[box + 28] == 16
        for segment in each.segments:
            data = (folder / segment.uri).read_bytes()
            assert data.count(b"senc") == data.count(b"moof") > 0
            plain = (clear.folder / each.track.folder / segment.uri).read_bytes()
            assert plain[plain.index(b"mdat") :][-256:] != data[data.index(b"mdat") :][-256:]


def test_players_are_told_where_the_key_is_and_how_it_is_used(sealed: PackagedFilm) -> None:
    for each in [*sealed.of("video"), *sealed.of("audio")]:
        assert sealed.media(each.track.playlist).key == {
            "METHOD": "SAMPLE-AES",
            "URI": f'"{ADDRESS}"',
            "KEYFORMAT": '"identity"',
        }
    assert sealed.media("subtitles/ger/playlist.m3u8").key is None


def test_dash_names_the_key(sealed: PackagedFilm) -> None:
    root = ElementTree.parse(sealed.folder / "stream.mpd").getroot()

    kid = "00010203-0405-0607-0809-0a0b0c0d0e0f"
    for each in root.iter(f"{_DASH}AdaptationSet"):
        named = [
            protection.get(f"{_CENC}default_KID")
            for protection in each.iter(f"{_DASH}ContentProtection")
            if protection.get("value") == "cbcs"
        ]
        assert named == ([] if each.get("contentType") == "text" else [kid])


async def test_the_key_is_in_no_file_and_on_no_command_line(
    encoded: EncodedFilm,
    tracks: list[Track],
    media_tools: Tools,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    with watched() as lines:
        await package_film(
            media_tools, encoded, tracks, folder=tmp_path, encryption=Encryption(KEY, ADDRESS)
        )

    packagers = [line for line in lines if media_tools.packager.name.encode() in line]
    assert any(b"--flagfile=" in line for line in packagers)
    told = capfd.readouterr()
    secrets = (KEY.key.hex().encode(), KEY.key)
    assert not any(secret in line for line in lines for secret in secrets)
    for path in tmp_path.rglob("*"):
        assert path.is_dir() or not any(secret in path.read_bytes() for secret in secrets), path
    assert KEY.key.hex() not in told.out + told.err


async def test_a_packager_that_fails_leaves_and_tells_no_key(
    encoded: EncodedFilm, media_tools: Tools, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no film")

    with pytest.raises(BrokenStreamError):
        await package(
            media_tools,
            [Track("r240_h264", "video", broken, "video/r240_h264")],
            base="",
            version=VERSION,
            segment_seconds=encoded.plan.segment_seconds,
            duration=1.0,
            encryption=Encryption(KEY, ADDRESS),
            folder=tmp_path,
        )

    told = capfd.readouterr()
    assert KEY.key.hex() not in told.out + told.err
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["broken.mp4"]
