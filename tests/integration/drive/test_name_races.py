"""Many want one name at once: who said what to do then is never told that it is taken."""

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

import anyio
import pytest

from keyshelf.drive.changes import folders, moves
from keyshelf.drive.changes.moves import Move
from keyshelf.drive.failures import FileNotFoundInDriveError, NameTakenError, UploadOpenError
from keyshelf.drive.markers import FolderMarkers
from keyshelf.drive.parts import DriveParts
from keyshelf.drive.settle.deletions import delete_noted
from keyshelf.drive.trash import service as trash
from keyshelf.drive.uploads.reserve import reserve
from keyshelf.drive.uploads.values import NewUpload
from keyshelf.drive.values import OnConflict, Target
from keyshelf.layout.keys import ObjectKey
from tests.integration.drive.conftest import Drive

pytestmark = pytest.mark.anyio

CLIENTS = 8
NAMES = [f"name {number:02}" for number in range(20)]
ROOT = Target(None)


async def all_want(
    names: Sequence[str], act: Callable[[str], Awaitable[str]]
) -> dict[str, Counter[str]]:
    """Let all clients act on one name after the other, and count what came of each.

    They run into each other wherever they are by then, which is anywhere.
    """
    outcomes = {name: Counter[str]() for name in names}

    async def client() -> None:
        for name in names:
            try:
                outcomes[name][await act(name)] += 1
            except UploadOpenError:
                outcomes[name]["upload open"] += 1

    async with anyio.create_task_group() as clients:
        for _ in range(CLIENTS):
            clients.start_soon(client)
    return outcomes


async def make_folder(drive: Drive, name: str, on_conflict: OnConflict) -> str:
    made, is_new = await folders.create_folder(
        drive.parts, drive.viewer, name=name, target=ROOT, on_conflict=on_conflict
    )
    return made.file.filename if is_new else "existing"


async def begin_upload(drive: Drive, name: str, on_conflict: OnConflict) -> str:
    wanted = NewUpload(name, size=1, target=ROOT, on_conflict=on_conflict)
    return (await reserve(drive.parts, drive.viewer, wanted)).file.filename


async def test_one_makes_the_folder_and_all_others_get_it(drive: Drive) -> None:
    outcomes = await all_want(NAMES, lambda name: make_folder(drive, name, OnConflict.EXISTING))

    await delete_noted(drive.parts)
    assert outcomes == {name: {name: 1, "existing": CLIENTS - 1} for name in NAMES}
    assert await drive.keys() == [f"anna/my-files/{name}/" for name in NAMES]


async def test_each_folder_that_may_be_numbered_is_made(drive: Drive) -> None:
    outcomes = await all_want(["f"], lambda name: make_folder(drive, name, OnConflict.RENAME))

    await delete_noted(drive.parts)
    numbered = {f"f ({number})": 1 for number in range(2, CLIENTS + 1)}
    assert outcomes == {"f": {"f": 1, **numbered}}
    assert len(await drive.keys()) == CLIENTS


async def test_one_begins_the_upload_that_replaces_and_all_others_hear_of_it(
    drive: Drive,
) -> None:
    outcomes = await all_want(NAMES, lambda name: begin_upload(drive, name, OnConflict.REPLACE))

    assert outcomes == {name: {name: 1, "upload open": CLIENTS - 1} for name in NAMES}


class BusyMarkers(FolderMarkers):
    """Markers, and what somebody else does when the first of them is put."""

    meanwhile: Callable[[], Awaitable[object]] | None = None

    async def put(self, key: ObjectKey) -> None:
        await super().put(key)
        act, self.meanwhile = self.meanwhile, None
        if act is not None:
            await act()


def while_a_marker_is_put(drive: Drive, act: Callable[[], Awaitable[object]]) -> DriveParts:
    parts = replace(drive.parts)
    markers = BusyMarkers(parts.store)
    markers.meanwhile = act
    object.__setattr__(parts, "markers", markers)
    return parts


async def test_a_marker_whose_folder_came_to_nothing_is_deleted(drive: Drive) -> None:
    outer = await drive.folder("outer")
    parts = while_a_marker_is_put(drive, lambda: trash.trash(drive.parts, drive.viewer, outer.id))

    with pytest.raises(FileNotFoundInDriveError):
        await folders.create_folder(parts, drive.viewer, name="inner", target=Target(outer.id))

    await delete_noted(drive.parts)
    assert await drive.keys() == ["anna/my-files/outer/"]


async def test_a_folder_made_while_its_parent_is_renamed_has_its_marker(drive: Drive) -> None:
    outer = await drive.folder("outer")

    async def rename_the_parent() -> None:
        await drive.finish(await moves.move(drive.parts, drive.viewer, outer.id, Move("new")))

    parts = while_a_marker_is_put(drive, rename_the_parent)
    await folders.create_folder(parts, drive.viewer, name="inner", target=Target(outer.id))

    await delete_noted(drive.parts)
    assert await drive.keys() == ["anna/my-files/new/", "anna/my-files/new/inner/"]


async def test_a_file_of_that_name_is_not_the_folder_that_may_exist(drive: Drive) -> None:
    await drive.file("taken")

    with pytest.raises(NameTakenError):
        await make_folder(drive, "taken", OnConflict.EXISTING)
