"""The trash: hiding, restoring, and deleting for ever."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from keyshelf.drive.changes import marks, moves
from keyshelf.drive.changes.moves import Move
from keyshelf.drive.failures import (
    FileNotFoundInDriveError,
    NameTakenError,
    NotTrashedError,
    ParentGoneError,
)
from keyshelf.drive.lists import service as lists
from keyshelf.drive.lists.service import Paging, SearchQuery
from keyshelf.drive.settle.deletions import delete_noted
from keyshelf.drive.trash import service as trash
from keyshelf.drive.upkeep import upkeep
from keyshelf.drive.values import OnConflict, Target
from tests.integration.drive.conftest import Drive

pytestmark = pytest.mark.anyio


async def throw_away(drive: Drive, file_id: UUID) -> None:
    await trash.trash(drive.parts, drive.viewer, file_id)


async def purge_by_upkeep(drive: Drive, now: datetime) -> None:
    """Let the drive's own upkeep purge the trash as it does at a time."""
    tasks = {task.name: task for task in upkeep(replace(drive.parts, clock=lambda: now))}
    await tasks["drive-purge-trash"].run()


async def restore(
    drive: Drive,
    file_id: UUID,
    target: Target | None = None,
    on_conflict: OnConflict = OnConflict.FAIL,
) -> None:
    change = await trash.restore(
        drive.parts, drive.viewer, file_id, target=target, on_conflict=on_conflict
    )
    await drive.finish(change)


async def test_a_trashed_folder_hides_all_below_it_everywhere(drive: Drive) -> None:
    folder = await drive.folder("folder")
    inner = await drive.folder("inner", folder.id)
    file = await drive.file("needle.txt", inner.id)
    await marks.set_favorite(drive.parts, drive.viewer, file.id, favorited=True)
    await marks.note_opened(drive.parts, drive.viewer, file.id)

    await throw_away(drive, folder.id)

    paging = Paging()
    assert await drive.names() == []
    assert not (await lists.search(drive.parts, drive.viewer, SearchQuery("needle"), paging)).items
    assert not (await lists.list_favorites(drive.parts, drive.viewer, paging)).items
    assert not (await lists.list_recent(drive.parts, drive.viewer, paging)).items
    with pytest.raises(FileNotFoundInDriveError):
        await drive.names(inner.id)
    with pytest.raises(FileNotFoundInDriveError):
        await moves.move(drive.parts, drive.viewer, file.id, Move("other.txt"))
    page = await lists.list_trash(drive.parts, drive.viewer, paging)
    assert [each.filename for each in page.items] == ["folder"]


async def test_restoring_brings_back_just_what_went_along(drive: Drive) -> None:
    folder = await drive.folder("folder")
    await drive.file("kept.txt", folder.id, b"123")
    earlier = await drive.file("earlier.txt", folder.id, b"12345")
    await throw_away(drive, earlier.id)
    await throw_away(drive, folder.id)

    await restore(drive, folder.id)

    assert await drive.names(folder.id) == ["kept.txt"]
    assert (await drive.show(folder.id)).size == 3
    await restore(drive, earlier.id)
    assert await drive.names(folder.id) == ["earlier.txt", "kept.txt"]
    assert await drive.wrong_sizes() == []


async def test_a_trashed_name_is_free_and_both_files_keep_their_bytes(drive: Drive) -> None:
    old = await drive.file("a.txt", content=b"old")
    await throw_away(drive, old.id)

    new = await drive.file("a.txt", content=b"new")
    await drive.finish(await moves.move(drive.parts, drive.viewer, new.id, Move("b.txt")))
    await drive.finish(await moves.move(drive.parts, drive.viewer, new.id, Move("a.txt")))

    assert (await drive.show(new.id)).key == "anna/my-files/a.txt"
    assert await drive.content(new.id) == b"new"
    assert (await drive.show(old.id)).key == f".keyshelf/aside/{old.id}/a.txt"
    assert await drive.content(old.id) == b"old"


async def test_restoring_onto_a_taken_name_offers_a_choice(drive: Drive) -> None:
    old = await drive.file("a.txt", content=b"old")
    await throw_away(drive, old.id)
    await drive.file("a.txt", content=b"new")

    with pytest.raises(NameTakenError):
        await restore(drive, old.id)
    await restore(drive, old.id, on_conflict=OnConflict.RENAME)

    assert await drive.names() == ["a.txt", "a (2).txt"]
    assert await drive.content(old.id) == b"old"
    assert "anna/my-files/a (2).txt" in await drive.keys()


async def test_restoring_into_a_trashed_folder_offers_a_choice(drive: Drive) -> None:
    folder = await drive.folder("folder")
    file = await drive.file("a.txt", folder.id, b"bytes")
    await throw_away(drive, file.id)
    await throw_away(drive, folder.id)

    with pytest.raises(ParentGoneError):
        await restore(drive, file.id)
    await restore(drive, file.id, target=Target(None))

    assert await drive.names() == ["a.txt"]
    assert await drive.keys() == ["anna/my-files/a.txt", "anna/my-files/folder/"]


async def test_what_went_with_a_folder_comes_back_with_it_only(drive: Drive) -> None:
    folder = await drive.folder("folder")
    file = await drive.file("a.txt", folder.id)
    await throw_away(drive, folder.id)

    with pytest.raises(NotTrashedError):
        await restore(drive, file.id, target=Target(None))
    with pytest.raises(NotTrashedError):
        await trash.delete_for_ever(drive.parts, drive.viewer, file.id)


async def test_deleting_for_ever_deletes_rows_and_objects(drive: Drive) -> None:
    folder = await drive.folder("folder")
    await drive.file("a.txt", folder.id)
    inner = await drive.file("b.txt", folder.id)
    await throw_away(drive, inner.id)
    await throw_away(drive, folder.id)

    await drive.finish(await trash.delete_for_ever(drive.parts, drive.viewer, folder.id))

    assert await drive.keys() == []
    with pytest.raises(FileNotFoundInDriveError):
        await drive.show(inner.id)


async def test_only_what_is_trashed_can_be_deleted_for_ever(drive: Drive) -> None:
    file = await drive.file("a.txt")

    with pytest.raises(NotTrashedError):
        await trash.delete_for_ever(drive.parts, drive.viewer, file.id)

    assert await drive.content(file.id) == b"content"


async def test_emptying_deletes_what_its_dry_run_counted(drive: Drive) -> None:
    folder = await drive.folder("folder")
    await drive.file("a.txt", folder.id, b"12345")
    await drive.file("kept.txt")
    await throw_away(drive, folder.id)

    content = await trash.measure(drive.parts, [drive.viewer.own])
    await drive.finish(await trash.empty(drive.parts, drive.viewer, [drive.viewer.own]))

    assert (content.files, content.folders, content.bytes) == (1, 1, 5)
    assert await drive.keys() == ["anna/my-files/kept.txt"]


async def test_upkeep_purges_the_trash_after_its_time_and_not_before(drive: Drive) -> None:
    folder = await drive.folder("folder")
    await drive.file("a.txt", folder.id)
    await throw_away(drive, folder.id)
    kept = drive.parts.options.trash_kept
    trashed_at = (await drive.show(folder.id)).deleted_at
    assert trashed_at is not None

    await purge_by_upkeep(drive, trashed_at + kept)
    before = await drive.keys()
    await purge_by_upkeep(drive, trashed_at + kept + timedelta(seconds=1))

    assert before == ["anna/my-files/folder/", "anna/my-files/folder/a.txt"]
    assert await drive.keys() == []
    assert await drive.count("files") == await drive.count("object_deletions") == 0


async def test_a_key_handed_out_again_is_not_deleted(drive: Drive) -> None:
    old = await drive.file("a.txt", content=b"old")
    await throw_away(drive, old.id)
    await trash.delete_for_ever(drive.parts, drive.viewer, old.id)

    new = await drive.file("a.txt", content=b"new")
    await delete_noted(drive.parts)

    assert await drive.content(new.id) == b"new"
