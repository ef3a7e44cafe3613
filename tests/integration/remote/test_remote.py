"""Commit and checkout over HTTP, as they are on one machine."""

import os
from pathlib import Path
from random import Random

import pytest

from tests.integration.remote.conftest import Machine

pytestmark = pytest.mark.anyio


def project(folder: Path) -> Path:
    """A folder of everything that a repository keeps."""
    random = Random(7)
    (folder / "takes").mkdir(parents=True)
    (folder / "takes/one.mov").write_bytes(random.randbytes(1_500_000))
    (folder / "takes/notes.txt").write_text("words " * 50_000)
    (folder / "takes/nothing").touch()
    (folder / "same.mov").write_bytes((folder / "takes/one.mov").read_bytes())
    (folder / os.fsdecode(b"caf\xe9")).write_bytes(b"odd name")
    (folder / "link").symlink_to("takes/one.mov")
    (folder / "empty").mkdir()
    return folder


def told(folder: Path) -> dict[str, bytes | str]:
    """What is in a folder, by path."""
    return {
        str(path.relative_to(folder)): os.readlink(path)
        if path.is_symlink()
        else ("folder" if path.is_dir() else path.read_bytes())
        for path in sorted(folder.rglob("*"))
    }


async def test_what_was_committed_here_is_checked_out_elsewhere(
    machine: Machine, name: str, tmp_path: Path
) -> None:
    folder = project(tmp_path / "project")
    carrier = await machine.create(name)

    made = await machine.commit(carrier, folder)
    await machine.checkout(await machine.open(name), tmp_path / "elsewhere")

    assert told(tmp_path / "elsewhere") == told(folder)
    assert made.sent.chunks > 10
    assert made.sent.content_bytes < 2_000_000
