"""Renaming and moving: rows at once, objects after them."""

import pytest

from keyshelf.drive.changes import moves
from keyshelf.drive.changes.moves import Move
from keyshelf.drive.failures import (
    ChangedError,
    FileNotFoundInDriveError,
    FolderCycleError,
    NameTakenError,
    NotAFolderError,
)
from keyshelf.drive.values import OnConflict, Space, Target
from keyshelf.errors import InvalidInputError
from keyshelf.layout.drive import KeyTooLongError
from keyshelf.layout.names import IllegalNameError
from tests.integration.drive.conftest import BEN, Drive

pytestmark = pytest.mark.anyio

HARD_NAMES = (
    "50% off #1?.pdf",
    "it's (2)+a&b=c.mov",
    "日本語 😀.png",
    'back\\slash "quoted".txt',
    " leading and trailing ",
    "%2e%2e%2f.txt",
    "…" * 85,
)


async def test_a_renamed_file_is_at_the_key_of_its_new_name(drive: Drive) -> None:
    file = await drive.file("old.txt", content=b"bytes")

    await drive.finish(await moves.move(drive.parts, drive.viewer, file.id, Move("new.txt")))

    assert await drive.names() == ["new.txt"]
    assert await drive.keys() == ["anna/my-files/new.txt"]
    assert await drive.content(file.id) == b"bytes"
    assert not (await drive.show(file.id)).moving


async def test_an_empty_file_moves_like_any_other(drive: Drive) -> None:
    file = await drive.file("empty.txt", content=b"")

    await drive.finish(await moves.move(drive.parts, drive.viewer, file.id, Move("still.txt")))

    assert await drive.keys() == ["anna/my-files/still.txt"]


async def test_a_move_is_seen_before_its_object_has_followed(drive: Drive) -> None:
    file = await drive.file("old.txt", content=b"bytes")

    change = await moves.move(drive.parts, drive.viewer, file.id, Move("new.txt"))

    assert await drive.names() == ["new.txt"]
    assert change.file.moving
    assert await drive.content(file.id) == b"bytes"


async def test_a_folder_takes_everything_below_it_along(drive: Drive) -> None:
    outer = await drive.folder("outer")
    inner = await drive.folder("inner", outer.id)
    file = await drive.file("a.txt", inner.id, b"deep")

    await drive.finish(await moves.move(drive.parts, drive.viewer, outer.id, Move("moved")))

    assert await drive.keys() == [
        "anna/my-files/moved/",
        "anna/my-files/moved/inner/",
        "anna/my-files/moved/inner/a.txt",
    ]
    assert await drive.content(file.id) == b"deep"
    assert await drive.wrong_sizes() == []


async def test_a_taken_name_harms_neither_file(drive: Drive) -> None:
    first = await drive.file("a.txt", content=b"first")
    second = await drive.file("b.txt", content=b"second")

    with pytest.raises(NameTakenError) as caught:
        await moves.move(drive.parts, drive.viewer, second.id, Move("a.txt"))

    assert caught.value.extras["existing_id"] == str(first.id)
    assert caught.value.extras["suggested_name"] == "a (2).txt"
    assert await drive.content(first.id) == b"first"
    assert await drive.content(second.id) == b"second"


async def test_a_taken_name_can_be_numbered(drive: Drive) -> None:
    await drive.file("a.txt")
    second = await drive.file("b.txt")

    wish = Move("a.txt", on_conflict=OnConflict.RENAME)
    await drive.finish(await moves.move(drive.parts, drive.viewer, second.id, wish))

    assert await drive.names() == ["a.txt", "a (2).txt"]


async def test_a_folder_cannot_go_into_itself_or_below(drive: Drive) -> None:
    outer = await drive.folder("outer")
    inner = await drive.folder("inner", outer.id)

    for destination in (outer, inner):
        with pytest.raises(FolderCycleError):
            await moves.move(
                drive.parts, drive.viewer, outer.id, Move(target=Target(destination.id))
            )


async def test_sizes_follow_a_move_between_folders(drive: Drive) -> None:
    left = await drive.folder("left")
    right = await drive.folder("right")
    file = await drive.file("a.txt", left.id, b"12345")

    await moves.move(drive.parts, drive.viewer, file.id, Move(target=Target(right.id)))

    assert (await drive.show(left.id)).size == 0
    assert (await drive.show(right.id)).size == 5
    assert await drive.wrong_sizes() == []


async def test_two_files_can_swap_their_names(drive: Drive) -> None:
    first = await drive.file("a.txt", content=b"first")
    second = await drive.file("b.txt", content=b"second")
    for file, name in ((first, "tmp.txt"), (second, "a.txt"), (first, "b.txt")):
        change = await moves.move(drive.parts, drive.viewer, file.id, Move(name))

    await drive.finish(change)

    assert await drive.keys() == ["anna/my-files/a.txt", "anna/my-files/b.txt"]
    assert await drive.content(first.id) == b"first"
    assert await drive.content(second.id) == b"second"


async def test_a_move_to_the_shared_space_changes_the_owner_of_all(drive: Drive) -> None:
    folder = await drive.folder("team")
    file = await drive.file("a.txt", folder.id, b"ours")

    wish = Move(target=Target(None, Space.SHARED))
    await drive.finish(await moves.move(drive.parts, drive.viewer, folder.id, wish))

    assert await drive.keys() == ["shared/team/", "shared/team/a.txt"]
    drive.viewer = BEN
    assert await drive.content(file.id) == b"ours"


async def test_an_object_that_nobody_knows_is_never_overwritten(drive: Drive) -> None:
    file = await drive.file("mine.txt", content=b"mine")
    await drive.parts.store.put("anna/my-files/wanted.txt", b"a stranger's")  # pyright: ignore[reportArgumentType]  # a key put by hand

    await drive.finish(await moves.move(drive.parts, drive.viewer, file.id, Move("wanted.txt")))

    assert await drive.names() == ["wanted.txt", "wanted (2).txt"]
    assert await drive.content(file.id) == b"mine"
    assert await drive.keys() == ["anna/my-files/wanted (2).txt", "anna/my-files/wanted.txt"]


async def test_a_file_whose_object_is_gone_does_not_stop_the_others(drive: Drive) -> None:
    folder = await drive.folder("folder")
    lost = await drive.file("lost.txt", folder.id)
    await drive.file("there.txt", folder.id)
    await drive.parts.store.delete(lost.key)

    change = await moves.move(drive.parts, drive.viewer, folder.id, Move("renamed"))
    job = await drive.finish(change)

    assert job is not None
    assert job.result is not None
    assert job.result["missing"] == [lost.key]
    assert await drive.holds("anna/my-files/renamed/there.txt")


async def test_a_stale_version_is_refused(drive: Drive) -> None:
    file = await drive.file("a.txt")
    await moves.move(drive.parts, drive.viewer, file.id, Move("b.txt"))

    with pytest.raises(ChangedError):
        await moves.move(drive.parts, drive.viewer, file.id, Move("c.txt", if_version=file.version))


async def test_a_file_is_no_place_to_move_to(drive: Drive) -> None:
    file = await drive.file("a.txt")
    other = await drive.file("b.txt")

    with pytest.raises(NotAFolderError):
        await moves.move(drive.parts, drive.viewer, file.id, Move(target=Target(other.id)))


async def test_nobody_moves_what_is_anothers(drive: Drive) -> None:
    file = await drive.file("a.txt")
    drive.viewer = BEN

    with pytest.raises(FileNotFoundInDriveError):
        await moves.move(drive.parts, drive.viewer, file.id, Move("b.txt"))


async def test_a_path_too_long_for_a_key_is_refused_whole(drive: Drive) -> None:
    parent = await drive.folder("p" * 200)
    for _ in range(3):
        parent = await drive.folder("p" * 200, parent.id)
    branch = await drive.folder("branch")
    await drive.file("x" * 200, branch.id)

    with pytest.raises(KeyTooLongError):
        await moves.move(drive.parts, drive.viewer, branch.id, Move(target=Target(parent.id)))

    assert "branch" in await drive.names()


@pytest.mark.parametrize("name", HARD_NAMES)
async def test_hard_names_survive_byte_for_byte(drive: Drive, name: str) -> None:
    folder = await drive.folder(name)
    file = await drive.file("plain.txt", folder.id, b"bytes")

    await drive.finish(await moves.move(drive.parts, drive.viewer, file.id, Move(name)))

    assert await drive.keys() == [f"anna/my-files/{name}/", f"anna/my-files/{name}/{name}"]
    assert await drive.names(folder.id) == [name]


@pytest.mark.parametrize("name", ["..", ".", "", "a/b", "nul\0", "n" * 256, "new\nline", "\ud800"])
async def test_illegal_names_are_refused_with_a_reason(drive: Drive, name: str) -> None:
    file = await drive.file("a.txt")

    with pytest.raises(IllegalNameError) as caught:
        await moves.move(drive.parts, drive.viewer, file.id, Move(name))

    assert isinstance(caught.value, InvalidInputError)
    assert await drive.names() == ["a.txt"]
