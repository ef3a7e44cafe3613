"""The folder that tools work in."""

import subprocess
import sys
from pathlib import Path

import pytest

from keyshelf.media.tools.scratch import open_scratch

pytestmark = pytest.mark.anyio

_DYING = """
import anyio, os, sys
from pathlib import Path
from keyshelf.media.tools.scratch import open_scratch

async def main():
    async with open_scratch(Path(sys.argv[1])) as scratch, scratch.folder() as folder:
        (folder / "left").write_bytes(b"behind")
        os._exit(9)

anyio.run(main)
"""


def held(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir() if not each.name.startswith("."))


async def test_folders_are_private_and_go_with_what_is_in_them(tmp_path: Path) -> None:
    async with open_scratch(tmp_path / "work") as scratch:
        async with scratch.folder() as one, scratch.folder() as other:
            assert one != other
            assert (one.stat().st_mode & 0o777, one.is_absolute()) == (0o700, True)
            (one / "deep").mkdir()
            (one / "deep" / "file").write_bytes(b"x")

        assert list(scratch.path.iterdir()) == []
        assert scratch.free_bytes > 0
    assert held(tmp_path / "work") == []


async def test_what_a_dead_process_left_is_swept_and_the_living_keep_theirs(
    tmp_path: Path,
) -> None:
    async with open_scratch(tmp_path) as living, living.folder() as mine:
        (mine / "kept").write_bytes(b"x")
        died = subprocess.run([sys.executable, "-c", _DYING, str(tmp_path)], check=False)
        assert died.returncode == 9
        assert len(held(tmp_path)) == 4

        async with open_scratch(tmp_path) as second:
            assert len(held(tmp_path)) == 4
            assert second.path != living.path
            assert (mine / "kept").exists()

        assert len(held(tmp_path)) == 2


async def test_what_a_process_left_that_dies_meanwhile_goes_with_the_next_work(
    tmp_path: Path,
) -> None:
    async with open_scratch(tmp_path) as living:
        subprocess.run([sys.executable, "-c", _DYING, str(tmp_path)], check=False)
        assert len(held(tmp_path)) == 4

        async with living.folder():
            assert len(held(tmp_path)) == 2


async def test_the_folder_is_made_for_us_alone(tmp_path: Path) -> None:
    async with open_scratch(tmp_path / "a" / "b"):
        assert (tmp_path / "a" / "b").stat().st_mode & 0o777 == 0o700
