"""Copying inside the drive."""

import pytest

from keyshelf.drive.changes import copies, moves
from keyshelf.drive.changes.copies import Copy
from keyshelf.drive.changes.moves import Move
from keyshelf.drive.failures import FolderCycleError, NameTakenError
from keyshelf.drive.values import OnConflict, Target
from tests.integration.drive.conftest import Drive

pytestmark = pytest.mark.anyio


async def test_a_copied_file_has_the_same_bytes_and_a_key_of_its_own(drive: Drive) -> None:
    folder = await drive.folder("folder")
    file = await drive.file("a.txt", content=b"bytes")

    change = await copies.start_copy(drive.parts, drive.viewer, file.id, Copy(Target(folder.id)))
    await drive.finish(change)

    assert await drive.content(change.file.id) == b"bytes"
    assert (await drive.show(change.file.id)).key == "anna/my-files/folder/a.txt"
    assert (await drive.show(folder.id)).size == 5


async def test_a_copied_folder_has_everything_below_it(drive: Drive) -> None:
    source = await drive.folder("source")
    inner = await drive.folder("inner", source.id)
    await drive.folder("empty", inner.id)
    for number in range(5):
        await drive.file(f"{number}.txt", inner.id, b"x" * number)

    change = await copies.start_copy(
        drive.parts, drive.viewer, source.id, Copy(Target(None), filename="copy")
    )
    await drive.finish(change)

    keys = await drive.keys()
    below = {key.removeprefix("anna/my-files/source") for key in keys if "/source/" in key}
    assert below == {key.removeprefix("anna/my-files/copy") for key in keys if "/copy/" in key}
    assert (await drive.show(change.file.id)).size == 10
    assert await drive.wrong_sizes() == []


async def test_a_copy_run_twice_copies_nothing_twice(drive: Drive) -> None:
    source = await drive.folder("source")
    await drive.file("a.txt", source.id, b"bytes")
    change = await copies.start_copy(
        drive.parts, drive.viewer, source.id, Copy(Target(None), filename="copy")
    )
    await drive.finish(change)

    async def ignore(done: int) -> None:
        del done

    await copies.run_copy(
        drive.parts, drive.viewer, source_id=source.id, copy_id=change.file.id, progress=ignore
    )

    assert await drive.names(change.file.id) == ["a.txt"]
    assert await drive.wrong_sizes() == []


async def test_a_folder_is_not_copied_into_itself(drive: Drive) -> None:
    outer = await drive.folder("outer")
    inner = await drive.folder("inner", outer.id)

    with pytest.raises(FolderCycleError):
        await copies.start_copy(drive.parts, drive.viewer, outer.id, Copy(Target(inner.id)))


async def test_a_copy_beside_its_source_needs_another_name(drive: Drive) -> None:
    file = await drive.file("a.txt")

    with pytest.raises(NameTakenError):
        await copies.start_copy(drive.parts, drive.viewer, file.id, Copy(Target(None)))
    change = await copies.start_copy(
        drive.parts,
        drive.viewer,
        file.id,
        Copy(Target(None), on_conflict=OnConflict.RENAME),
    )
    await drive.finish(change)

    assert await drive.names() == ["a.txt", "a (2).txt"]


async def test_a_file_renamed_while_its_folder_is_copied_is_copied_once(
    drive: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copies, "_PAGE", 1)
    folder = await drive.folder("folder")
    files = [await drive.file(name, folder.id) for name in ("a", "b", "c")]
    change = await copies.start_copy(
        drive.parts, drive.viewer, folder.id, Copy(Target(None), "copy")
    )
    renamed = {"a": "z", "b": "y", "c": "0"}

    async def rename_another(done: int) -> None:
        file = files[done % len(files)]
        wish = Move(renamed[file.filename])
        await moves.move(drive.parts, drive.viewer, file.id, wish)

    await copies.run_copy(
        drive.parts,
        drive.viewer,
        source_id=folder.id,
        copy_id=change.file.id,
        progress=rename_another,
    )

    assert len(await drive.names(change.file.id)) == 3
