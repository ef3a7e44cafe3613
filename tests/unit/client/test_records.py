"""Records of unfinished transfers."""

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from keyshelf.client.transfers.records import (
    KEPT,
    VERSION,
    DownloadRecord,
    Records,
    SentPart,
    UploadRecord,
)

UPLOAD = UploadRecord(
    version=VERSION,
    source="/somewhere/a.txt",
    size=5,
    modified_ns=1,
    on_conflict="fail",
    idempotency_key="key",
    file_id=UUID(int=1),
    parts=(SentPart(1, "etag"), SentPart(2, "")),
    is_done=False,
)
DOWNLOAD = DownloadRecord(VERSION, UUID(int=1), 5, 2, '"etag"', None, (0, 2), is_done=False)


@pytest.mark.parametrize("record", [UPLOAD, DOWNLOAD])
def test_a_record_is_read_as_it_was_written(
    tmp_path: Path, record: UploadRecord | DownloadRecord
) -> None:
    records = Records(tmp_path / "state")
    records.write("name", record)

    assert records.read(type(record), "name") == record


def test_a_forgotten_record_is_gone(tmp_path: Path) -> None:
    records = Records(tmp_path)
    records.write("name", UPLOAD)
    records.forget(["name", "never there"])

    assert records.read(UploadRecord, "name") is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["", "{}", "null", "\x00"])
def test_a_broken_record_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "name.json").write_text(text)

    assert Records(tmp_path).read(UploadRecord, "name") is None


def test_a_record_of_another_version_is_none(tmp_path: Path) -> None:
    records = Records(tmp_path)
    records.write("name", replace(UPLOAD, version=VERSION + 1))

    assert records.read(UploadRecord, "name") is None


def test_what_nobody_goes_on_with_is_forgotten(tmp_path: Path) -> None:
    records = Records(tmp_path)
    records.write("old", UPLOAD)
    os.utime(tmp_path / "old.json", (0, 0))
    records.write("new", UPLOAD)
    written = datetime.fromtimestamp((tmp_path / "new.json").stat().st_mtime, tz=UTC)

    records.forget_old(written + KEPT - timedelta(seconds=1))
    Records(tmp_path / "never made").forget_old(written)

    assert [path.name for path in tmp_path.iterdir()] == ["new.json"]


def test_names_of_records_keep_facts_apart() -> None:
    assert Records.name("a", "bc") != Records.name("ab", "c")
    assert Records.name("bytes that are no text \udcff") == Records.name(
        "bytes that are no text \udcff"
    )
