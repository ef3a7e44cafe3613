"""`cost` and `capacity`: on this machine's stores, and what they refuse."""

import os
from pathlib import Path

import pytest

from tests.cli.conftest import Keyshelf

BOOK = """
currency = "EUR"
[my.cellar]
as_of = 2026-02-03
source = "the contract"
[my.cellar.hot]
storage = 1000
write = 5
"""


@pytest.fixture
def environment(database_url: str, tmp_path: Path) -> dict[str, str]:
    """The settings of the program: a database, and folders as stores."""
    (tmp_path / "prices.toml").write_text(BOOK)
    home = tmp_path / "home"
    return {
        "HOME": str(home),
        "XDG_CACHE_HOME": str(home / "cache"),
        "KEYSHELF_DATA": str(tmp_path / "data"),
        "DATABASE_URL": database_url,
        "KEYSHELF_PRICE_BOOK": str(tmp_path / "prices.toml"),
        "KEYSHELF_SOURCE_PRICES": "my.cellar",
        "KEYSHELF_MEDIA_PRICES": "my.cellar",
        "KEYSHELF_REPOSITORY_PRICES": "my.cellar",
    }


@pytest.fixture
def film(keyshelf: Keyshelf, tmp_path: Path) -> str:
    """A repository with 300 KB in it."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "a.mov").write_bytes(os.urandom(300_000))
    assert keyshelf("repo", "create", "film").code == 0
    assert keyshelf("commit", folder, "--repo", "film", "-m", "first").code == 0
    return "film"


def test_a_bill_is_told_for_people_and_for_programs(keyshelf: Keyshelf, film: str) -> None:
    told = keyshelf("cost", "--explain", "--what-if", "all", "--what-if", "tags=0", "--forecast")
    found = keyshelf("cost", "--json", "--by", "repo").json

    assert (told.code, "pack=64MiB" in told.out, "warm" in told.out) == (0, True, False)
    assert "my.cellar as of 2026-02-03 (source, media, repository)" in told.out
    assert "GB \u00d7 €1,000.00 per GB-month" in told.out
    assert "no forecast yet: it needs 7 daily snapshots, and there are 1" in told.err
    assert "requests are not in" not in told.err
    assert "repository hot writes" in told.out
    assert told.out.count("\ntags=0 ") == 1
    assert "once, for pack=16MiB:" in told.out
    assert "once, for tags=0:" not in told.out
    (group,) = [each for each in found["groups"] if each["name"] == f"admin/{film}"]
    assert group["amount"] > 0
    assert sum(each["amount"] for each in found["groups"]) == pytest.approx(found["total"])
    assert group["bytes"] > 300_000


def test_what_came_since_the_snapshot_is_counted_when_asked(
    keyshelf: Keyshelf, film: str, tmp_path: Path
) -> None:
    before = keyshelf("cost", "--json").json["total"]
    assert "UTC; --now counts again" in keyshelf("cost").out
    (tmp_path / "project" / "b.mov").write_bytes(os.urandom(200_000))
    assert keyshelf("commit", tmp_path / "project", "--repo", film, "-m", "more").code == 0

    assert keyshelf("cost", "--json").json["total"] == before
    assert keyshelf("cost", "--json", "--now").json["total"] > before * 1.5
    assert "--now" not in keyshelf("cost", "--now").out


def test_a_class_that_has_no_price_is_named(keyshelf: Keyshelf, film: str) -> None:
    ran = keyshelf("cost", "--what-if", "class=warm")

    assert ran.code == 3
    assert "write [my.cellar.warm] in a book of your own" in ran.err


def test_the_daily_estimate_has_today(keyshelf: Keyshelf, film: str) -> None:
    told, found = keyshelf("cost", "--daily"), keyshelf("cost", "--daily", "--json").json

    (today,) = found["items"]
    assert today["total_bytes"] > 300_000
    assert today["date"] in told.out


def test_prices_are_printed_as_they_can_be_edited(keyshelf: Keyshelf) -> None:
    assert keyshelf("cost", "--prices").out.strip() == BOOK.strip()
    assert keyshelf("cost", "--prices", "--json").json["my"]["cellar"]["as_of"] == "2026-02-03"


def test_capacity_is_the_specifications_table(keyshelf: Keyshelf) -> None:
    lines = keyshelf("capacity").lines

    assert [line.split()[:7] for line in lines[1:]] == [
        ["100", "GB", "64", "KB", "1.6M", "50-80", "GB"],
        ["1", "TB", "64", "KB", "16M", "500-800", "GB"],
        ["10", "TB", "64", "KB", "160M", "5-8", "TB"],
        ["100", "TB", "64", "KB", "1.6B", "50-80", "TB"],
    ]


def test_a_repository_replaces_the_assumptions(keyshelf: Keyshelf, film: str) -> None:
    found = keyshelf("capacity", "--repo", film, "--json").json

    assert found["items"][0]["size"] == 300_000
    assert found["assumed"]["least_saved"] == found["assumed"]["most_saved"] == 0
    assert 16_384 <= found["assumed"]["chunk_bytes"] <= 262_144


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["capacity", "--size", "10XB"], 2, "write a number and a unit, such as 10TB or 500GiB"),
        (["capacity", "--saved", "half"], 2, "write percents such as 20-50 or 35"),
        (["capacity", "--prices", "s3.mars-1"], 3, "has no table 's3.mars-1'"),
        (["cost", "--what-if", "more"], 2, "'more' is no change"),
    ],
    ids=["size", "saved", "prices", "what-if"],
)
def test_what_cannot_be_is_refused(
    keyshelf: Keyshelf, arguments: list[str], code: int, said: str
) -> None:
    ran = keyshelf(*arguments)

    assert ran.code == code
    assert said in ran.err


def test_elsewhere_there_is_nothing_to_count(keyshelf: Keyshelf) -> None:
    ran = keyshelf("cost", KEYSHELF_URL="http://127.0.0.1:9")

    assert ran.code == 2
    assert "unset KEYSHELF_URL" in ran.err


def test_a_region_that_only_the_cloud_knows_is_asked_for(keyshelf: Keyshelf) -> None:
    ran = keyshelf(
        "capacity",
        KEYSHELF_REPOSITORY_PRICES="",
        REPOSITORY_BUCKET="gs://bucket",
        REPOSITORY_GCS_ACCESS_KEY="a",
        REPOSITORY_GCS_SECRET_KEY="b",
    )

    assert ran.code == 3
    assert "KEYSHELF_REPOSITORY_PRICES=gcs.REGION" in ran.err
