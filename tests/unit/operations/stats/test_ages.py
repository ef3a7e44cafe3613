"""How old chunks are, as daily snapshots tell it, and the classes that follow."""

from datetime import date, timedelta

from keyshelf.operations.classes import StorageClass
from keyshelf.operations.stats.ages import History, classed
from keyshelf.operations.stats.applied import chunk_ages
from keyshelf.operations.stats.values import REPOSITORY, SOURCE, Amount, Kind, Stored

TODAY = date(2026, 6, 30)
WARM, COLD = StorageClass.WARM, StorageClass.COLD


def history(**by_age: int) -> History:
    """Bytes on days, told as `d40=10`: forty days ago."""
    days = sorted(((TODAY - timedelta(days=int(age[1:])), n) for age, n in by_age.items()))
    return History(days)


def test_what_was_there_all_the_time_is_old() -> None:
    found = history(d90=40, d30=60, d0=100)

    assert (found.share_older(90), found.share_older(30), found.share_older(0)) == (0.4, 0.6, 1.0)


def test_what_went_meanwhile_is_not_counted_as_old() -> None:
    assert history(d90=80, d50=20, d0=100).share_older(60) == 0.2


def test_a_day_that_was_missed_is_told_by_the_one_before() -> None:
    assert history(d40=30, d0=100).share_older(35) == 0.3


def test_nothing_is_known_to_be_older_than_the_first_day() -> None:
    assert history(d10=100, d0=100).share_older(30) == 0.0
    assert History([]).share_older(1) == 0.0


def test_chunks_go_to_classes_by_age_and_nothing_else_does() -> None:
    chunks = Stored(store=REPOSITORY, kind=Kind.CHUNK, amount=Amount(100, 1000, 10, 50))
    files = Stored(store=SOURCE, kind=Kind.FILE, amount=Amount(1, 5))

    found = classed([chunks, files], history(d90=400, d30=600, d0=1000), {WARM: 30, COLD: 90})

    assert [(each.kind, each.storage_class, each.amount.bytes) for each in found] == [
        (Kind.CHUNK, COLD, 400),
        (Kind.CHUNK, WARM, 200),
        (Kind.CHUNK, StorageClass.HOT, 400),
        (Kind.FILE, StorageClass.HOT, 5),
    ]
    assert [each.is_estimate for each in found] == [True, True, True, False]
    assert sum((each.amount for each in found[1:3]), found[0].amount) == chunks.amount


def test_without_rules_all_stays_as_it_is() -> None:
    chunks = Stored(store=REPOSITORY, kind=Kind.CHUNK, amount=Amount(1, 1))

    assert list(classed([chunks], history(d90=1, d0=1), {})) == [chunks]


def test_rules_are_read_as_the_bucket_has_them() -> None:
    to_warm = {"Transitions": [{"Days": 30, "StorageClass": "STANDARD_IA"}]}
    to_cold = {"Transitions": [{"Days": 90, "StorageClass": "GLACIER"}]}
    sized = {"And": {"Prefix": "v1/chunks/", "ObjectSizeGreaterThan": 1}}
    tagged = {"And": {"Prefix": "v1/chunks/", "Tags": [{"Key": "dits:tier", "Value": "cold"}]}}

    assert chunk_ages(
        {
            "Rules": [
                {"Status": "Enabled", "Filter": sized, **to_warm},
                {"Status": "Disabled", "Filter": {"Prefix": "v1/"}, **to_cold},
                {"Status": "Enabled", "Filter": tagged, **to_cold},
                {"Status": "Enabled", "Filter": {"Prefix": "v1/proxies/"}, **to_cold},
                {"Status": "Enabled", "Filter": {}, "Expiration": {"Days": 3}},
            ]
        }
    ) == {WARM: 30}
    assert chunk_ages({"Rules": [{"Status": "Enabled", "Prefix": "", **to_cold}]}) == {COLD: 90}
    assert chunk_ages(None) == {}
