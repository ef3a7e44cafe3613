"""What is removed of kept pictures."""

from datetime import timedelta

import anyio
import pytest

from keyshelf.jobs.periodic import PeriodicTask
from keyshelf.layout.keys import ObjectKey
from keyshelf.media.pictures.upkeep import (
    learn_content,
    sweep_old,
    sweep_superseded,
    sweep_touched,
    sweep_unnoted,
    upkeep,
)
from tests.integration.media.pictures.conftest import CONTENT, SOURCE, Bench, find, jpeg

pytestmark = [pytest.mark.anyio, pytest.mark.services]


async def test_pictures_of_replaced_sources_are_removed(bench: Bench) -> None:
    pictures = await bench.service()
    await find(pictures)
    await bench.until_kept(1)
    await bench.source.put(SOURCE, jpeg("blue"))
    pictures.versions.drop(SOURCE)
    new = await find(pictures)
    await bench.until_kept(2)

    removed = [await sweep_superseded(pictures.parts) for _ in range(2)]

    assert removed == [1, 0]
    assert [row["processing_hash"] for row in await bench.rows()] == [new.picture.name]
    assert await bench.objects() == [f"cache/{new.picture.name}.png"]


async def test_old_pictures_are_removed(bench: Bench) -> None:
    pictures = await bench.service()
    await find(pictures)
    await bench.until_kept(1)

    early = await sweep_old(pictures.parts)
    bench.later = timedelta(days=91)
    removed = [await sweep_old(pictures.parts) for _ in range(2)]

    assert (early, removed) == (0, [1, 0])
    assert (await bench.rows(), await bench.objects()) == ([], [])


async def test_what_a_crash_left_without_a_row_is_removed(bench: Bench) -> None:
    pictures = await bench.service()
    noted = await find(pictures)
    await bench.until_kept(1)
    await bench.media.put(ObjectKey(f"cache/{'0' * 64}.webp"), b"left behind")

    early = await sweep_unnoted(pictures.parts)
    bench.later = timedelta(hours=2)
    removed = await sweep_unnoted(pictures.parts)

    assert (early, removed) == (0, 1)
    assert await bench.objects() == [f"cache/{noted.picture.name}.png"]


async def test_a_source_that_goes_takes_its_pictures_along(bench: Bench) -> None:
    pictures, other = await bench.service(), ObjectKey("shared/b.jpg")
    await bench.source.put(other, jpeg("blue"))
    for options in ("w8", "w9"):
        await find(pictures, options)
    stays = await find(pictures, source=other)
    await bench.until_kept(3)
    await bench.source.delete(SOURCE)
    for touched in (SOURCE, other, ObjectKey("shared/never a picture")):
        pictures.touch(touched)

    removed = [await sweep_touched(pictures) for _ in range(2)]

    assert removed == [2, 0]
    assert await bench.objects() == [f"cache/{stays.picture.name}.png"]


async def test_pictures_made_before_their_content_was_known_learn_it(bench: Bench) -> None:
    await find(await bench.service())
    await bench.until_kept(1)
    meta = await bench.source.head(SOURCE)
    async with bench.database.transaction() as tx:
        await tx.execute("UPDATE image_cache_entries SET hash = NULL")

    async with bench.database.transaction() as tx:
        await learn_content(tx, SOURCE, etag=meta.etag, size=meta.size, content_hash=CONTENT)

    assert [row["hash"] for row in await bench.rows()] == [CONTENT]


async def test_every_task_runs_twice_at_once(bench: Bench) -> None:
    pictures = await bench.service()
    await find(pictures)
    await bench.until_kept(1)
    bench.later = timedelta(days=91)

    async def run(task: PeriodicTask) -> None:
        await task.run()

    async with anyio.create_task_group() as group:
        for task in [*upkeep(pictures)] * 2:
            group.start_soon(run, task)

    assert (await bench.rows(), await bench.objects()) == ([], [])
