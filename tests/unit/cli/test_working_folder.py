"""The folders that Keyshelf keeps its own data in are no part of a version."""

from pathlib import Path

import pytest

from keyshelf.cli.working_folder import OwnFolderError, own_folders


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
