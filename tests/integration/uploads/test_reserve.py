"""Reserving names for uploads."""

import pytest

from keyshelf.drive.changes.folders import create_folder
from keyshelf.drive.failures import (
    FileNotFoundInDriveError,
    NameTakenError,
    NotAFolderError,
    UploadOpenError,
)
from keyshelf.drive.parts import DriveParts
from keyshelf.drive.uploads.reserve import reserve
from keyshelf.drive.uploads.values import NewUpload
from keyshelf.drive.values import FileState, OnConflict, Space, Target
from keyshelf.errors import InvalidInputError
from keyshelf.layout.keys import ObjectKey
from keyshelf.layout.names import IllegalNameError
from keyshelf.store.base import MAX_OBJECT_BYTES
from keyshelf.store.errors import ObjectTooLargeError
from keyshelf.store.faulty import FaultyStore
from tests.integration.uploads.kit import ANA, BEN, HARD_NAMES, MIB, ROOT, begin, upload_file

pytestmark = pytest.mark.anyio


async def test_a_reserved_file_is_pending_under_the_key_of_its_name(parts: DriveParts) -> None:
    begun = await begin(parts, "a.png", 10)

    assert begun.file.key == "ana/my-files/a.png"
    assert begun.file.state is FileState.PENDING
    assert begun.file.size == 0
    assert begun.file.mimetype == "image/png"
    assert begun.upload.size == 10
    assert begun.upload.cutting is None


async def test_a_large_file_is_cut_into_parts(parts: DriveParts) -> None:
    begun = await begin(parts, "film.mov", 11 * MIB)

    assert begun.upload.cutting
    assert begun.upload.cutting.part_count == 3


async def test_a_shared_file_lies_under_shared(parts: DriveParts) -> None:
    begun = await begin(parts, "a.png", 10, target=Target(None, Space.SHARED))

    assert begun.file.key == "shared/a.png"


async def test_a_taken_name_is_refused_with_what_has_it(parts: DriveParts) -> None:
    there = await upload_file(parts, "a.txt", b"one")

    with pytest.raises(NameTakenError) as refused:
        await begin(parts, "a.txt", 3)

    assert refused.value.extras == {
        "existing_id": str(there.id),
        "existing_state": "ready",
        "existing_kind": "file",
        "suggested_name": "a (2).txt",
    }


async def test_a_name_that_is_being_uploaded_is_taken(parts: DriveParts) -> None:
    await begin(parts, "a.txt", 3)

    with pytest.raises(NameTakenError) as refused:
        await begin(parts, "a.txt", 3)

    assert refused.value.extras["existing_state"] == "pending"


async def test_rename_takes_the_next_free_name(parts: DriveParts) -> None:
    await begin(parts, "a.txt", 3)

    begun = await begin(parts, "a.txt", 3, on_conflict=OnConflict.RENAME)

    assert begun.file.filename == "a (2).txt"
    assert begun.file.key == "ana/my-files/a (2).txt"


async def test_two_people_may_have_the_same_name(parts: DriveParts) -> None:
    await begin(parts, "a.txt", 3)

    begun = await begin(parts, "a.txt", 3, viewer=BEN)

    assert begun.file.key == "ben/my-files/a.txt"


async def test_replacing_an_upload_that_is_open_is_refused(parts: DriveParts) -> None:
    await begin(parts, "a.txt", 3)

    with pytest.raises(UploadOpenError):
        await begin(parts, "a.txt", 3, on_conflict=OnConflict.REPLACE)


async def test_a_folder_is_never_replaced(parts: DriveParts) -> None:
    await create_folder(parts, ANA, name="a", target=ROOT)

    with pytest.raises(NameTakenError):
        await begin(parts, "a", 3, on_conflict=OnConflict.REPLACE)


async def test_a_file_or_a_foreign_folder_is_no_place(parts: DriveParts) -> None:
    file = await upload_file(parts, "a.txt", b"one")
    foreign, _ = await create_folder(parts, BEN, name="b", target=ROOT)

    with pytest.raises(NotAFolderError):
        await begin(parts, "b.txt", 3, target=Target(file.id))
    with pytest.raises(FileNotFoundInDriveError):
        await begin(parts, "b.txt", 3, target=Target(foreign.file.id))


async def test_an_object_that_no_row_knows_becomes_a_file_and_is_kept(
    parts: DriveParts, store: FaultyStore
) -> None:
    await store.put(ObjectKey("ana/my-files/a.txt"), b"put there by hand")

    with pytest.raises(NameTakenError) as refused:
        await begin(parts, "a.txt", 3)
    begun = await begin(parts, "a.txt", 3, on_conflict=OnConflict.RENAME)

    assert refused.value.extras["existing_state"] == "ready"
    assert begun.file.filename == "a (2).txt"


async def test_garbage_at_the_key_is_not_taken_for_a_file(
    parts: DriveParts, store: FaultyStore
) -> None:
    key = ObjectKey("ana/my-files/a.txt")
    await store.put(key, b"old")
    async with parts.database.transaction() as tx:
        await tx.execute("INSERT INTO object_deletions (s3_key) VALUES (%(key)s)", {"key": key})

    begun = await begin(parts, "a.txt", 3)

    assert begun.file.key == key
    assert [page async for page in store.list()] == []


async def test_hard_names_are_kept_byte_for_byte(parts: DriveParts) -> None:
    for name in HARD_NAMES:
        file = await upload_file(parts, name, b"x")

        assert file.filename == name
        assert file.key == f"ana/my-files/{name}"


async def test_illegal_names_are_refused(parts: DriveParts) -> None:
    for name in ["", ".", "..", "a/b", "a\x00b", "x" * 256, "é" * 128, "\ud800"]:
        with pytest.raises(IllegalNameError):
            await begin(parts, name, 3)


async def test_impossible_sizes_are_refused(parts: DriveParts) -> None:
    with pytest.raises(ObjectTooLargeError):
        await begin(parts, "a", MAX_OBJECT_BYTES + 1)
    with pytest.raises(InvalidInputError):
        await begin(parts, "a", -1)


async def test_a_malformed_type_is_refused(parts: DriveParts) -> None:
    for mimetype in ["png", "image/png\r\nx: y", "image/", "a b/c"]:
        with pytest.raises(InvalidInputError):
            await reserve(parts, ANA, NewUpload("a", 1, target=ROOT, mimetype=mimetype))


async def test_a_stated_type_is_kept(parts: DriveParts) -> None:
    wanted = NewUpload("a.bin", 1, target=ROOT, mimetype="audio/webm;codecs=opus")

    begun = await reserve(parts, ANA, wanted)

    assert begun.upload.mimetype == "audio/webm;codecs=opus"
