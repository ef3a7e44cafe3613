"""The sample that `make demo` puts into the drive is made of files that programs can open."""

import json
import struct
import wave
import zlib
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from examples import sample_media

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    sample_media.write_sample(folder)
    return folder


def test_pictures_have_all_their_rows(sample: Path) -> None:
    for path in sample.rglob("*.png"):
        data = path.read_bytes()
        width, height = struct.unpack(">II", data[16:24])
        size = struct.unpack(">I", data[33:37])[0]
        assert data[37:41] == b"IDAT"
        assert len(zlib.decompress(data[41 : 41 + size])) == height * (1 + 3 * width)


def test_sounds_can_be_heard(sample: Path) -> None:
    for path in sample.rglob("*.wav"):
        with wave.open(str(path)) as sound:
            assert max(sound.readframes(sound.getnframes())) > 0


def test_the_rest_can_be_read(sample: Path) -> None:
    for path in sample.rglob("*.svg"):
        assert ET.parse(path).getroot().tag.endswith("svg")
    for path in sample.rglob("*.json"):
        assert json.loads(path.read_bytes())
    page = next(sample.rglob("*.pdf")).read_bytes()
    start = int(page.split(b"startxref\n")[1].split()[0])
    assert page[start:].startswith(b"xref")


def test_every_picture_is_another(sample: Path) -> None:
    pictures = [path.read_bytes() for path in sample.rglob("*.png")]

    assert len(set(pictures)) == len(pictures) > 10
