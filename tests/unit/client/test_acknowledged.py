"""Which parts of an upload the store has answered for, in memory and on disk."""

from dataclasses import replace
from pathlib import Path

import pytest

from keyshelf.client.transfers.acknowledged import Acknowledged
from keyshelf.client.transfers.records import Records, SentPart, UploadRecord
from tests.unit.client.test_records import UPLOAD

pytestmark = pytest.mark.anyio

NONE_SENT = replace(UPLOAD, parts=())


class CountingRecords(Records):
    """Records that count how often they are written."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.written = 0

    def write(self, name: str, record: object) -> None:
        self.written += 1
        assert isinstance(record, UploadRecord)
        super().write(name, record)


@pytest.fixture
def records(tmp_path: Path) -> CountingRecords:
    return CountingRecords(tmp_path)


def on_disk(records: Records) -> tuple[SentPart, ...] | None:
    record = records.read(UploadRecord, "name")
    return record.parts if record else None


async def test_the_first_part_is_on_disk_at_once_and_the_others_when_asked(
    records: CountingRecords,
) -> None:
    acknowledged = Acknowledged(records, "name", NONE_SENT)
    acknowledged.add(2, "b")
    first = on_disk(records)
    acknowledged.add(1, "a")
    acknowledged.write()

    assert first == (SentPart(2, "b"),)
    assert on_disk(records) == (SentPart(2, "b"), SentPart(1, "a"))
    assert Acknowledged(records, "name", replace(UPLOAD, parts=first)).etags == {2: "b"}


async def test_ten_thousand_parts_are_written_now_and_then(records: CountingRecords) -> None:
    acknowledged = Acknowledged(records, "name", NONE_SENT)
    for number in range(1, 10_001):
        acknowledged.add(number, "0123456789abcdef0123456789abcdef")
    acknowledged.write()
    acknowledged.write()

    assert len(on_disk(records) or ()) == 10_000
    assert records.written < 50


async def test_what_must_be_sent_again_is_forgotten_on_disk(records: CountingRecords) -> None:
    acknowledged = Acknowledged(records, "name", NONE_SENT)
    acknowledged.add(1, "a")
    acknowledged.add(2, "b")
    acknowledged.forget([2, 3])

    assert on_disk(records) == (SentPart(1, "a"),)


async def test_etags_are_stated_in_order_and_only_when_all_are_known(
    records: CountingRecords,
) -> None:
    acknowledged = Acknowledged(records, "name", NONE_SENT)
    acknowledged.add(2, "b")
    acknowledged.add(1, "a")
    stated = acknowledged.stated
    acknowledged.add(3, "")

    assert list((stated or {}).items()) == [(1, "a"), (2, "b")]
    assert acknowledged.stated is None
