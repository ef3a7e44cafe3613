"""Deleting: everything goes, what cannot is told, and what comes meanwhile goes as well."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import anyio
import pytest

from keyshelf.database.pool import Database
from keyshelf.database.transactions import ReadTransaction
from keyshelf.jobs.values import JobState
from keyshelf.layout.keys import ObjectKey
from keyshelf.layout.media import (
    MediaHash,
    audio_key,
    cache_key,
    image_key,
    processing_hash,
    video_key,
    work_key,
)
from keyshelf.media.work import queries
from keyshelf.media.work.deletion import delete_media
from keyshelf.media.work.failures import MediaBeingRemovedError
from keyshelf.media.work.makers import Task
from keyshelf.media.work.retrying import retry
from keyshelf.media.work.values import MediaType
from keyshelf.store.base import DeleteResult
from keyshelf.store.memory import MemoryStore
from tests.integration.media.work.studio import FILM, HASH, SOURCE, Studio, open_studio

pytestmark = [pytest.mark.anyio, pytest.mark.services]

PICTURE = processing_hash("5" * 64)
OTHER = image_key(HASH[::-1], "thumb", "webp")  # type: ignore[arg-type]
TABLES = (
    "jobs", "media_stages", "webhooks", "media_assets", "media_renditions", "media_encodes",
    "content_keys", "image_cache_entries", "media_removals",
)  # fmt: skip


class StubbornStore(MemoryStore):
    """Keeps some objects, however often they are deleted."""

    kept: frozenset[ObjectKey] = frozenset()

    async def delete_many(self, keys: Sequence[ObjectKey]) -> Sequence[DeleteResult]:
        gone = await super().delete_many([key for key in keys if key not in self.kept])
        return [*gone, *(DeleteResult(key, "kept") for key in keys if key in self.kept)]


async def fill(studio: Studio) -> None:
    """Make everything that there can be for a hash, and something of another."""
    admitted = await studio.ask(callback_url="http://example.com/")
    await studio.run(admitted.job.id)
    await studio.media.put(OTHER, b"another's")
    segments = [f"video/r240_h264/seg_{number}.m4s" for number in range(1, 4)]
    for key in (
        image_key(HASH, "thumb", "webp"),
        audio_key(HASH, "hls/master.m3u8"),
        cache_key(PICTURE, "webp"),
        work_key(admitted.job.id, "piece"),
        *(video_key(HASH, segment) for segment in segments),
    ):
        await studio.media.put(key, b"bytes")
    async with studio.database.transaction() as tx:
        await tx.execute(
            """
            INSERT INTO image_cache_entries
                (processing_hash, storage_key, source_key, source_version, hash, format, size)
            VALUES (%(name)s, %(key)s, 'x', 'v', %(hash)s, 'webp', 5)
            """,
            {"name": PICTURE, "key": cache_key(PICTURE, "webp"), "hash": HASH},
        )
        await tx.execute(
            """
            INSERT INTO media_encodes (id, hash, area, state, folders)
            VALUES (gen_random_uuid(), %(hash)s, 'videos', 'live', '{}')
            """,
            {"hash": HASH},
        )
        await tx.execute(
            """
            INSERT INTO content_keys
                (id, hash, encode_id, kid, scheme, wrapped_key, wrap_nonce, kek_version)
            VALUES (gen_random_uuid(), %(hash)s, gen_random_uuid(), %(kid)s, 'cbcs', %(key)s,
                %(nonce)s, 'v1')
            """,
            {"hash": HASH, "kid": bytes(16), "key": bytes(32), "nonce": bytes(12)},
        )


async def held_by_nobody(tx: ReadTransaction, media: MediaHash) -> bool:
    del tx, media
    return False


async def rows(studio: Studio) -> dict[str, int]:
    return {table: await studio.count(table) for table in TABLES}


async def test_everything_goes_and_the_source_stays(studio: Studio) -> None:
    await fill(studio)

    told = await delete_media(studio.parts, HASH, keeps_facts=held_by_nobody)

    assert told.is_complete
    assert told.objects == 10
    assert told.rows == {
        "content_keys": 1, "encodes": 1, "renditions": 3, "cached_pictures": 1,
        "webhooks": 1, "assets": 1, "jobs": 1,
    }  # fmt: skip
    assert await rows(studio) == dict.fromkeys(TABLES, 0)
    assert await studio.keys() == [OTHER]
    assert (await studio.parts.media.source.head(SOURCE)).size == len(FILM)

    again = await delete_media(studio.parts, HASH, keeps_facts=held_by_nobody)
    assert again.is_complete
    assert again.objects == 0
    assert set(again.rows.values()) == {0}


async def test_what_the_store_keeps_is_told_and_goes_later(
    database: Database, tmp_path: Path
) -> None:
    store = StubbornStore()
    async with open_studio(database, tmp_path, media=store) as studio:
        await fill(studio)
        before = await rows(studio)
        store.kept = frozenset({video_key(HASH, "cover.jpg"), cache_key(PICTURE, "webp")})

        told = await delete_media(studio.parts, HASH, keeps_facts=held_by_nobody)

        assert not told.is_complete
        assert told.failed_objects == dict.fromkeys(store.kept, "kept")
        assert told.rows == {}
        assert await rows(studio) == {**before, "media_removals": 1}
        assert await studio.keys() == [
            cache_key(PICTURE, "webp"),
            OTHER,
            video_key(HASH, "cover.jpg"),
        ]

        store.kept = frozenset()
        again = await delete_media(studio.parts, HASH, keeps_facts=held_by_nobody)
        assert again.is_complete
        assert again.objects == 2
        assert await rows(studio) == dict.fromkeys(TABLES, 0)


async def test_what_runs_is_ended_first_and_leaves_nothing(studio: Studio) -> None:
    began = anyio.Event()

    async def work(task: Task) -> None:
        began.set()
        while True:
            await studio.media.put(video_key(HASH, "video/r240_h264/seg_1.m4s"), b"frames")
            await task.report(1, 2)
            await anyio.sleep(0.01)

    studio.stubs.before["transcode"] = work
    admitted = await studio.ask()
    waiting = await studio.ask(MediaType.COVER, timestamp_sec=3)
    async with anyio.create_task_group() as group:
        group.start_soon(studio.runner.run, admitted.job.id)
        await began.wait()

        told = await delete_media(studio.parts, HASH, keeps_facts=held_by_nobody)

        assert told.is_complete
        assert told.cancelled_jobs == 2
        assert told.rows["jobs"] == 2
    assert await rows(studio) == dict.fromkeys(TABLES, 0)
    assert await studio.keys() == []
    assert not await studio.runner.run(waiting.job.id)


async def test_what_does_not_end_is_told(database: Database, tmp_path: Path) -> None:
    async with open_studio(database, tmp_path, deletion_patience=timedelta(0)) as studio:
        admitted = await studio.ask()
        async with studio.database.transaction() as tx:
            await tx.execute(
                "UPDATE jobs SET state = 'running', claim = id, lease_until = now() + lease"
            )

        told = await delete_media(studio.parts, HASH, keeps_facts=held_by_nobody)

        assert not told.is_complete
        assert told.running_jobs == [admitted.job.id]
        assert (await studio.job(admitted.job.id)).cancel_requested


@pytest.mark.parametrize("other_ends_sooner", [False, True], ids=["alone", "beside-another"])
async def test_what_is_asked_for_meanwhile_is_refused_or_goes_too(
    database: Database, tmp_path: Path, *, other_ends_sooner: bool
) -> None:
    class Asking(MemoryStore):
        asks = 0

        async def delete_many(self, keys: Sequence[ObjectKey]) -> Sequence[DeleteResult]:
            if not self.asks:
                self.asks += 1
                if other_ends_sooner:
                    async with database.transaction() as tx:
                        await queries.end_removal(tx, HASH)
                    later = await studio.ask(MediaType.COVER, timestamp_sec=1)
                    assert (await studio.run(later.job.id)).state is JobState.SUCCEEDED
                else:
                    with pytest.raises(MediaBeingRemovedError):
                        await studio.ask(MediaType.COVER, timestamp_sec=1)
            return await super().delete_many(keys)

    store = Asking()
    async with open_studio(database, tmp_path, media=store) as studio:
        await fill(studio)
        told = await delete_media(studio.parts, HASH, keeps_facts=held_by_nobody)

        assert store.asks == 1
        assert told.is_complete
        assert told.rows["jobs"] == 1 + other_ends_sooner
        assert await studio.keys() == [OTHER]
        assert await rows(studio) == dict.fromkeys(TABLES, 0)


async def test_what_is_being_removed_is_not_tried_again(database: Database, tmp_path: Path) -> None:
    async with open_studio(database, tmp_path) as studio:
        admitted = await studio.ask()
        async with database.transaction() as tx:
            cancelled = await studio.parts.media.jobs.cancel(tx, admitted.job.id)
            await queries.note_removal(tx, HASH)

        with pytest.raises(MediaBeingRemovedError):
            async with database.transaction() as tx:
                await retry(tx, studio.parts, cancelled, by_admin=True)
