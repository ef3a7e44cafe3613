"""A record is read back for its own bytes, and anything else is no record."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keyshelf.store.base import Attributes
from keyshelf.store.disk_records import NO_RECORD, Record, Records, parse_record

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
RECORDS = st.builds(
    Record,
    etag=st.none() | TEXTS,
    attributes=st.builds(
        Attributes,
        content_type=TEXTS.filter(bool),
        cache_control=st.none() | TEXTS,
        content_disposition=st.none() | TEXTS,
        metadata=st.dictionaries(TEXTS, TEXTS, max_size=3),
    ),
    tags=st.dictionaries(TEXTS, TEXTS, max_size=3),
    storage_class=st.none() | TEXTS,
)


@given(record=RECORDS)
@pytest.mark.parametrize("in_files", [False, True])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
def test_a_record_is_read_back(tmp_path: Path, record: Record, *, in_files: bool) -> None:
    records = Records(tmp_path, in_files=in_files)
    path = tmp_path / "file"
    file = os.open(path, os.O_RDWR | os.O_CREAT)
    try:
        records.write(file, record)

        assert records.read(file, os.fstat(file)) == record
    finally:
        os.close(file)


@pytest.mark.parametrize(
    "text", [None, b"", b"\xff", b"[]", b"{}", b'{"v":2}', b'{"v":1,"size":1}']
)
def test_what_is_no_record_says_nothing(tmp_path: Path, text: bytes | None) -> None:
    (tmp_path / "file").touch()

    assert parse_record(text, (tmp_path / "file").stat()) == NO_RECORD


def test_the_stored_format_of_a_record(tmp_path: Path) -> None:
    (tmp_path / "beside").mkdir()
    path = tmp_path / "file"
    path.write_bytes(b"hello")
    os.utime(path, ns=(1, 1_753_876_800_123_456_000))
    record = Record(
        etag="0f",
        attributes=Attributes(content_type="image/jpeg", metadata={"name": "Zoë"}),
        tags={"state": "draft"},
        storage_class="COLD",
    )
    file = os.open(path, os.O_RDWR)
    Records(tmp_path / "beside", in_files=True).write(file, record)
    inode = os.fstat(file).st_ino
    os.close(file)

    beside = tmp_path / "beside" / f"{inode % 256:02x}" / f"{inode}-1753876800123456000"
    text = beside.read_bytes()
    assert text.decode() == (
        '{"v":1,"size":5,"mtime_ns":1753876800123456000,"etag":"0f",'
        '"content_type":"image/jpeg","metadata":{"name":"Zoë"},'
        '"tags":{"state":"draft"},"storage_class":"COLD"}'
    )
