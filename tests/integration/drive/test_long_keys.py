"""Places so deep that the keys below them fit no store."""

from uuid import UUID

import pytest

from keyshelf.drive.changes import copies, moves
from keyshelf.drive.changes.copies import Copy
from keyshelf.drive.changes.moves import Move
from keyshelf.drive.settle.service import settle_batch
from keyshelf.drive.trash import service as trash
from keyshelf.drive.values import DriveFile, Target
from keyshelf.layout.drive import KeyTooLongError, OwnerId
from keyshelf.layout.keys import MAX_KEY_BYTES, ObjectKey
from tests.integration.drive.conftest import Drive

pytestmark = pytest.mark.anyio


async def deep(drive: Drive) -> DriveFile:
    folder = await drive.folder("d" * 252)
    for _ in range(2):
        folder = await drive.folder("d" * 252, folder.id)
    return folder


async def filled(drive: Drive) -> UUID:
    folder = await drive.folder("f" * 200)
    await drive.file("x" * 200, folder.id)
    return folder.id


async def test_restoring_refuses_a_place_too_deep_for_the_keys(drive: Drive) -> None:
    target = Target((await deep(drive)).id)
    folder_id = await filled(drive)
    await trash.trash(drive.parts, drive.viewer, folder_id)

    with pytest.raises(KeyTooLongError):
        await trash.restore(drive.parts, drive.viewer, folder_id, target=target)

    assert (await drive.show(folder_id)).deleted_at is not None


async def test_copying_refuses_a_place_too_deep_for_the_keys(drive: Drive) -> None:
    parent = await deep(drive)
    folder_id = await filled(drive)

    with pytest.raises(KeyTooLongError):
        await copies.start_copy(drive.parts, drive.viewer, folder_id, Copy(Target(parent.id)))

    assert await drive.names(parent.id) == []


async def test_a_name_that_no_key_can_spell_does_not_keep_others_from_settling(
    drive: Drive,
) -> None:
    parent = await deep(drive)
    longest = "x" * (MAX_KEY_BYTES - len(parent.key))
    file = await drive.file("short", parent.id, b"own")
    await drive.parts.store.put(ObjectKey(parent.key + longest), b"a stranger's")
    await moves.move(drive.parts, drive.viewer, file.id, Move(longest))

    batches = [await settle_batch(drive.parts, OwnerId("anna"), limit=10) for _ in range(5)]

    assert not batches[-1].progressed
    assert await drive.content(file.id) == b"own"
    assert len(await drive.names(parent.id)) == 2
