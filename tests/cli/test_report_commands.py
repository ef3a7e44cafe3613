"""`report reconcile`: on this machine's stores, what it tells and what it refuses."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from keyshelf.clock import system_clock
from tests.cli.conftest import Keyshelf


@pytest.fixture
def environment(database_url: str, tmp_path: Path) -> dict[str, str]:
    """The settings of the program: a database, and folders as stores."""
    home = tmp_path / "home"
    return {
        "HOME": str(home),
        "XDG_CACHE_HOME": str(home / "cache"),
        "KEYSHELF_DATA": str(tmp_path / "data"),
        "DATABASE_URL": database_url,
    }


@pytest.fixture
def film(keyshelf: Keyshelf, tmp_path: Path) -> None:
    """A repository with something in it."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "a.mov").write_bytes(os.urandom(100_000))
    assert keyshelf("repo", "create", "film").code == 0
    assert keyshelf("commit", folder, "--repo", "film", "-m", "first").code == 0


def strange_file(tmp_path: Path) -> None:
    """Put a file into the source store by other hands, two hours ago."""
    path = tmp_path / "data" / "stores" / "source" / "admin" / "my-files" / "strange.txt"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"12345")
    then = (system_clock() - timedelta(hours=2)).timestamp()
    os.utime(path, (then, then))


@pytest.mark.usefixtures("film")
def test_all_stores_are_sound(keyshelf: Keyshelf) -> None:
    told = keyshelf("report", "reconcile")
    found = keyshelf("report", "reconcile", "--json").json

    assert told.code == 0
    assert all("all as it should be" in line for line in told.lines)
    assert [each["store"] for each in found["items"]] == ["source", "media", "repository"]
    assert found["items"][2]["rows"] > 1


def test_an_orphan_is_told_and_registered_when_asked(keyshelf: Keyshelf, tmp_path: Path) -> None:
    assert keyshelf("report", "reconcile", "--store", "source").code == 0
    strange_file(tmp_path)

    told = keyshelf("report", "reconcile", "--store", "source")
    refused = keyshelf("report", "reconcile", "--store", "source", "--repair")
    done = keyshelf("report", "reconcile", "--store", "source", "--repair", "--yes", "--json")
    after = keyshelf("report", "reconcile", "--store", "source")

    assert told.code == 6
    assert "1 orphan (5 B), 0 missing, 0 of a wrong size" in told.out
    assert "orphan admin/my-files/strange.txt" in told.out
    assert "--repair" in told.out
    assert (refused.code, "say --yes" in refused.err) == (2, True)
    assert (done.code, done.json["items"][0]["findings"][0]["repair"]) == (0, "registered")
    assert after.code == 0


def test_a_store_that_there_is_not_is_refused(keyshelf: Keyshelf) -> None:
    told = keyshelf("report", "reconcile", "--store", "cellar")

    assert told.code == 2
    assert "--store is one of source, media, repository" in told.err
