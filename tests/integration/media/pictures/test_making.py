"""Finding and making pictures: once, whoever asks, and never an old one for a new source."""

from datetime import timedelta

import anyio
import pytest
from prometheus_client import CollectorRegistry

from keyshelf.layout.keys import ObjectKey
from keyshelf.layout.media import cache_key
from keyshelf.media.images.failures import (
    ImageTooLargeError,
    RendersBusyError,
    UnrecognisedImageError,
)
from keyshelf.media.pictures.failures import RestlessSourceError
from keyshelf.media.pictures.metrics import PictureMetrics
from keyshelf.media.pictures.service import Found, Pictures, open_pictures
from keyshelf.media.pictures.values import PictureOptions
from keyshelf.store.base import ByteRange, ObjectMeta, ObjectReader
from keyshelf.store.errors import ObjectChangedError, ObjectNotFoundError, StoreUnavailableError
from tests.integration.media.pictures.conftest import (
    BLUE,
    CONTENT,
    RED,
    SOURCE,
    Bench,
    color_of,
    find,
    jpeg,
)

pytestmark = [pytest.mark.anyio, pytest.mark.services]


async def test_a_hundred_who_ask_in_two_processes_cost_one_render(bench: Bench) -> None:
    services = [await bench.service(), await bench.service()]
    found: list[Found] = []

    async def ask(pictures: Pictures) -> None:
        found.append(await find(pictures))

    async with anyio.create_task_group() as askers:
        for number in range(100):
            askers.start_soon(ask, services[number % 2])

    assert len(found) == 100
    assert len({each.picture.data for each in found}) == 1
    assert bench.served("render") == 1
    await bench.until_kept(1)


async def test_a_picture_is_looked_for_in_memory_then_in_the_store(bench: Bench) -> None:
    first = await bench.service()
    made = [await find(first), await find(first)]
    await bench.until_kept(1)

    elsewhere = await find(await bench.service())

    assert made[0].picture is made[1].picture
    assert elsewhere.picture.data == made[0].picture.data
    assert elsewhere.picture.etag == made[0].picture.etag
    assert [bench.served(layer) for layer in ("render", "memory", "store")] == [1, 1, 1]


async def test_what_another_process_removed_is_not_served_from_memory(bench: Bench) -> None:
    pictures = await bench.service(PictureOptions(believed=timedelta(0)))
    found = await find(pictures)
    await bench.until_kept(1)
    still_there = await find(pictures)
    await bench.media.delete(cache_key(found.picture.name, "png"))

    warm = pictures.recall(SOURCE, found.version, found.picture.name)
    anew = await find(pictures)

    assert still_there.picture is found.picture
    assert warm is None
    assert anew.picture is not found.picture
    assert [bench.served(layer) for layer in ("render", "memory")] == [2, 1]


async def test_what_is_kept_is_noted_with_its_source_and_content(bench: Bench) -> None:
    found = await find(await bench.service())
    await bench.until_kept(1)

    [row] = await bench.rows()

    assert row["processing_hash"] == found.picture.name
    assert [row["storage_key"]] == await bench.objects() == [f"cache/{found.picture.name}.png"]
    assert (row["source_key"], row["source_version"]) == (SOURCE, found.version.name)
    assert (row["hash"], row["size"]) == (CONTENT, len(found.picture.data))


async def test_a_hit_writes_nothing(bench: Bench) -> None:
    pictures = await bench.service(PictureOptions(memory_bytes=0))
    await find(pictures)
    await bench.until_kept(1)
    before = await bench.rows()

    for _ in range(3):
        await find(pictures)

    assert await bench.rows() == before
    assert (bench.served("render"), bench.served("store")) == (1, 3)


async def test_a_source_overwritten_while_its_picture_is_made(bench: Bench) -> None:
    pictures = await bench.service()
    bench.source.may_read = may_read = anyio.Event()
    asked_before: list[Found] = []

    async def ask() -> None:
        asked_before.append(await find(pictures))

    async with anyio.create_task_group() as askers:
        askers.start_soon(ask)
        await bench.source.is_reading.wait()
        await bench.source.put(SOURCE, jpeg("blue"))
        pictures.versions.drop(SOURCE)
        bench.source.may_read = None
        after = await find(pictures)
        may_read.set()
        assert color_of(after) == BLUE

    assert color_of(await find(pictures)) == BLUE
    assert color_of(asked_before[0]) == RED


async def test_a_source_replaced_elsewhere_between_look_and_reading(bench: Bench) -> None:
    pictures = await bench.service()
    await pictures.versions.look(SOURCE)
    # Another process: nobody tells this one.
    await bench.source.put(SOURCE, jpeg("blue"))

    assert color_of(await find(pictures)) == BLUE


async def test_a_source_that_is_never_what_it_was_is_given_up(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def changed(
        key: ObjectKey, *, byte_range: ByteRange | None = None, if_match: str | None = None
    ) -> ObjectReader:
        raise ObjectChangedError("replaced")

    # No real store is replaced at every moment.
    monkeypatch.setattr(bench.source, "get", changed)

    with pytest.raises(RestlessSourceError):
        await find(await bench.service())


async def test_what_the_store_lost_is_made_again(bench: Bench) -> None:
    pictures = await bench.service(PictureOptions(memory_bytes=0))
    await find(pictures)
    await bench.until_kept(1)
    await bench.media.delete((await bench.objects())[0])

    again = await find(pictures)

    assert color_of(again) == RED
    assert bench.served("render") == 2


async def test_who_died_while_rendering_holds_up_nobody(bench: Bench) -> None:
    other = await bench.service()
    bench.source.may_read = anyio.Event()
    dying = anyio.CancelScope()

    async def render_and_die() -> None:
        with dying:
            async with open_pictures(bench.parts(), PictureMetrics(CollectorRegistry())) as dead:
                await find(dead)

    async with anyio.create_task_group() as askers:
        askers.start_soon(render_and_die)
        await bench.source.is_reading.wait()
        dying.cancel()
        bench.source.may_read = None
        assert color_of(await find(other)) == RED


async def test_garbage_is_read_once_however_many_ask(bench: Bench) -> None:
    pictures = await bench.service()
    await bench.source.put(SOURCE, b"no picture" * 100)
    reads = 0
    get = bench.source.get

    async def counted(
        key: ObjectKey, *, byte_range: ByteRange | None = None, if_match: str | None = None
    ) -> ObjectReader:
        nonlocal reads
        reads += 1
        return await get(key, byte_range=byte_range, if_match=if_match)

    bench.source.get = counted

    for _ in range(5):
        with pytest.raises(UnrecognisedImageError):
            await find(pictures)

    assert reads == 1
    assert await bench.objects() == []


async def test_what_is_missing_is_told_and_made_once_it_is_there(bench: Bench) -> None:
    pictures, key = await bench.service(), ObjectKey("shared/later.jpg")
    with pytest.raises(ObjectNotFoundError):
        await find(pictures, source=key)

    await bench.source.put(key, jpeg())
    pictures.versions.drop(key)

    assert color_of(await find(pictures, source=key)) == RED


async def test_a_store_that_is_away_is_told_as_such(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    pictures = await bench.service()

    async def away(key: ObjectKey) -> ObjectMeta:
        raise StoreUnavailableError("away")

    # The memory store is never away.
    monkeypatch.setattr(bench.source, "head", away)

    with pytest.raises(StoreUnavailableError):
        await find(pictures)


async def test_too_many_who_wait_are_told_to_come_back(bench: Bench) -> None:
    pictures = await bench.service(PictureOptions(at_once=1, waiting=1))
    bench.source.may_read = may_read = anyio.Event()

    async with anyio.create_task_group() as askers:
        askers.start_soon(find, pictures, "w8")
        await bench.source.is_reading.wait()
        askers.start_soon(find, pictures, "w9")
        await bench.until_waiting(1)
        with pytest.raises(RendersBusyError):
            await find(pictures, "w10")
        may_read.set()


async def test_a_source_that_is_too_large_is_not_even_read(bench: Bench) -> None:
    pictures = await bench.service(PictureOptions(max_source_bytes=100))

    with pytest.raises(ImageTooLargeError):
        await find(pictures)

    assert not bench.source.is_reading.is_set()
