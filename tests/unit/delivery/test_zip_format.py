"""The ZIP format, read back by Python's own reader."""

import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyshelf.delivery.zip_format import Method, ZipWriter

AT = datetime(2031, 5, 6, 7, 8, 10, tzinfo=UTC)

names = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="/"), min_size=1)
bodies = st.dictionaries(
    names, st.tuples(st.binary(max_size=300), st.sampled_from(Method)), max_size=8
)


def archive(files: dict[str, tuple[bytes, Method]], *, announced: int | None = None) -> bytes:
    writer = ZipWriter(io.BytesIO())
    out = bytearray()
    for name, (data, method) in files.items():
        size = len(data) if announced is None else announced
        out += writer.begin(name, size=size, at=AT, method=method)
        for start in range(0, len(data), 100):
            out += writer.write(data[start : start + 100])
        out += writer.end()
    for piece in writer.finish():
        out += piece
    return bytes(out)


@given(files=bodies)
def test_what_is_written_is_read_back(files: dict[str, tuple[bytes, Method]]) -> None:
    with zipfile.ZipFile(io.BytesIO(archive(files))) as read:
        assert [info.filename for info in read.infolist()] == list(files)
        assert read.testzip() is None
        for name, (data, _) in files.items():
            assert read.read(name) == data


@pytest.mark.parametrize("method", Method)
def test_a_file_that_may_be_wide_is_read_back(method: Method) -> None:
    data = archive({"a": (b"hello", method)}, announced=5 * 2**30)

    with zipfile.ZipFile(io.BytesIO(data)) as read:
        assert read.read("a") == b"hello"
        assert read.infolist()[0].extract_version == 45


def test_an_empty_folder_is_kept() -> None:
    writer = ZipWriter(io.BytesIO())
    data = writer.folder("a/b", at=AT) + b"".join(writer.finish())

    with zipfile.ZipFile(io.BytesIO(data)) as read:
        info = read.infolist()[0]
    assert info.filename == "a/b/"
    assert info.is_dir()
    assert info.date_time == (2031, 5, 6, 7, 8, 10)


def test_more_files_than_the_old_format_counts() -> None:
    files = {str(number): (b"", Method.STORED) for number in range(70_000)}

    with zipfile.ZipFile(io.BytesIO(archive(files))) as read:
        assert len(read.infolist()) == 70_000


def test_an_archive_past_4_gib_is_read_back(tmp_path: Path) -> None:
    writer = ZipWriter(io.BytesIO())
    zeros = bytes(64 * 2**20)
    with (tmp_path / "a.zip").open("wb") as file:
        file.write(writer.begin("large", size=65 * len(zeros), at=AT, method=Method.STORED))
        for _ in range(65):
            writer.write(zeros)
            # A hole in the file stands for the zeros.
            file.seek(len(zeros), io.SEEK_CUR)
        file.write(writer.end())
        file.write(writer.begin("after", size=1, at=AT, method=Method.STORED))
        file.write(writer.write(b"x"))
        file.write(writer.end())
        for piece in writer.finish():
            file.write(piece)

    with zipfile.ZipFile(tmp_path / "a.zip") as read:
        large, after = read.infolist()
        assert large.file_size == 65 * len(zeros)
        assert after.header_offset > 2**32
        assert read.read("after") == b"x"


def test_a_time_that_the_format_cannot_hold_becomes_its_first_day() -> None:
    writer = ZipWriter(io.BytesIO())
    at = datetime(1969, 1, 1, tzinfo=UTC)
    data = writer.folder("a", at=at) + b"".join(writer.finish())

    with zipfile.ZipFile(io.BytesIO(data)) as read:
        assert read.infolist()[0].date_time == (1980, 1, 1, 0, 0, 0)


def test_bytes_without_a_file_are_refused() -> None:
    with pytest.raises(ValueError, match="no file"):
        ZipWriter(io.BytesIO()).write(b"x")
