"""Files are told by how they begin."""

import pytest

from keyshelf.media.recognising import Seems, seems_to_be


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(b"\xff\xd8\xff\xe0", id="jpeg"),
        pytest.param(b"\x89PNG\r\n\x1a\n", id="png"),
        pytest.param(b"RIFF\0\0\0\0WEBP", id="webp"),
        pytest.param(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", id="heic"),
        pytest.param(b"<svg xmlns='http://www.w3.org/2000/svg'/>", id="svg"),
    ],
)
def test_pictures(head: bytes) -> None:
    assert seems_to_be(head) is Seems.PICTURE


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(b"\0\0\0\x18ftypisom", id="mp4"),
        pytest.param(b"\0\0\0\x08moov", id="old quicktime"),
        pytest.param(b"\x1aE\xdf\xa3", id="matroska"),
        pytest.param(b"RIFF\0\0\0\0AVI ", id="avi"),
        pytest.param(b"RIFF\0\0\0\0WAVE", id="wave"),
        pytest.param(b"FORM\0\0\0\0AIFF", id="aiff"),
        pytest.param(b"OggS\0", id="ogg"),
        pytest.param(b"fLaC\0", id="flac"),
        pytest.param(b"ID3\4", id="tagged mp3"),
        pytest.param(b"\xff\xfb\x90\x00", id="mp3"),
        pytest.param(b"\xff\xf1\x50\x80", id="aac"),
        pytest.param((b"\x47" + bytes(187)) * 4, id="transport stream"),
        pytest.param((bytes(4) + b"\x47" + bytes(187)) * 4, id="blu-ray"),
    ],
)
def test_films_and_recordings(head: bytes) -> None:
    assert seems_to_be(head) is Seems.RECORDING


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"\xff", id="one byte"),
        pytest.param(b"GET / HTTP/1.1\r\n", id="text that begins with a sync byte"),
        pytest.param(b"RIFF\0\0\0\0ACON", id="another riff"),
        pytest.param(b"FORM\0\0\0\0ILBM", id="another form"),
        pytest.param(b"#EXTM3U\nhttp://169.254.169.254/", id="playlist"),
        pytest.param(b"%PDF-1.7", id="pdf"),
        pytest.param(b"\xff\xfe<\0s\0v\0g\0", id="utf-16"),
    ],
)
def test_all_else(head: bytes) -> None:
    assert seems_to_be(head) is None
