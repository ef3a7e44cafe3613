"""The folders that Keyshelf keeps its own data in are no part of a version."""

import pwd
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from keyshelf.cli.working_folder import (
    OwnFolderError,
    own_folders,
    remembered,
)
from keyshelf.layout.repository import RepositoryId
from keyshelf.repositories.cache import RememberedFolder
from keyshelf.repositories.values import Repository, RepositoryName

NOON = datetime(2031, 5, 6, 12, tzinfo=UTC)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KEYSHELF_DATA", str(tmp_path / "home/data"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home/.cache"))
    (tmp_path / "home/data/stores").mkdir(parents=True)
    return tmp_path / "home"


def test_they_are_found_in_a_folder_above_them(home: Path) -> None:
    (home.parent / "link").symlink_to(home)

    assert own_folders(home) == {b"data", b".cache/keyshelf"}
    assert own_folders(home.parent / "link") == {b"data", b".cache/keyshelf"}
    assert own_folders(home.parent / "elsewhere") == set()


@pytest.mark.parametrize("folder", ["data", "data/stores", "data/new"])
def test_none_of_them_is_taken_itself(home: Path, folder: str) -> None:
    with pytest.raises(OwnFolderError):
        own_folders(home / folder)


def test_without_a_place_for_a_cache_nothing_is_remembered(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def nobody(_uid: int) -> pwd.struct_passwd:
        raise KeyError("no such user")

    for name in ("HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(pwd, "getpwuid", nobody)
    monkeypatch.setenv("KEYSHELF_DATA", str(tmp_path / "data"))
    repository = Repository(RepositoryId(UUID(int=1)), RepositoryName("tests"), NOON)

    with remembered(repository, tmp_path) as cache:
        cache.put(b"", RememberedFolder({}))

        assert cache.get(b"") is None
    assert own_folders(tmp_path) == {b"data"}
    assert "goes on without a cache" in capsys.readouterr().err
