"""What two listings tell of an object and its copy."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from keyshelf.layout.keys import ObjectKey
from keyshelf.operations.reconcile.merging import Window
from keyshelf.operations.replicas.comparing import differences, is_doubtful
from keyshelf.operations.replicas.values import Difference, Kind, Report, state_of
from keyshelf.store.base import ObjectMeta

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
CHUNK = ObjectKey(f"v1/chunks/ab/cd/{'abcd' * 16}")
STATS = ObjectKey("v1/metadata/stats/1.json")
ONE, OTHER, IN_PARTS = "1" * 32, "2" * 32, "3" * 32 + "-2"


def there(key: ObjectKey, *, etag: str = ONE, size: int = 7, minutes: int = 0) -> ObjectMeta:
    return ObjectMeta(key, size, etag, NOON + timedelta(minutes=minutes))


def compared(source: ObjectMeta | None, target: ObjectMeta | None) -> list[Kind]:
    key = (source or target or there(CHUNK)).key
    window = Window(key, [target] if target else [], [source] if source else [])
    return [each.kind for each in differences(window, before=NOON + timedelta(hours=1))]


@pytest.mark.parametrize(
    ("source", "target", "kinds"),
    [
        pytest.param(there(CHUNK), there(CHUNK), [], id="the same"),
        pytest.param(there(CHUNK), None, [Kind.MISSING], id="missing"),
        pytest.param(None, there(CHUNK), [Kind.EXTRA], id="extra"),
        pytest.param(
            there(CHUNK), there(CHUNK, etag=OTHER), [Kind.DIFFERENT], id="a chunk of another ETag"
        ),
        pytest.param(
            there(CHUNK), there(CHUNK, etag=IN_PARTS), [], id="a chunk whose ETag tells nothing"
        ),
        pytest.param(
            there(CHUNK, size=8, minutes=1),
            there(CHUNK),
            [Kind.DIFFERENT],
            id="an earlier chunk is no older one",
        ),
        pytest.param(
            there(CHUNK), there(CHUNK, size=6, minutes=1), [Kind.DIFFERENT], id="cut short"
        ),
        pytest.param(
            there(STATS, minutes=1), there(STATS, etag=OTHER), [Kind.OLDER], id="written again"
        ),
        pytest.param(
            there(STATS), there(STATS, etag=OTHER, minutes=1), [Kind.DIFFERENT], id="by hand"
        ),
        pytest.param(
            there(STATS), there(STATS, etag=IN_PARTS, minutes=1), [], id="copied in parts since"
        ),
        pytest.param(there(STATS, minutes=60), None, [], id="on its way"),
    ],
)
def test_what_differs(
    source: ObjectMeta | None, target: ObjectMeta | None, kinds: list[Kind]
) -> None:
    assert compared(source, target) == kinds


def test_only_small_objects_of_one_size_are_read_to_be_sure() -> None:
    small = Difference(Kind.OLDER, there(STATS), there(STATS, etag=OTHER))
    large = Difference(Kind.OLDER, there(STATS, size=2**21), there(STATS, size=2**21, etag=OTHER))
    longer = Difference(Kind.OLDER, there(STATS), there(STATS, size=8, etag=OTHER))

    assert [is_doubtful(each) for each in (small, large, longer)] == [True, False, False]


def test_the_lag_is_the_age_of_the_oldest_that_is_missing_or_older() -> None:
    report = Report("eu", "eu-west-1", NOON + timedelta(hours=1))
    report.note(Difference(Kind.MISSING, there(CHUNK, minutes=10), None))
    report.note(Difference(Kind.OLDER, there(STATS, minutes=20), there(STATS)))
    report.note(Difference(Kind.EXTRA, None, replace(there(CHUNK), modified_at=NOON)))

    assert (report.behind, report.behind_bytes, report.extra) == (2, 14, 1)
    assert state_of(report).lag == timedelta(minutes=50)
