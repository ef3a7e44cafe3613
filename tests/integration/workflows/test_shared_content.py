"""Content that several drives have: nobody is given another's bytes, and no facts are lost."""

import pytest

from keyshelf.jobs.values import JobState
from keyshelf.layout.keys import ObjectKey
from keyshelf.layout.media import image_key, media_hash
from keyshelf.media.work.admission import Asker, create
from keyshelf.media.work.deletion import delete_media
from keyshelf.media.work.showing import owner_of
from keyshelf.media.work.values import MediaType, NewWork
from keyshelf.workflows.release_media import release_media
from keyshelf.workflows.remove_media import remove_made
from tests.integration.workflows.conftest import Shelf
from tests.integration.workflows.test_inspect_file import hash_of, png

pytestmark = [pytest.mark.anyio, pytest.mark.services]

BOB = Asker("bob", "bob")
HASH = media_hash(hash_of(png()))


async def test_whoever_names_a_hash_is_not_given_the_bytes_of_others(shelf: Shelf) -> None:
    hers = await shelf.drive.file("a.png", content=png())
    assert await shelf.hash_of(hers) is None
    async with shelf.database.transaction() as tx:
        await tx.execute(
            "UPDATE files SET content_hash = %(hash)s WHERE id = %(id)s",
            {"hash": HASH, "id": hers.id},
        )
    his = ObjectKey("bob/my-files/a.png")
    await shelf.drive.parts.store.put(his, b"anything")
    work = shelf.parts.work
    wish = NewWork(MediaType.COVER, HASH, his)
    admitted = await create(work, wish, BOB)
    await shelf.drive.parts.store.delete(his)

    job = await shelf.run(admitted.job.id)

    assert job.state is JobState.FAILED
    assert job.error is not None
    assert job.error.code == "source-not-found"
    async with shelf.database.read() as tx:
        assert await owner_of(tx, HASH) is None


async def test_what_is_known_of_a_file_outlives_what_was_made(shelf: Shelf) -> None:
    file = await shelf.drive.file("a.png", content=png())
    await shelf.inspect(file)
    (job,) = await shelf.jobs("image:thumbnail")
    await shelf.run(job.id)
    shown = await shelf.shown(HASH)
    assert shown is not None
    assert shown.thumbnail is not None

    told = await remove_made(shelf.parts.work, HASH)

    assert (told.rows["renditions"], told.rows["assets"]) == (2, 0)
    bare = await shelf.shown(HASH)
    assert bare is not None
    assert (bare.facts, bare.thumbnail, bare.is_awaited) == (shown.facts, None, False)
    thumb = {"variant": "thumb", "width": 4, "format": "webp"}
    wish = NewWork(MediaType.THUMBNAIL, HASH, file.key, {"outputs": [thumb]})
    admitted = await create(shelf.parts.work, wish, Asker("anna", "anna"))
    await shelf.run(admitted.job.id)
    again = await shelf.shown(HASH)
    assert again is not None
    assert again.thumbnail == shown.thumbnail


async def test_what_nobody_has_is_forgotten_whole(shelf: Shelf) -> None:
    file = await shelf.drive.file("a.png", content=png())
    await shelf.inspect(file)
    await shelf.overwrite(file, b"something else")

    told = await remove_made(shelf.parts.work, HASH)

    assert told.rows["assets"] == 1
    assert await shelf.shown(HASH) is None


@pytest.mark.parametrize("is_forgotten", [True, False], ids=["after-the-rows", "amid-the-objects"])
async def test_a_removal_that_broke_off_is_made_up_for_with_the_next_file(
    shelf: Shelf, *, is_forgotten: bool
) -> None:
    first = await shelf.drive.file("a.png", content=png())
    await shelf.inspect(first)
    (job,) = await shelf.jobs("image:thumbnail")
    await shelf.run(job.id)
    if is_forgotten:
        await delete_media(shelf.parts.work, HASH)
    else:
        await shelf.media.delete(image_key(HASH, "thumb", "webp"))
    async with shelf.database.transaction() as tx:
        await tx.execute(
            "INSERT INTO released_content (content_hash) VALUES (%(hash)s)", {"hash": HASH}
        )

    await release_media(shelf.drive.parts, shelf.parts.work)

    (job,) = await shelf.jobs("inspect")
    assert job.payload["file_id"] == str(first.id)
    assert await shelf.shown(HASH) is None
    await shelf.inspect(first)
    assert await shelf.shown(HASH) is not None


async def test_content_that_another_file_has_is_left_as_it_is(shelf: Shelf) -> None:
    file = await shelf.drive.file("a.png", content=png())
    await shelf.inspect(file)
    (job,) = await shelf.jobs("image:thumbnail")
    await shelf.run(job.id)
    before = await shelf.shown(HASH)
    async with shelf.database.transaction() as tx:
        await tx.execute(
            "INSERT INTO released_content (content_hash) VALUES (%(hash)s)", {"hash": HASH}
        )

    assert await release_media(shelf.drive.parts, shelf.parts.work) == 0

    assert await shelf.shown(HASH) == before
    assert await shelf.jobs("inspect") == []
