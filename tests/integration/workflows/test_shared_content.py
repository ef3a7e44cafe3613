"""Content that several drives have: nobody is given another's bytes, and no facts are lost."""

import pytest

from keyshelf.jobs.values import JobState
from keyshelf.layout.keys import ObjectKey
from keyshelf.layout.media import media_hash
from keyshelf.media.work.admission import Asker, create
from keyshelf.media.work.failures import MediaBeingRemovedError
from keyshelf.media.work.showing import owner_of
from keyshelf.media.work.values import MediaType, NewWork
from keyshelf.store.errors import StoreUnavailableError
from keyshelf.workflows.derive_media import DeriveOptions
from keyshelf.workflows.release_media import release_media
from keyshelf.workflows.remove_media import finish_removals, remove_made
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


async def test_a_new_copy_brings_back_the_pictures_that_somebody_removed(shelf: Shelf) -> None:
    first = await shelf.drive.file("a.png", content=png())
    await shelf.inspect(first)
    await shelf.run((await shelf.jobs("image:thumbnail"))[0].id)
    await remove_made(shelf.parts.work, HASH)

    await shelf.inspect(await shelf.drive.file("b.png", content=png()))

    (job,) = await shelf.jobs("image:thumbnail")
    assert job.payload["source"] == "anna/my-files/b.png"
    await shelf.run(job.id)
    shown = await shelf.shown(HASH)
    assert shown is not None
    assert shown.thumbnail is not None
    await shelf.inspect(await shelf.drive.file("c.png", content=png()))
    assert len(await shelf.jobs("image:thumbnail")) == 1


async def test_a_removal_that_broke_off_is_finished_and_made_up_for(shelf: Shelf) -> None:
    first = await shelf.drive.file("a.png", content=png())
    await shelf.inspect(first)
    (job,) = await shelf.jobs("image:thumbnail")
    shelf.media.fail("list")
    with pytest.raises(StoreUnavailableError):
        await remove_made(shelf.parts.work, HASH)
    assert (await shelf.drive.job(job.id)).state is JobState.CANCELLED
    second = await shelf.drive.file("b.png", content=png())
    with pytest.raises(MediaBeingRemovedError):
        await shelf.inspect(second)

    early = await finish_removals(shelf.parts.work)
    async with shelf.database.transaction() as tx:
        await tx.execute("UPDATE media_removals SET asked_at = now() - interval '1 hour'")
    finished = [await finish_removals(shelf.parts.work) for _ in range(2)]

    assert (early, finished) == (0, [1, 0])
    assert await shelf.jobs("image:thumbnail") == []
    await shelf.inspect(second)
    assert len(await shelf.jobs("image:thumbnail")) == 1


async def test_content_that_another_file_got_meanwhile_is_made_up_for(shelf: Shelf) -> None:
    first = await shelf.drive.file("a.png", content=png())
    await shelf.inspect(first)
    await remove_made(shelf.parts.work, HASH)
    async with shelf.database.transaction() as tx:
        await tx.execute(
            "INSERT INTO released_content (content_hash) VALUES (%(hash)s)", {"hash": HASH}
        )

    await release_media(shelf.drive.parts, shelf.parts.work, DeriveOptions())

    assert len(await shelf.jobs("image:thumbnail")) == 1


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

    assert await release_media(shelf.drive.parts, shelf.parts.work, DeriveOptions()) == 0

    assert await shelf.shown(HASH) == before
    assert await shelf.jobs("inspect") == []
