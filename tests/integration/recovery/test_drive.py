"""Files of the drive come back from the versions of its bucket."""

from datetime import datetime
from uuid import UUID

import pytest

from keyshelf.drive.content.noticing import notice
from keyshelf.drive.settle.deletions import delete_noted
from keyshelf.drive.trash import service as trash
from keyshelf.layout.drive import root
from keyshelf.layout.keys import ObjectKey
from keyshelf.operations.versions.service import Wanted, recover
from keyshelf.workflows.recover_drive import NothingThereError, RecoveredDrive, recover_drive
from tests.integration.drive.conftest import ANNA, Drive
from tests.versioned import Versioned, later

pytestmark = pytest.mark.anyio

MY_FILES = root(ANNA.own)


async def recovered(
    drive: Drive,
    bucket: Versioned,
    at: datetime | None = None,
    *,
    prefix: str = MY_FILES,
    dry_run: bool = False,
) -> RecoveredDrive:
    return await recover_drive(
        drive.parts, bucket.versions, prefix, at=at, asked_by=ANNA.id, dry_run=dry_run
    )


async def purge(drive: Drive, file_id: UUID) -> None:
    await trash.trash(drive.parts, ANNA, file_id)
    await drive.finish(await trash.empty(drive.parts, ANNA, [ANNA.own]))
    await delete_noted(drive.parts)


async def test_a_purged_folder_is_there_again(drive: Drive, versioned_bucket: Versioned) -> None:
    folder = await drive.folder("Holiday (50% off) #1?")
    await drive.file("日本語 😀.mov", folder.id, b"a film")
    await purge(drive, folder.id)
    assert await drive.names() == []

    planned = await recovered(drive, versioned_bucket, dry_run=True)
    done = await recovered(drive, versioned_bucket)

    assert planned.objects.changes == done.objects.changes
    assert await drive.names() == ["Holiday (50% off) #1?"]
    again = await recovered(drive, versioned_bucket)
    assert again.objects.changed == 0
    assert await drive.wrong_sizes() == []


async def test_a_file_that_was_overwritten_holds_what_it_held(
    drive: Drive, versioned_bucket: Versioned
) -> None:
    folder = await drive.folder("Cuts")
    file = await drive.file("film.mov", folder.id, b"first cut")
    then = await later()
    await versioned_bucket.store.put(file.key, b"a much longer second cut")
    younger = await drive.file("notes.txt", folder.id, b"made later")

    done = await recovered(drive, versioned_bucket, then)

    assert (done.objects.reverted, done.objects.newer) == (1, 1)
    assert await drive.content(file.id) == b"first cut"
    assert await drive.content(younger.id) == b"made later"
    shown = await drive.show(file.id)
    assert shown.size == len(b"first cut")
    assert shown.object_etag == (await versioned_bucket.store.head(file.key)).etag
    assert (await drive.show(folder.id)).size == len(b"first cut") + len(b"made later")


async def test_a_trashed_file_that_was_overwritten_keeps_the_sizes_right(
    drive: Drive, versioned_bucket: Versioned
) -> None:
    outer = await drive.folder("Outer")
    inner = await drive.folder("Inner", outer.id)
    file = await drive.file("film.mov", inner.id, b"first cut")
    then = await later()
    await versioned_bucket.store.put(file.key, b"a much longer second cut")
    await recovered(drive, versioned_bucket)
    await trash.trash(drive.parts, ANNA, inner.id)

    await recovered(drive, versioned_bucket, then)

    await drive.finish(await trash.restore(drive.parts, ANNA, inner.id))
    assert await drive.content(file.id) == b"first cut"
    assert await drive.wrong_sizes() == []


async def test_what_only_begins_alike_is_left_alone(
    drive: Drive, versioned_bucket: Versioned
) -> None:
    folder = await drive.folder("film")
    inside = await drive.file("cut.mov", folder.id, b"first cut")
    beside = await drive.file("film.mov", None, b"first cut")
    then = await later()
    for file in (inside, beside):
        await versioned_bucket.store.put(file.key, b"second cut")

    await recovered(drive, versioned_bucket, then, prefix=f"{MY_FILES}film")

    assert await drive.content(inside.id) == b"first cut"
    assert await drive.content(beside.id) == b"second cut"


async def test_nobody_is_given_what_only_begins_alike(
    drive: Drive, versioned_bucket: Versioned
) -> None:
    file = await drive.file("film.mov", None, b"first cut")
    await versioned_bucket.store.put(ObjectKey(f"{file.key} (copy by hand)"), b"of another program")
    await purge(drive, file.id)

    done = await recovered(drive, versioned_bucket, prefix=file.key)

    assert await drive.names() == ["film.mov"]
    assert done.registered is not None
    assert (done.registered.scanned, done.registered.files_created) == (1, 1)


async def test_what_never_was_there_is_not_found(drive: Drive, versioned_bucket: Versioned) -> None:
    await drive.file("film.mov", None, b"first cut")

    for dry_run in (True, False):
        with pytest.raises(NothingThereError, match=f"recover list '{MY_FILES}'"):
            await recovered(drive, versioned_bucket, prefix=f"{MY_FILES}flim.mov", dry_run=dry_run)


async def test_a_recovery_that_broke_off_is_finished_by_the_next(
    drive: Drive, versioned_bucket: Versioned
) -> None:
    file = await drive.file("film.mov", None, b"first cut")
    then = await later()
    await versioned_bucket.store.put(file.key, b"a much longer second cut")
    await recovered(drive, versioned_bucket)
    await notice(drive.parts, file.key, asked_by=ANNA.id)
    # The objects are as they were, and no row was told.
    await recover(versioned_bucket.versions, Wanted(MY_FILES, at=then))

    await recovered(drive, versioned_bucket, then)

    assert (await drive.show(file.id)).size == len(b"first cut")
