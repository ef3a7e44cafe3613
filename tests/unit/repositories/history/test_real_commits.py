"""History of a real folder that was committed several times."""

import io
import os
import zipfile
from pathlib import Path

import pytest

from keyshelf.delivery.archives import archive
from keyshelf.repositories.formats.ids import Keys
from keyshelf.repositories.history.by_folder import changes_by_folder
from keyshelf.repositories.history.changes import ChangeKind
from keyshelf.repositories.history.content import content
from keyshelf.repositories.history.diff import diff
from keyshelf.repositories.history.log import log
from keyshelf.repositories.history.members import members
from keyshelf.repositories.history.new_bytes import new_bytes
from keyshelf.repositories.history.resolve import resolve
from tests.unit.repositories.history.kit import CountingCarrier, History, listed, random_bytes

pytestmark = pytest.mark.anyio
TAKE = random_bytes(500_000)
EDITED = TAKE[:250_000] + b"a cut" + TAKE[250_000:]


def make(folder: Path) -> None:
    (folder / "takes").mkdir()
    (folder / "takes/one.mov").write_bytes(TAKE)
    (folder / "takes/two.mov").write_bytes(random_bytes(20_000, seed=2))
    (folder / os.fsdecode(b"caf\xe9.txt")).write_bytes(b"menu")
    (folder / "latest").symlink_to("takes/two.mov")


def edit(folder: Path) -> None:
    (folder / "takes/one.mov").write_bytes(EDITED)
    (folder / "takes/two.mov").rename(folder / "takes/final.mov")
    (folder / "copy.mov").write_bytes(TAKE)
    (folder / os.fsdecode(b"caf\xe9.txt")).unlink()
    (folder / "latest").unlink()
    (folder / "latest").symlink_to("takes/final.mov")


@pytest.mark.parametrize("keys", [None, Keys.of(b"s" * 32)], ids=["plain", "encrypted"])
async def test_what_was_done_to_a_folder_is_told(tmp_path: Path, keys: Keys | None) -> None:
    history = History(CountingCarrier(keys))
    make(tmp_path)
    before = await history.commit(tmp_path)
    edit(tmp_path)
    after = await history.commit(tmp_path)
    reader = history.reader()

    entries = await listed(log(reader, [(await resolve(reader, "main")).commit]))
    assert [(entry.manifest.message, entry.files) for entry in entries] == [
        ("number 2", 3),
        ("number 1", 3),
    ]
    assert [entry.size for entry in entries] == [after.size, before.size]
    changes = await listed(await diff(reader, before, after))
    assert [
        (change.kind.value, change.path, change.source)
        for change in changes
        if change.kind is not ChangeKind.TOUCHED
    ] == [
        ("removed", b"caf\xe9.txt", None),
        ("added", b"copy.mov", None),
        ("changed", b"latest", None),
        ("renamed", b"takes/final.mov", b"takes/two.mov"),
        ("changed", b"takes/one.mov", None),
    ]
    new = await new_bytes(reader, before, after)
    assert 0 < new.size < 20_000
    lines = {line.name: line for line in await listed(changes_by_folder(reader, before, after))}
    assert (lines[b"takes"].changed, lines[b"takes"].renamed) == (1, 1)
    edited = await history.file(after, b"takes/one.mov")
    pieces = [piece async for piece in content(reader, edited, start=249_990, end=250_010)]
    assert b"".join(pieces) == EDITED[249_990:250_010]


async def test_a_committed_folder_comes_as_an_archive(tmp_path: Path) -> None:
    history = History()
    make(tmp_path)
    root = await history.commit(tmp_path)

    data = b"".join(await listed(archive(members(history.reader(), root))))

    with zipfile.ZipFile(io.BytesIO(data)) as read:
        assert read.testzip() is None
        assert read.read("takes/one.mov") == TAKE
        assert "caf%E9.txt" in read.namelist()
