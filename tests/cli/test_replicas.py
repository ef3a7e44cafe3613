"""Versions are read from a replica, and what is stored is asked of the primary alone."""

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
        "REPOSITORY_REPLICAS": "copy",
        "REPOSITORY_REPLICA_COPY_BUCKET": (tmp_path / "copy").as_uri(),
        "REPOSITORY_READ_STRATEGY": "lowest-cost",
        "REPOSITORY_READ_PRICE": "0.09",
        "REPOSITORY_REPLICA_COPY_READ_PRICE": "0.02",
    }


def test_a_checkout_reads_the_copy_and_a_check_the_store_itself(
    keyshelf: Keyshelf, tmp_path: Path
) -> None:
    chunks = tmp_path / "data/stores/repository/v1/chunks"
    film = tmp_path / "film"
    film.mkdir()
    (film / "a.txt").write_text("one\n" * 1000)
    for arguments in (["repo", "create", "film"], ["commit", film, "-R", "film", "-m", "one"]):
        assert keyshelf(*arguments).code == 0
    before = keyshelf("checkout", "main", tmp_path / "before", "-R", "film")
    shutil.copytree(tmp_path / "data/stores/repository", tmp_path / "copy", dirs_exist_ok=True)
    for each in chunks.rglob("?" * 64):
        each.write_bytes(b"rubbish!")
    damaged = keyshelf(
        *("checkout", "main", tmp_path / "damaged", "-R", "film"),
        REPOSITORY_READ_STRATEGY="primary-only",
    )
    shutil.rmtree(chunks)

    after = keyshelf("checkout", "main", tmp_path / "after", "-R", "film")
    checked = keyshelf("check", "-R", "film", "--repair")
    healed = keyshelf("commit", film, "-R", "film", "-m", "again", "--paranoid")

    assert (before.code, after.code) == (0, 0), (before.err, after.err)
    assert damaged.code == 0, damaged.err
    assert (tmp_path / "damaged/a.txt").read_text() == (film / "a.txt").read_text()
    assert (tmp_path / "after/a.txt").read_text() == (film / "a.txt").read_text()
    assert checked.code == 7, checked.out
    assert healed.code == 0, healed.err
    assert list(chunks.rglob("*")) != []


def test_a_replica_that_is_away_holds_nobody_up(keyshelf: Keyshelf, tmp_path: Path) -> None:
    away = {
        "REPOSITORY_REPLICA_COPY_BUCKET": "s3://copy",
        "REPOSITORY_REPLICA_COPY_S3_ENDPOINT": "http://127.0.0.1:9",
        "REPOSITORY_REPLICA_COPY_S3_ACCESS_KEY": "a",
        "REPOSITORY_REPLICA_COPY_S3_SECRET_KEY": "s",
    }
    film = tmp_path / "film"
    film.mkdir()
    (film / "a.txt").write_text("one\n")

    assert keyshelf("repo", "create", "film", **away).code == 0
    assert keyshelf("commit", film, "-R", "film", "-m", "one", **away).code == 0
    assert keyshelf("checkout", "main", tmp_path / "out", "-R", "film", **away).code == 0
    assert "replica copy" in keyshelf("doctor", **away).out


def test_a_backup_is_loaded_from_the_replica_that_is_left(
    keyshelf: Keyshelf, tmp_path: Path
) -> None:
    made = keyshelf("backup", "create", "--json").json
    shutil.copytree(tmp_path / "data/stores/repository", tmp_path / "copy", dirs_exist_ok=True)
    shutil.rmtree(tmp_path / "data/stores/repository")

    listed = keyshelf("backup", "list", "--store", "copy", "--json")
    loaded = keyshelf("backup", "restore", "latest", "--store", "copy")

    assert listed.json["items"] == [made]
    assert (loaded.code, loaded.lines) == (0, [f"loaded {made['name']}"]), loaded.err
