"""Where things of the user are kept, and what there is when nobody knows a home folder."""

import pwd
from pathlib import Path

import pytest

from keyshelf import settings
from keyshelf.settings import NoHomeError

_HOMES = ["HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "KEYSHELF_DATA"]


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in _HOMES:
        monkeypatch.delenv(name, raising=False)


def nobody(_uid: int) -> pwd.struct_passwd:
    raise KeyError("no such user")


def test_without_a_home_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pwd, "getpwuid", nobody)
    given = settings.load({})

    for place, name in (
        ("data_folder", "KEYSHELF_DATA"),
        ("cache_folder", "XDG_CACHE_HOME"),
        ("state_folder", "XDG_STATE_HOME"),
    ):
        with pytest.raises(NoHomeError, match=f"set HOME, or {name}"):
            getattr(given, place)


@pytest.mark.parametrize("home", ["", "relative"])
def test_a_home_that_is_no_place_is_none(monkeypatch: pytest.MonkeyPatch, home: str) -> None:
    monkeypatch.setenv("HOME", home)
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")

    home_of_user = Path(pwd.getpwuid(0).pw_dir)
    monkeypatch.setattr("os.getuid", lambda: 0)
    given = settings.load({})

    assert given.cache_folder == home_of_user / ".cache/keyshelf"
    assert given.data_folder == home_of_user / ".local/share/keyshelf"


def test_a_tilde_is_the_home_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))

    assert settings.load({"KEYSHELF_DATA": "~/here"}).data_folder == tmp_path / "here"
