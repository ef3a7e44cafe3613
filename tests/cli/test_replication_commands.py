"""`keyshelf replication status` and `backfill`: a replica that is behind, and a region lost."""

import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import Keyshelf


@pytest.fixture
def environment(database_url: str, tmp_path: Path) -> dict[str, str]:
    """A program of its own: a database, a folder as store, and another as its replica."""
    home = tmp_path / "home"
    return {
        "HOME": str(home),
        "XDG_CACHE_HOME": str(home / "cache"),
        "KEYSHELF_DATA": str(tmp_path / "data"),
        "DATABASE_URL": database_url,
        "REPOSITORY_REPLICAS": "eu",
        "REPOSITORY_REPLICA_EU_BUCKET": (tmp_path / "eu").as_uri(),
    }


AWAY = {
    "REPOSITORY_REPLICA_AWAY_BUCKET": "s3://copy",
    "REPOSITORY_REPLICA_AWAY_S3_ENDPOINT": "http://127.0.0.1:9",
    "REPOSITORY_REPLICA_AWAY_S3_ACCESS_KEY": "a",
    "REPOSITORY_REPLICA_AWAY_S3_SECRET_KEY": "s",
}


@pytest.fixture
def film(keyshelf: Keyshelf, tmp_path: Path) -> Path:
    """A folder that is committed."""
    folder = tmp_path / "film"
    folder.mkdir()
    (folder / "a.txt").write_text("one\n" * 1000)
    assert keyshelf("repo", "create", "film").code == 0
    assert keyshelf("commit", folder, "-R", "film", "-m", "one").code == 0
    return folder


@pytest.mark.usefixtures("film")
def test_a_replica_is_behind_until_it_is_filled(keyshelf: Keyshelf) -> None:
    behind = keyshelf("replication", "status")
    dry = keyshelf("replication", "backfill", "--dry-run", "--json")
    asked = keyshelf("replication", "backfill")
    done = keyshelf("replication", "backfill", "--yes", "--json")
    after = keyshelf("replication", "status")

    assert behind.code == 1
    assert "missing" in behind.lines[0]
    missing = dry.json["items"][0]["missing"]
    assert missing > 2
    assert (dry.code, asked.code) == (0, 2)
    assert "--yes" in asked.err
    assert (done.code, done.json["items"][0]["copied"]) == (0, missing)
    assert after.code == 0
    assert "nothing is missing" in after.out


def test_a_lost_region_is_brought_back_from_a_replica(
    keyshelf: Keyshelf, film: Path, tmp_path: Path
) -> None:
    assert keyshelf("replication", "backfill", "--yes").code == 0
    shutil.rmtree(tmp_path / "data/stores/repository")
    lost = keyshelf("check", "-R", "film")

    back = keyshelf("replication", "backfill", "--from", "eu", "--yes")
    checked = keyshelf("check", "-R", "film", "--read-data")
    out = keyshelf("checkout", "main", tmp_path / "out", "-R", "film")

    assert lost.code == 7
    assert back.code == 0, back.err
    assert (checked.code, out.code) == (0, 0), checked.out
    assert (tmp_path / "out/a.txt").read_text() == (film / "a.txt").read_text()


def test_what_cannot_be_meant_is_refused(keyshelf: Keyshelf) -> None:
    both = keyshelf("replication", "backfill", "--replica", "eu", "--from", "eu")
    unknown = keyshelf("replication", "status", "--replica", "us")

    assert (both.code, unknown.code) == (2, 3)
    assert "only: eu" in unknown.err


def test_a_replica_that_is_away_keeps_nobody_from_the_others(
    keyshelf: Keyshelf, film: Path, tmp_path: Path
) -> None:
    two = AWAY | {"REPOSITORY_REPLICAS": "away,eu"}

    done = keyshelf("replication", "backfill", "--yes", **two)

    assert film.exists()
    assert done.code == 6
    assert "replica away:" in done.err
    assert "to replica eu" in done.out
    assert list((tmp_path / "eu").rglob("*.manifest"))


@pytest.mark.parametrize("replicas", [["EU"], ["EU", "AWAY"]], ids=["one", "two"])
@pytest.mark.usefixtures("film")
def test_replicas_none_of_which_can_be_reached_are_out_of_reach(
    keyshelf: Keyshelf, replicas: list[str]
) -> None:
    away = {name.replace("AWAY", each): value for each in replicas for name, value in AWAY.items()}
    away["REPOSITORY_REPLICAS"] = ",".join(replicas).lower()

    seen = keyshelf("replication", "status", **away)

    assert seen.code == 8, seen.err
