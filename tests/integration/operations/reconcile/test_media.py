"""The media store beside renditions, encodes, kept pictures and jobs."""

import json
from uuid import uuid4

import pytest

from keyshelf.database.pool import Database
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
from keyshelf.operations.reconcile.service import ReconcileParts, reconcile
from keyshelf.operations.reconcile.values import Kind
from keyshelf.store.base import ObjectStore
from keyshelf.store.memory import MemoryStore
from keyshelf.workflows.reconcile_store import media_ledger

pytestmark = pytest.mark.anyio

FILM, PICTURE, BUSY = MediaHash("ab" * 32), MediaHash("cd" * 32), MediaHash("ef" * 32)
THUMBNAIL = image_key(PICTURE, "thumb", "webp")
KEPT = cache_key(processing_hash("12" * 32), "webp")
MASTER = video_key(FILM, "master.m3u8")
STREAM = [
    MASTER,
    video_key(FILM, "stream.mpd"),
    *(video_key(FILM, f"r720_h264/{number}.m4s") for number in range(3)),
]


@pytest.fixture
async def store(database: Database) -> ObjectStore:
    """A media store in which all is as it should be."""
    made = MemoryStore()
    job = uuid4()
    async with database.transaction() as tx:
        for media, key, kind in ((PICTURE, THUMBNAIL, "thumbnail"), (FILM, MASTER, "stream")):
            await tx.execute(
                """
                INSERT INTO media_renditions (hash, key, kind, format, size)
                VALUES (%(hash)s, %(key)s, %(kind)s, 'webp', 5)
                """,
                {"hash": media, "key": key, "kind": kind},
            )
        await tx.execute(
            """
            INSERT INTO image_cache_entries
                (processing_hash, storage_key, source_key, source_version, format, size)
            VALUES (%(name)s, %(key)s, 'a', 'b', 'webp', 5)
            """,
            {"name": "12" * 32, "key": KEPT},
        )
        await tx.execute(
            """
            INSERT INTO media_encodes (id, hash, area, state, folders)
            VALUES (gen_random_uuid(), %(hash)s, 'videos', 'live', '{r720_h264}')
            """,
            {"hash": FILM},
        )
        await tx.execute(
            """
            INSERT INTO jobs (id, kind, queue, owner_id, payload, max_attempts, lease)
            VALUES (%(id)s, 'transcode', 'large', 'anna', %(payload)s::jsonb, 3, '30 s')
            """,
            {"id": job, "payload": json.dumps({"hash": BUSY})},
        )
    for key in (*STREAM, THUMBNAIL, KEPT, work_key(job, "a/b.mp4"), audio_key(BUSY, "mp3/x.mp3")):
        await made.put(key, b"12345")
    return made


async def test_what_belongs_to_something_is_no_orphan(
    database: Database, store: ObjectStore, later: ReconcileParts
) -> None:
    report = await reconcile(later, media_ledger(database, store))

    assert report.findings == []
    assert (report.counts.objects, report.counts.rows) == (len(STREAM) + 4, 3)


async def test_repair_deletes_what_can_be_made_again_and_forgets_what_is_gone(
    database: Database, store: ObjectStore, later: ReconcileParts
) -> None:
    left = [
        video_key(FILM, "r1080_h264/1.m4s"),
        image_key(PICTURE, "other", "webp"),
        cache_key(processing_hash("34" * 32), "webp"),
        work_key(uuid4(), "a/b.mp4"),
    ]
    stranger = ObjectKey("images/notes.txt")
    for key in (*left, stranger):
        await store.put(key, b"12345")
    for key in (THUMBNAIL, KEPT):
        await store.delete(key)

    told = await reconcile(later, media_ledger(database, store))
    done = await reconcile(later, media_ledger(database, store), repair=True)
    after = await reconcile(later, media_ledger(database, store))

    assert told.counts.repaired == 0
    assert {each.key: each.kind for each in told.findings} == {
        **dict.fromkeys((*left, stranger), Kind.ORPHAN),
        **dict.fromkeys((THUMBNAIL, KEPT), Kind.MISSING),
    }
    assert {each.key: each.repair for each in done.findings} == {
        **dict.fromkeys(left, "deleted"),
        **dict.fromkeys((THUMBNAIL, KEPT), "forgotten"),
        stranger: None,
    }
    assert [each.key for each in after.findings] == [stranger]
