"""How a service on this machine is found."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from keyshelf.client import discovery
from keyshelf.client.discovery import (
    LocalService,
    UnreadableServiceFileError,
    UnsafeServiceFileError,
)

HERE = LocalService("http://127.0.0.1:1", "http://127.0.0.1:2", "ks_secret", os.getpid())


def test_what_was_announced_is_found(tmp_path: Path) -> None:
    discovery.announce(tmp_path / "data", HERE)

    assert discovery.discover(tmp_path / "data") == HERE


def test_only_its_owner_can_read_it(tmp_path: Path) -> None:
    discovery.announce(tmp_path, HERE)

    assert (tmp_path / "service.json").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["service.json"]


def test_what_was_withdrawn_is_not_found(tmp_path: Path) -> None:
    discovery.announce(tmp_path, HERE)
    discovery.withdraw(tmp_path, pid=HERE.pid)

    assert discovery.discover(tmp_path) is None


def test_another_service_is_not_withdrawn(tmp_path: Path) -> None:
    discovery.announce(tmp_path, HERE)
    discovery.withdraw(tmp_path, pid=HERE.pid + 1)

    assert discovery.discover(tmp_path) == HERE


def test_the_file_of_a_killed_service_is_passed_over(tmp_path: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    discovery.announce(tmp_path, LocalService("http://x", None, None, ended.pid))

    assert discovery.discover(tmp_path) is None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"url": 3}'])
def test_a_broken_file_is_passed_over(tmp_path: Path, text: str) -> None:
    (tmp_path / "service.json").write_text(text)

    assert discovery.discover(tmp_path) is None


def test_a_file_that_others_can_write_is_refused(tmp_path: Path) -> None:
    discovery.announce(tmp_path, HERE)
    (tmp_path / "service.json").chmod(0o666)

    with pytest.raises(UnsafeServiceFileError):
        discovery.discover(tmp_path)


def test_a_file_that_cannot_be_read_is_told_and_never_withdrawn(tmp_path: Path) -> None:
    (tmp_path / "service.json").mkdir()  # even root cannot read it as a file

    with pytest.raises(UnreadableServiceFileError, match="KEYSHELF_URL"):
        discovery.discover(tmp_path)
    discovery.withdraw(tmp_path, pid=1)
