"""A file is read once, its media are known, and what is made of them is asked for once."""

import io
from dataclasses import replace

import anyio
import pytest
from blake3 import blake3
from PIL import Image

from keyshelf.drive.changes import moves
from keyshelf.errors import Error
from keyshelf.jobs.values import JobState
from keyshelf.layout.media import MediaHash, media_hash
from keyshelf.media.assets.values import AssetKind
from keyshelf.media.images.failures import RenderDiedError, RenderTooSlowError
from keyshelf.media.sources import SourceOptions, Sources
from keyshelf.media.tools.failures import ToolFailedError, ToolMemoryError, ToolTimeoutError
from keyshelf.media.work.failures import MediaBeingRemovedError
from keyshelf.workflows.derive_media import DeriveOptions
from keyshelf.workflows.release_media import release_media
from keyshelf.workflows.remove_media import remove_made
from tests.integration.workflows.conftest import Shelf
from tests.media_clips import MediaClips

pytestmark = [pytest.mark.anyio, pytest.mark.services]


def png(color: str = "red", size: tuple[int, int] = (8, 6)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, color).save(out, "PNG")
    return out.getvalue()


def hash_of(content: bytes) -> str:
    return blake3(content).hexdigest()


async def test_a_picture_is_known_and_its_thumbnails_are_asked_for(shelf: Shelf) -> None:
    file = await shelf.drive.file("a.bin", content=png())

    assert await shelf.inspect(file) == {
        "outcome": "read",
        "content_hash": hash_of(png()),
        "kind": "image",
    }

    assert await shelf.hash_of(file) == hash_of(png())
    shown = await shelf.shown(hash_of(png()))
    assert shown is not None
    assert (shown.facts.width, shown.facts.height, shown.facts.dominant_color) == (8, 6, 0xFF0000)
    assert shown.is_awaited
    (job,) = await shelf.jobs()
    assert (job.kind, job.is_background, job.owner_id) == ("image:thumbnail", True, "anna")


async def test_other_files_are_only_hashed(shelf: Shelf) -> None:
    file = await shelf.drive.file("a.jpg", content=b"a text, whatever it is called")
    empty = await shelf.drive.file("empty.mp4", content=b"")

    await shelf.inspect(file)
    await shelf.inspect(empty)

    assert await shelf.hash_of(file) == hash_of(b"a text, whatever it is called")
    assert await shelf.hash_of(empty) == hash_of(b"")
    assert await shelf.shown(hash_of(b"")) is None
    assert await shelf.jobs() == []


async def test_two_at_once_and_one_again_come_to_the_same_end(shelf: Shelf) -> None:
    file = await shelf.drive.file("a.png", content=png())

    async with anyio.create_task_group() as group:
        group.start_soon(shelf.inspect, file)
        group.start_soon(shelf.inspect, file)
    await shelf.inspect(file)

    assert len(await shelf.jobs()) == 1
    assert await shelf.hash_of(file) == hash_of(png())


async def test_known_content_is_not_looked_at_again(shelf: Shelf) -> None:
    first = await shelf.drive.file("a.png", content=png())
    second = await shelf.drive.file("b.png", content=png())
    await shelf.inspect(first)

    await shelf.inspect(second)

    assert await shelf.hash_of(second) == hash_of(png())
    assert shelf.pool.looks == 1
    assert len(await shelf.jobs()) == 1


async def test_an_attempt_that_dies_leaves_nothing_to_the_next(shelf: Shelf) -> None:
    file = await shelf.drive.file("a.png", content=png())

    async def die() -> None:
        raise ConnectionError

    shelf.pool.before = die
    with pytest.raises(ConnectionError):
        await shelf.inspect(file)
    assert await shelf.hash_of(file) is None
    assert await shelf.jobs() == []

    del shelf.pool.before
    await shelf.inspect(file)
    assert await shelf.hash_of(file) == hash_of(png())


async def test_bytes_that_are_replaced_meanwhile_are_not_taken_for_the_new_ones(
    shelf: Shelf,
) -> None:
    file = await shelf.drive.file("a.png", content=png())

    async def replace_it() -> None:
        del shelf.pool.before
        await shelf.overwrite(file, png("blue"))

    shelf.pool.before = replace_it
    await shelf.inspect(file)

    assert await shelf.hash_of(file) == hash_of(png("blue"))
    assert await shelf.shown(hash_of(png())) is None
    assert [job.payload["hash"] for job in await shelf.jobs()] == [hash_of(png("blue"))]


async def test_what_is_damaged_is_said_so_and_nothing_is_made_of_it(shelf: Shelf) -> None:
    damaged = png(size=(600, 600))[:60]
    named = await shelf.drive.file("a.png", content=damaged)
    await shelf.inspect(named)

    shown = await shelf.shown(hash_of(damaged))
    assert shown is not None
    assert shown.facts.unreadable is not None
    assert shown.facts.unreadable.code == "image-unreadable"
    assert await shelf.jobs() == []


async def test_what_only_begins_as_media_do_is_no_media(shelf: Shelf) -> None:
    content = b"\xff\xfb\x90\x00 is how an MP3 begins, and much else"
    file = await shelf.drive.file("data.bin", content=content)

    await shelf.inspect(file)

    assert await shelf.hash_of(file) == hash_of(content)
    assert await shelf.shown(hash_of(content)) is None


async def test_what_is_too_large_to_look_at_is_hashed_and_said_so(shelf: Shelf) -> None:
    file = await shelf.drive.file("a.png", content=png())
    small = Sources(shelf.drive.parts.store, shelf.parts.eyes.scratch, SourceOptions(max_bytes=10))
    await replace(shelf, parts=replace(shelf.parts, sources=small)).inspect(file)

    shown = await shelf.shown(hash_of(png()))
    assert shown is not None
    assert shown.facts.unreadable is not None
    assert shown.facts.unreadable.code == "source-too-large"


@pytest.mark.parametrize(
    "failure",
    [RenderDiedError, RenderTooSlowError, ToolFailedError, ToolMemoryError, ToolTimeoutError],
)
async def test_what_a_busy_machine_may_have_caused_is_the_files_fault_only_in_the_end(
    shelf: Shelf, failure: type[Error]
) -> None:
    file = await shelf.drive.file("a.png", content=png())

    async def die() -> None:
        raise failure("a tool was ended")

    shelf.pool.before = die
    for attempt in (1, 2):
        with pytest.raises(failure):
            await shelf.inspect(file, attempt=attempt)
    await shelf.inspect(file, attempt=3)

    shown = await shelf.shown(hash_of(png()))
    assert shown is not None
    assert shown.facts.unreadable is not None
    del shelf.pool.before
    await shelf.inspect(file, anew=True)

    shown = await shelf.shown(hash_of(png()))
    assert shown is not None
    assert (shown.facts.unreadable, shown.facts.width) == (None, 8)
    assert [job.kind for job in await shelf.jobs()] == ["image:thumbnail"]


async def test_a_film_tells_its_streams_and_gets_what_lists_show(
    shelf: Shelf, clips: MediaClips
) -> None:
    film = await shelf.drive.file("film.mp4", content=clips["plain.mp4"].read_bytes())
    await shelf.inspect(film)

    shown = await shelf.shown(await shelf.hash_of(film))
    assert shown is not None
    assert (shown.facts.kind, shown.facts.width, shown.facts.mimetype) == (
        AssetKind.VIDEO,
        320,
        "video/mp4",
    )
    assert {job.kind for job in await shelf.jobs()} == {"video:cover", "video:preview"}


async def test_streams_come_by_themselves_when_they_are_to(shelf: Shelf, clips: MediaClips) -> None:
    film = await shelf.drive.file("film.mp4", content=clips["plain.mp4"].read_bytes())
    wish = DeriveOptions(streams=True, encrypt=True)
    await shelf.with_derivation(wish).inspect(film)

    (job,) = await shelf.jobs("video:transcode")
    options = job.payload["options"]
    assert isinstance(options, dict)
    assert options["encrypt"] is True
    assert (job.queue, job.is_background) == ("large", True)


async def test_a_file_that_is_renamed_gets_its_thumbnail_all_the_same(shelf: Shelf) -> None:
    file = await shelf.drive.file("a.png", content=png())
    await shelf.inspect(file)
    moved = await moves.move(
        shelf.drive.parts, shelf.drive.viewer, file.id, moves.Move(filename="b.png")
    )
    await shelf.drive.finish(moved)

    (job,) = await shelf.jobs("image:thumbnail")
    assert (await shelf.run(job.id)).state is JobState.SUCCEEDED


async def test_content_that_a_file_gets_while_it_is_removed_waits_for_that(
    shelf: Shelf,
) -> None:
    first = await shelf.drive.file("a.png", content=png())
    await shelf.inspect(first)
    second = await shelf.drive.file("b.png", content=png())
    await shelf.overwrite(first, b"something else")
    async with shelf.database.transaction() as tx:
        await tx.execute(
            "INSERT INTO released_content (content_hash) VALUES (%(hash)s)",
            {"hash": hash_of(png())},
        )

    listing = shelf.media.hold("list")
    async with anyio.create_task_group() as group:
        group.start_soon(release_media, shelf.drive.parts, shelf.parts.work, DeriveOptions())
        await listing.reached.wait()
        with pytest.raises(MediaBeingRemovedError):
            await shelf.inspect(second)
        listing.release.set()
    assert await shelf.shown(hash_of(png())) is None
    assert await shelf.hash_of(second) is None

    await shelf.inspect(second)
    assert await shelf.shown(hash_of(png())) is not None
    assert len(await shelf.jobs("image:thumbnail")) == 1


async def test_media_that_somebody_removed_are_known_again_with_their_next_file(
    shelf: Shelf,
) -> None:
    first = await shelf.drive.file("a.png", content=png())
    await shelf.inspect(first)
    await shelf.overwrite(first, b"something else")
    await remove_made(shelf.parts.work, media_hash(hash_of(png())))
    assert await shelf.shown(hash_of(png())) is None

    await shelf.inspect(await shelf.drive.file("b.png", content=png()))
    assert await shelf.shown(MediaHash(hash_of(png()))) is not None
