"""What is counted every day, on a real database: by hand, and of real repositories."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from keyshelf.database.pool import Database
from keyshelf.operations.classes import StorageClass
from keyshelf.operations.prices import reading
from keyshelf.operations.stats import counting
from keyshelf.operations.stats import service as stats
from keyshelf.operations.stats.growth import Series, growth
from keyshelf.operations.stats.service import StatsParts
from keyshelf.operations.stats.values import Ages, Amount, AskedOf, Kind, Stored
from keyshelf.store.memory import MemoryStore
from tests.integration.repositories.shelf import ANNA, Shelf, commit_tree, open_shelf

pytestmark = [pytest.mark.anyio, pytest.mark.services]

TODAY = date(2026, 3, 31)


class Days:
    """The time, which passes by days."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 31, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def clock() -> Days:
    return Days()


@pytest.fixture
def parts(database: Database, store: MemoryStore, clock: Days) -> StatsParts:
    return StatsParts(database=database, repository=store, clock=clock)


@pytest.fixture
def shelf(database: Database, store: MemoryStore) -> Shelf:
    return open_shelf(database, store)


def amounts(stored: Sequence[Stored], kind: Kind) -> dict[str, Amount]:
    """By tenant."""
    return {each.tenant: each.amount for each in stored if each.kind is kind}


async def chunk_objects(store: MemoryStore) -> Amount:
    """What is in the bucket really."""
    sizes = [each.size async for page in store.list("v1/chunks/") for each in page.objects]
    return Amount(len(sizes), sum(sizes), len(sizes), sum(sizes))


async def plant_days(database: Database, days: Sequence[tuple[date, int]]) -> None:
    """Write days down on which a repository held so many bytes of chunks."""
    repository = UUID(int=7)
    async with database.transaction() as tx:
        for day, count in days:
            at = datetime(day.year, day.month, day.day, 6, tzinfo=UTC)
            await tx.execute(
                """
                INSERT INTO repository_stats (day, repository, calculated_at, name, owner_id,
                    commits, chunks, logical_bytes, chunk_bytes, stored_bytes, storage_bytes)
                VALUES (%(day)s, %(id)s, %(at)s, 'film', 'anna', 1, 1, %(n)s, %(n)s, %(n)s, %(n)s)
                """,
                {"day": day, "at": at, "id": repository, "n": count},
            )
            await tx.execute(
                """
                INSERT INTO storage_snapshots (day, store, kind, storage_class, tenant,
                    calculated_at, objects, bytes, small_objects, small_bytes, is_estimate)
                VALUES (%(day)s, 'repository', 'chunk', 'hot', 'anna', %(at)s, 1, %(n)s, 0, 0,
                    false)
                """,
                {"day": day, "at": at, "n": count},
            )


async def test_files_and_the_trash_are_counted_by_owner(
    parts: StatsParts, database: Database
) -> None:
    async with database.transaction() as tx:
        for name, owner, size, is_trash in (
            ("a", "anna", 1_000_000, False),
            ("b", "anna", 50, False),
            ("c", "anna", 7, True),
            ("d", "shared", 5, False),
        ):
            row = uuid4()
            await tx.execute(
                """
                INSERT INTO files (id, s3_key, filename, owner_id, size, deleted_at, trashed_with)
                VALUES (%(id)s, %(name)s, %(name)s, %(owner)s, %(size)s, %(deleted)s, %(with)s)
                """,
                {
                    "id": row,
                    "name": name,
                    "owner": owner,
                    "size": size,
                    "deleted": datetime(2026, 1, 1, tzinfo=UTC) if is_trash else None,
                    "with": row if is_trash else None,
                },
            )
        await tx.execute(
            "INSERT INTO files (s3_key, filename, owner_id, size, is_folder)"
            " VALUES ('f/', 'f', 'anna', 1000050, true)"
        )
        await tx.execute(
            "INSERT INTO files (s3_key, filename, owner_id, state)"
            " VALUES ('p', 'p', 'anna', 'pending')"
        )

    found = (await stats.take(parts)).stored

    assert amounts(found, Kind.FILE) == {
        "anna": Amount(3, 1_000_050, 2, 50),  # the folder's marker is empty
        "shared": Amount(1, 5, 1, 5),
    }
    assert amounts(found, Kind.TRASH) == {"anna": Amount(1, 7, 1, 7)}


async def test_what_was_made_of_media_is_counted_by_what_it_is(
    parts: StatsParts, database: Database
) -> None:
    async with database.transaction() as tx:
        await tx.execute(
            "INSERT INTO media_assets (hash, owner_id, source_key) VALUES ('h', 'anna', 'k')"
        )
        for key, kind, size in (
            ("images/h/h/thumb.webp", "thumbnail", 2_000),
            ("videos/h/h/master.m3u8", "stream", 10 * 2**20),
            ("audio/h/h/full.flac", "download", 300_000),
        ):
            await tx.execute(
                "INSERT INTO media_renditions (hash, key, kind, format, size)"
                " VALUES ('h', %(key)s, %(kind)s, 'x', %(size)s)",
                {"key": key, "kind": kind, "size": size},
            )
        await tx.execute(
            "INSERT INTO image_cache_entries (processing_hash, storage_key, source_key,"
            " source_version, format, size) VALUES (%(hash)s, 'c', 's', 'v', 'webp', 9)",
            {"hash": "0" * 64},
        )

    found = (await stats.take(parts)).stored

    assert amounts(found, Kind.IMAGE) == {"anna": Amount(1, 2_000, 1, 2_000)}
    assert amounts(found, Kind.VIDEO) == {"anna": Amount(11, 10 * 2**20, 0, 0)}
    assert amounts(found, Kind.AUDIO) == {"anna": Amount(1, 300_000)}
    assert amounts(found, Kind.CACHE) == {"": Amount(1, 9, 1, 9)}
    assert {each.kind for each in found if each.is_estimate} == {Kind.VIDEO}


async def test_chunks_that_repositories_share_are_counted_once(
    parts: StatsParts, shelf: Shelf, store: MemoryStore
) -> None:
    film, stills = await shelf.repository("film"), await shelf.repository("stills")
    await commit_tree(shelf.carrier(film), {"a": b"the same bytes in both", "b": b"film's own"})
    await commit_tree(shelf.carrier(stills), {"a": b"the same bytes in both"})

    found = await stats.take(parts)

    real = await chunk_objects(store)
    (counted,) = amounts(found.stored, Kind.CHUNK).values()
    assert counted.objects == pytest.approx(real.objects, abs=1)
    assert counted.bytes == pytest.approx(real.bytes, abs=2)
    assert sum(each.stored_bytes for each in found.repositories) > real.bytes
    assert [each.name for each in found.repositories] == ["film", "stills"]
    assert amounts(found.stored, Kind.MANIFEST)[ANNA].objects == 2


async def test_many_chunks_are_told_by_a_sample(
    parts: StatsParts, shelf: Shelf, store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    film = await shelf.repository("film")
    content = bytes(n % 251 for n in range(8_000))
    await commit_tree(shelf.carrier(film), {"a": content, "b": content[::-1]})
    real = await chunk_objects(store)
    monkeypatch.setattr(counting, "SAMPLE_ROWS", real.objects // 2)

    found = await stats.take(parts)

    (counted,) = [each for each in found.stored if each.kind is Kind.CHUNK]
    assert counted.is_estimate
    assert (counted.amount.objects, counted.amount.bytes) == (real.objects, real.bytes)


async def test_a_day_is_written_once_and_again_only_when_asked(
    parts: StatsParts, shelf: Shelf, clock: Days
) -> None:
    film = await shelf.repository("film")
    await stats.take_once(parts)
    await commit_tree(shelf.carrier(film), {"a": b"something"})

    await stats.take_once(parts)
    before = await stats.latest(parts)
    await stats.take(parts)
    after = await stats.latest(parts)
    clock.now += timedelta(days=1)
    await stats.take_once(parts)

    assert amounts(before.stored, Kind.CHUNK) == {}
    assert amounts(after.stored, Kind.CHUNK)[ANNA].objects > 0
    history = await stats.history(parts, days=30)
    assert [each.day for each in history] == [TODAY, TODAY + timedelta(days=1)]
    assert history[0] == after
    assert after.at == clock.now - timedelta(days=1)


async def test_without_any_day_the_first_is_taken(parts: StatsParts, shelf: Shelf) -> None:
    await shelf.repository("film")

    found = await stats.latest(parts)

    assert found.day == TODAY
    assert await stats.history(parts, days=1) == [found]


async def test_rules_move_old_chunks_to_their_class(
    parts: StatsParts, database: Database, shelf: Shelf
) -> None:
    film = await shelf.repository("film")
    await commit_tree(shelf.carrier(film), {"a": b"x" * 100})
    (record,) = (await stats.take(parts)).repositories
    await plant_days(database, [(TODAY - timedelta(days=40), record.stored_bytes // 2)])

    async def thirty() -> Ages:
        return {StorageClass.WARM: 30}

    found = (await stats.take(replace(parts, ages=thirty))).stored

    by_class = {each.storage_class: each for each in found if each.kind is Kind.CHUNK}
    assert by_class[StorageClass.WARM].amount.bytes == record.stored_bytes // 2
    assert by_class[StorageClass.WARM].is_estimate


async def test_the_daily_storage_cost_estimate(parts: StatsParts, database: Database) -> None:
    """The specification's statement, its factor mended.

    1,024 GB on the last of March, which has 31 days: 1,024 * 0.023 / 31 = 0.7597…; half of it
    on the last of February, which has 28: 512 * 0.023 / 28 = 0.4206…
    """
    gb = 2**30
    await plant_days(database, [(date(2026, 2, 28), 512 * gb), (TODAY, 1_024 * gb)])
    table = reading.shipped().table("s3.us-east-1")

    found = await stats.daily_cost(parts, table, days=90)

    assert [(each.day, each.total_bytes) for each in found] == [
        (TODAY, 1_024 * gb),
        (date(2026, 2, 28), 512 * gb),
    ]
    assert found[0].estimated_cost == pytest.approx(float(Decimal("23.552") / 31))
    assert found[1].estimated_cost == pytest.approx(float(Decimal("11.776") / 28))


async def test_growth_is_a_series_for_each_thing(parts: StatsParts, database: Database) -> None:
    await plant_days(database, [(TODAY - timedelta(days=1), 5), (TODAY, 8)])

    history = await stats.history(parts, days=10)

    assert [(each.day, each.name, each.bytes) for each in growth(history, Series.KIND)] == [
        (TODAY - timedelta(days=1), "repository chunk", 5),
        (TODAY, "repository chunk", 8),
    ]
    assert {each.name for each in growth(history, Series.REPO)} == {"anna/film"}
    assert {each.name for each in growth(history, Series.CLASS)} == {"hot"}


async def test_what_was_asked_is_written_down_too(parts: StatsParts, database: Database) -> None:
    async with database.transaction() as tx:
        await tx.execute(
            "INSERT INTO store_requests VALUES ('source', 'here', 'put', 7, 0, 0, 1.5, '{7}')"
        )
        await tx.execute(
            "INSERT INTO files (s3_key, filename, owner_id, size) VALUES ('a', 'a', 'anna', 1)"
        )

    taken = await stats.take(parts)

    assert list(taken.asked) == [AskedOf("source", writes=7)]
    assert await stats.latest(parts) == taken
