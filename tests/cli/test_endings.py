"""How the program ends when it is stopped early, or when nobody takes its output."""

import subprocess
import sys
from pathlib import Path

import pytest

_INTERRUPTED_AT = """
import os, signal, sys
class Interrupting:
    def find_spec(self, name, path=None, target=None):
        if name == {module!r}:
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Interrupting())
sys.argv = ["keyshelf", "doctor"]
from keyshelf.cli.main import main
main()
"""
_WARNED = """
import atexit, logging, sys
atexit.register(logging.getLogger("psycopg.pool").warning, "error connecting")
sys.argv = ["keyshelf", "config"]
from keyshelf.cli.main import main
main()
"""


def ended(command: str, home: Path) -> subprocess.CompletedProcess[str]:
    """Run the program under a shell, buffering its output as it does for everybody."""
    environment = {"HOME": str(home), "KEYSHELF_DATA": str(home / "data")}
    return subprocess.run(
        ["/bin/sh", "-c", command.replace("keyshelf", f"{sys.executable} -m keyshelf.cli.main")],
        env=environment, cwd=home, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


@pytest.mark.parametrize("module", ["keyshelf.cli.program", "typer", "keyshelf.app.diagnosis"])
def test_interrupted_while_it_loads_it_ends_with_one_line(module: str, tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", _INTERRUPTED_AT.format(module=module)],
        env={"HOME": str(tmp_path), "KEYSHELF_DATA": str(tmp_path / "data")},
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip

    assert (ran.returncode, ran.stdout, ran.stderr) == (130, "", "interrupted\n")


def test_what_the_driver_warns_of_is_not_for_people(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", _WARNED],
        env={"HOME": str(tmp_path), "KEYSHELF_DATA": str(tmp_path / "data")},
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip

    assert (ran.returncode, ran.stderr) == (0, "")


@pytest.mark.parametrize("arguments", ["config", "config --json", "commit --help"])
def test_a_full_stdout_is_a_failure_of_one_line(arguments: str, tmp_path: Path) -> None:
    ran = ended(f"keyshelf {arguments} > /dev/full", tmp_path)

    assert ran.returncode == 1
    assert ran.stderr.count("\n") == 1
    assert "No space left on device" in ran.stderr


def test_who_reads_no_more_is_told_nothing(tmp_path: Path) -> None:
    ran = ended("keyshelf config | true", tmp_path)

    assert ran.stderr == ""


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams_do_not_matter(closed: str, tmp_path: Path) -> None:
    ran = ended(f"keyshelf config {closed}", tmp_path)

    assert (ran.returncode, ran.stderr) == (0, "")


def test_a_folder_that_was_removed_under_it_is_named(tmp_path: Path) -> None:
    ran = ended("mkdir gone; cd gone; rmdir ../gone; keyshelf commit . -m x -R film", tmp_path)

    assert (ran.returncode, ran.stderr.count("\n")) == (3, 1)
    assert "was removed" in ran.stderr
