"""Asking for work: what is the same, whose a hash is, and what is refused."""

import anyio
import pytest

from keyshelf.errors import Error
from keyshelf.jobs.values import JobState
from keyshelf.layout.media import video_key
from keyshelf.media.work.admission import Asker
from keyshelf.media.work.failures import HashClaimedError, MadeForAnotherError
from keyshelf.media.work.retrying import retry
from keyshelf.media.work.upkeep import release_names
from keyshelf.media.work.values import MediaType
from tests.integration.media.work.studio import ANN, BOB, HASH, SOURCE, Studio

pytestmark = [pytest.mark.anyio, pytest.mark.services]


async def test_of_equal_wishes_at_once_one_makes_the_job(studio: Studio) -> None:
    found: list[tuple[object, bool]] = []

    async def ask() -> None:
        admitted = await studio.ask(preview={"format": "webp"})
        found.append((admitted.job.id, admitted.is_new))

    async with anyio.create_task_group() as group:
        for _ in range(6):
            group.start_soon(ask)

    assert len({job_id for job_id, _ in found}) == 1
    assert sorted(is_new for _, is_new in found) == [False] * 5 + [True]


async def test_what_was_made_is_not_made_again(studio: Studio) -> None:
    first = await studio.ask(MediaType.COVER)
    await studio.run(first.job.id)

    second = await studio.ask(MediaType.COVER)

    assert (second.job.id, second.is_new) == (first.job.id, False)
    assert second.job.state is JobState.SUCCEEDED


async def test_what_was_made_and_is_gone_is_made_again(studio: Studio) -> None:
    first = await studio.ask(MediaType.COVER)
    await studio.run(first.job.id)
    await studio.media.delete(video_key(HASH, "cover.jpg"))

    second = await studio.ask(MediaType.COVER)

    assert second.is_new
    assert (await studio.run(second.job.id)).state is JobState.SUCCEEDED
    assert not (await studio.ask(MediaType.COVER)).is_new


async def test_what_another_job_replaced_is_made_again(studio: Studio) -> None:
    first = await studio.ask(MediaType.COVER)
    other = await studio.ask(MediaType.COVER, timestamp_sec=2)
    await studio.run(first.job.id)
    await studio.run(other.job.id)

    assert (await studio.ask(MediaType.COVER)).is_new
    assert not (await studio.ask(MediaType.COVER, timestamp_sec=2.0)).is_new


async def test_other_bytes_under_the_same_key_are_other_work(studio: Studio) -> None:
    first = await studio.ask(MediaType.COVER, hash="holiday")
    await studio.parts.media.source.put(SOURCE, b"another film")

    second = await studio.ask(MediaType.COVER, hash="holiday")

    assert second.job.id != first.job.id


async def test_a_name_belongs_to_who_used_it_first(studio: Studio) -> None:
    await studio.ask(MediaType.COVER, hash="holiday", asker=ANN)

    with pytest.raises(HashClaimedError):
        await studio.ask(MediaType.COVER, hash="holiday", asker=BOB)
    assert (await studio.ask(MediaType.PREVIEW, hash="holiday", asker=ANN)).is_new
    assert (
        await studio.ask(MediaType.FULL, hash="holiday", asker=Asker("eve", "ann", is_admin=True))
    ).is_new


async def test_the_hash_of_content_belongs_to_nobody(studio: Studio) -> None:
    first = await studio.ask(MediaType.COVER, asker=ANN)

    second = await studio.ask(MediaType.PREVIEW, asker=BOB)

    assert first.is_new
    assert second.is_new


async def test_what_was_made_for_others_of_the_same_content_is_not_replaced(
    studio: Studio,
) -> None:
    hers = await studio.ask(MediaType.COVER, asker=ANN)
    with pytest.raises(MadeForAnotherError):  # nor what is about to be
        await studio.ask(MediaType.FULL, asker=BOB)
    await studio.run(hers.job.id)

    with pytest.raises(MadeForAnotherError):
        await studio.ask(MediaType.COVER, asker=BOB, timestamp_sec=1)
    await studio.ask(MediaType.PREVIEW, asker=BOB)
    assert (await studio.ask(MediaType.COVER, asker=ANN, timestamp_sec=2)).is_new
    boss = Asker("eve", "bob", is_admin=True)
    assert (await studio.ask(MediaType.COVER, asker=boss, timestamp_sec=3)).is_new


async def test_what_was_made_of_a_shared_file_is_everybodys(studio: Studio) -> None:
    made = await studio.ask(MediaType.COVER, asker=Asker("ann", "shared"))
    await studio.run(made.job.id)

    assert (await studio.ask(MediaType.COVER, asker=BOB, timestamp_sec=1)).is_new


async def test_a_retry_replaces_nothing_that_others_had_made_meanwhile(studio: Studio) -> None:
    his = await studio.ask(MediaType.COVER, asker=BOB)
    async with studio.database.transaction() as tx:
        cancelled = await studio.parts.media.jobs.cancel(tx, his.job.id)
    await studio.run((await studio.ask(MediaType.COVER, asker=ANN, timestamp_sec=1)).job.id)

    with pytest.raises(MadeForAnotherError):
        async with studio.database.transaction() as tx:
            await retry(tx, studio.parts, cancelled, by_admin=False)
    async with studio.database.transaction() as tx:
        queued = await retry(tx, studio.parts, cancelled, by_admin=True)
    assert queued.state is JobState.QUEUED


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        pytest.param({"hash": "../../etc/passwd"}, "illegal-media-hash", id="hash-with-a-path"),
        pytest.param({"hash": "a\n"}, "illegal-media-hash", id="hash-with-a-line-end"),
        pytest.param({"hash": "x" * 129}, "illegal-media-hash", id="long-hash"),
        pytest.param({"source": "ann/my-files/none.mov"}, "source-not-found", id="no-source"),
        pytest.param({"source": "ann/../bob"}, "source-not-found", id="impossible-key"),
        pytest.param({"source": ".keyshelf/aside/x/y"}, "source-not-found", id="our-own-area"),
        pytest.param({"cover": {"at": 3}}, "bad-media-options", id="unknown-option"),
    ],
)
async def test_a_bad_wish_is_refused(studio: Studio, wish: dict[str, str], code: str) -> None:
    with pytest.raises(Error) as refused:
        await studio.ask(**wish)  # type: ignore[arg-type]

    assert refused.value.code == code
    assert await studio.count("jobs") == 0


async def test_a_name_is_free_again_when_its_last_job_is_forgotten(studio: Studio) -> None:
    job = (await studio.ask(MediaType.COVER, hash="a-name")).job

    assert await release_names(studio.parts) == 0
    async with studio.parts.media.database.transaction() as tx:
        await studio.parts.media.jobs.cancel(tx, job.id)
        await studio.parts.media.jobs.forget(tx, [job.id])
    assert await release_names(studio.parts) == 1

    assert (await studio.ask(MediaType.COVER, hash="a-name", asker=BOB)).is_new
