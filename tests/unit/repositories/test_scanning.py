"""Looking at folders: everything in order, and every change shows in the fingerprint."""

import os
from pathlib import Path

import pytest

from keyshelf.repositories.commit import fingerprints
from keyshelf.repositories.commit.fingerprints import Fingerprints
from keyshelf.repositories.scanning import (
    FolderUnreadableError,
    Kind,
    fingerprint,
    fingerprint_of,
    list_folder,
    look,
)


def test_what_is_in_a_folder_comes_in_the_order_of_bytes(tmp_path: Path) -> None:
    for name in ("b", "a", "B", "é"):
        (tmp_path / name).touch()
    (tmp_path / "c").mkdir()
    (tmp_path / "d").symlink_to("c")

    found = list_folder(os.fsencode(tmp_path))

    assert [each.name for each in found] == sorted(each.name for each in found)
    kinds = {each.name: each.kind for each in found}
    assert (kinds[b"a"], kinds[b"c"], kinds[b"d"]) == (Kind.FILE, Kind.FOLDER, Kind.LINK)
    assert look(os.fsencode(tmp_path / "d")).kind is Kind.LINK


def test_every_change_in_a_folder_shows_in_its_fingerprint(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"one")
    path, seen = os.fsencode(tmp_path), list[bytes]()

    def note() -> None:
        quick = fingerprint_of(path)
        assert quick == fingerprint(list_folder(path))
        seen.append(quick)

    note()
    (tmp_path / "file").write_bytes(b"longer")
    note()
    (tmp_path / "file").chmod(0o600)
    note()
    os.utime(tmp_path / "file", ns=(5, 5))
    note()
    (tmp_path / "file").rename(tmp_path / "renamed")
    note()
    (tmp_path / "folder").mkdir()
    note()
    (tmp_path / "folder/in it").touch()
    note()

    assert len(set(seen)) == len(seen)


def test_two_processes_see_what_one_sees(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths: list[bytes] = []
    for name in ("a", "b\nc", "d", "é"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text(name)
        paths.append(os.fsencode(tmp_path / name))
    paths.append(os.fsencode(tmp_path / "none"))
    paths.append(os.fsencode(tmp_path / "none either"))
    alone = Fingerprints(paths, 0).look()

    monkeypatch.setattr(fingerprints, "_WORTH_A_PROCESS", 0)

    assert Fingerprints(paths, 1).look() == alone
    assert alone[-2:] == [b"", b""]
    assert len(set(alone)) == 5


def test_what_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(FolderUnreadableError, match="nothing cannot be read: No such file"):
        list_folder(os.fsencode(tmp_path / "nothing"))
