"""Backfill on a real database."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from keyshelf.database.pool import Database
from keyshelf.drive.backfill.missing import find_missing
from keyshelf.drive.backfill.service import BackfillResult, BackfillRunningError, backfill
from keyshelf.drive.failures import NameTakenError
from keyshelf.drive.parts import DriveParts
from keyshelf.drive.tree import places
from keyshelf.drive.values import Target
from keyshelf.layout.keys import ObjectKey
from keyshelf.store.base import Attributes, ObjectMeta, PutOptions
from keyshelf.store.errors import StoreForbiddenError
from keyshelf.store.memory import MemoryStore
from tests.integration.uploads.kit import (
    ANA,
    HARD_NAMES,
    SteppedClock,
    begin,
    drive_parts,
    memory_options,
    send,
    true_sizes,
    upload_file,
)

pytestmark = pytest.mark.anyio


class CountingStore(MemoryStore):
    """A store that counts what is asked of it, and refuses to show one key."""

    heads: list[str]
    refused = ""

    async def head(self, key: ObjectKey) -> ObjectMeta:
        self.heads.append(key)
        if key == self.refused:
            raise StoreForbiddenError("not for you")
        return await super().head(key)


@pytest.fixture
def store() -> CountingStore:
    store = CountingStore(memory_options(SteppedClock(), page_limit=3))
    store.heads = []
    return store


@pytest.fixture
def parts(database: Database, store: CountingStore) -> DriveParts:
    return drive_parts(database, store, SteppedClock())


async def fill(store: MemoryStore, *keys: str, data: bytes = b"12345") -> None:
    for key in keys:
        await store.put(ObjectKey(key), b"" if key.endswith("/") else data)


async def run(parts: DriveParts, *, prefix: str = "", dry_run: bool = False) -> BackfillResult:
    return await backfill(parts, asked_by="ops", prefix=prefix, dry_run=dry_run)


async def paths(database: Database) -> dict[str, int]:
    """The live tree: the path of each row from its owner down, with its size."""
    async with database.read() as tx:
        rows = await tx.all(
            "SELECT id, owner_id, is_folder, size FROM files WHERE deleted_at IS NULL"
        )
        return {
            "/".join([row["owner_id"], *await places.names_of(tx, row["id"])])
            + "/" * row["is_folder"]: row["size"]
            for row in rows
        }


def counts(result: BackfillResult) -> Sequence[int]:
    return (
        result.scanned,
        result.already_registered,
        result.folders_created,
        result.files_created,
        len(result.errors),
    )


async def test_objects_become_files_with_the_folders_above(
    parts: DriveParts, store: CountingStore, database: Database
) -> None:
    await fill(store, "ana/my-files/Docs/a.txt", "ana/my-files/x.txt", "shared/t/u/b.png")

    result = await run(parts)

    assert result == BackfillResult(dry_run=False, scanned=3, folders_created=3, files_created=3)
    assert await paths(database) == {
        "ana/Docs/": 5,
        "ana/Docs/a.txt": 5,
        "ana/x.txt": 5,
        "shared/t/": 5,
        "shared/t/u/": 5,
        "shared/t/u/b.png": 5,
    }


async def test_a_second_run_makes_nothing(parts: DriveParts, store: CountingStore) -> None:
    await fill(store, "ana/my-files/d/", "ana/my-files/d/e/a", "ana/my-files/b")
    await run(parts)

    assert counts(await run(parts)) == (3, 3, 0, 0, 0)


async def test_a_dry_run_writes_nothing_and_predicts_the_real_one(
    parts: DriveParts, store: CountingStore, database: Database
) -> None:
    await upload_file(parts, "taken", b"x")
    await fill(
        store,
        *(f"ana/my-files/a/b{number}/c/{name}" for number in range(4) for name in "xyz"),
        "ana/my-files/a/b1/",
        "ana/my-files/a/b1",
        "ana/my-files/empty/",
        "ana/my-files/name",
        "ana/my-files/name-",
        "ana/my-files/name.",
        "ana/my-files/name/below",
        "ana/my-files/taken/below",
        "ana/my-files/",
        "stray",
        "a//b",
    )
    before = await paths(database)

    predicted = await run(parts, dry_run=True)

    assert await paths(database) == before
    real = await run(parts)
    assert counts(real) == counts(predicted)
    assert real.errors == predicted.errors
    assert real.scanned == (
        real.already_registered + real.files_created + len(real.errors) + 1
    )  # one folder has a marker
    assert await true_sizes(database)


async def test_a_prefix_bounds_the_run(parts: DriveParts, store: CountingStore) -> None:
    await fill(store, "ana/my-files/a", "ben/my-files/b", "bena/my-files/c", "shared/d")

    assert counts(await run(parts, prefix="ben/")) == (1, 0, 0, 1, 0)
    assert counts(await run(parts, prefix="nobody")) == (0, 0, 0, 0, 0)
    assert counts(await run(parts)) == (4, 1, 0, 3, 0)


async def test_the_store_is_asked_only_where_the_name_does_not_tell(
    parts: DriveParts, store: CountingStore, database: Database
) -> None:
    await fill(store, "ana/my-files/a.png", "ana/my-files/dir/")
    for name, stated in [
        ("b", "text/x-special"),
        ("c.unheard-of", "application/octet-stream"),
        ("d", "nonsense"),
        ("e.jpg", "text/html"),
    ]:
        await store.put(
            ObjectKey(f"ana/my-files/{name}"),
            b"x",
            PutOptions(attributes=Attributes(content_type=stated)),
        )

    await run(parts)

    assert sorted(store.heads) == [
        "ana/my-files/b",
        "ana/my-files/c.unheard-of",
        "ana/my-files/d",
    ]
    async with database.read() as tx:
        rows = await tx.all("SELECT filename, mimetype FROM files")
    assert {row["filename"]: row["mimetype"] for row in rows} == {
        "a.png": "image/png",
        "b": "text/x-special",
        "c.unheard-of": "application/octet-stream",
        "d": "application/octet-stream",
        "dir": "inode/directory",
        "e.jpg": "image/jpeg",
    }


async def test_one_broken_object_does_not_stop_the_others(
    parts: DriveParts, store: CountingStore
) -> None:
    store.refused = "ana/my-files/broken"
    await fill(store, "ana/my-files/broken", "ana/my-files/fine", "ana/my-files/fine.txt")

    result = await run(parts)

    assert result.files_created == 2
    assert result.errors == ["ana/my-files/broken: its type cannot be read: not for you"]


async def test_keys_of_no_drive_are_told_with_the_reason(
    parts: DriveParts, store: CountingStore, database: Database
) -> None:
    await fill(store, "U/f.txt", "f.txt", "U/my-files/a//b", "U/my-files/a\nb", "U/my-files/ok")

    result = await run(parts)

    assert counts(result) == (5, 0, 0, 1, 4)
    assert all(": " in error for error in result.errors)
    assert any(error.startswith("U/my-files/a\\nb: ") for error in result.errors)
    assert list(await paths(database)) == ["U/ok"]


async def test_what_another_part_of_keyshelf_knows_is_not_imported(
    parts: DriveParts, store: CountingStore, database: Database
) -> None:
    begun = await begin(parts, "open", 5)
    await send(parts, ANA, begun.file.id, b"12345")
    moving = await upload_file(parts, "moving", b"12345")
    trashed = await upload_file(parts, "trashed", b"12345")
    await fill(store, "ana/my-files/copied", "ana/my-files/garbage", ".keyshelf/aside/1/x")
    async with database.transaction() as tx:
        await tx.execute("INSERT INTO object_deletions (s3_key) VALUES ('ana/my-files/garbage')")
        await tx.execute(
            "UPDATE files SET pending_key = 'ana/my-files/copied', moving = true WHERE id = %(id)s",
            {"id": moving.id},
        )
        await tx.execute(
            "UPDATE files SET deleted_at = now(), trashed_with = id WHERE id = %(id)s",
            {"id": trashed.id},
        )

    assert counts(await run(parts)) == (5, 5, 0, 0, 0)


async def test_a_name_that_a_moving_row_has_is_told(
    parts: DriveParts, store: CountingStore, database: Database
) -> None:
    file = await upload_file(parts, "old", b"12345")
    async with database.transaction() as tx:
        await tx.execute(
            "UPDATE files SET filename = 'new', moving = true WHERE id = %(id)s", {"id": file.id}
        )
    await fill(store, "ana/my-files/new")

    result = await run(parts)

    assert counts(result) == (2, 1, 0, 0, 1)
    assert result.errors == ["ana/my-files/new: another file has its name"]


async def test_a_folder_whose_key_the_trash_has_starts_aside(
    parts: DriveParts, store: CountingStore, database: Database
) -> None:
    await fill(store, "ana/my-files/d/a")
    await run(parts)
    async with database.transaction() as tx:
        await tx.execute(
            "UPDATE files SET deleted_at = now(),"
            " trashed_with = (SELECT id FROM files WHERE filename = 'd')"
        )
    await fill(store, "ana/my-files/d/b")

    result = await run(parts)

    assert counts(result) == (2, 1, 1, 1, 0)
    async with database.read() as tx:
        folder = await tx.one(
            "SELECT s3_key, moving, size FROM files WHERE filename = 'd' AND deleted_at IS NULL"
        )
        assert await tx.value("SELECT count(*) FROM jobs WHERE kind = 'settle'") == 1
    assert folder
    assert folder["s3_key"].startswith(".keyshelf/aside/")
    assert folder["moving"]
    assert folder["size"] == 5


async def test_sizes_of_folders_that_were_there_grow_too(
    parts: DriveParts, store: CountingStore, database: Database
) -> None:
    await fill(store, "ana/my-files/a/b/c/one")
    await run(parts)
    await fill(store, *(f"ana/my-files/a/b/{number}" for number in range(7)))

    await run(parts)

    assert (await paths(database))["ana/a/"] == 40
    assert await true_sizes(database)


async def test_hard_names_survive(
    parts: DriveParts, store: CountingStore, database: Database
) -> None:
    names = [name for name in HARD_NAMES if len(name) < 200]
    await fill(store, *(f"ana/my-files/{name}/{name}" for name in names))

    result = await run(parts)

    assert result.errors == []
    assert (await paths(database)).keys() == {
        path for name in names for path in (f"ana/{name}/", f"ana/{name}/{name}")
    }


async def test_files_are_as_old_as_their_objects(
    parts: DriveParts, store: CountingStore, database: Database
) -> None:
    await fill(store, "ana/my-files/a")

    await run(parts)

    async with database.read() as tx:
        assert await tx.value("SELECT created_at FROM files") == datetime(
            2031, 5, 6, 7, 8, 9, tzinfo=UTC
        )


async def test_only_one_runs_at_a_time(
    parts: DriveParts, store: CountingStore, database: Database
) -> None:
    await fill(store, "ana/my-files/a")
    seen: list[int] = []

    async def meanwhile(scanned: int) -> None:
        seen.append(scanned)
        with pytest.raises(BackfillRunningError):
            await run(parts)

    await backfill(parts, asked_by="ops", on_progress=meanwhile)

    assert seen == [1]
    assert counts(await run(parts)) == (1, 1, 0, 0, 0)


async def test_a_run_that_was_cut_short_goes_on_at_the_next(
    parts: DriveParts, store: CountingStore, database: Database
) -> None:
    await fill(store, *(f"ana/my-files/d/{number}" for number in range(9)))

    async def stop(scanned: int) -> None:
        if scanned == 6:
            raise BackfillRunningError("stopped by the test")

    with pytest.raises(BackfillRunningError, match="stopped"):
        await backfill(parts, asked_by="ops", on_progress=stop)

    assert await true_sizes(database)
    assert counts(await run(parts)) == (9, 6, 0, 3, 0)
    assert await true_sizes(database)


async def test_what_people_do_meanwhile_is_seen(
    parts: DriveParts, store: CountingStore, database: Database
) -> None:
    await fill(store, *(f"ana/my-files/d/{number}" for number in range(9)))

    async def meanwhile(scanned: int) -> None:
        if scanned == 3:
            # It takes the key of an object that the listing still has to come to.
            with pytest.raises(NameTakenError):
                await begin(parts, "8", 3, target=await folder_called("d"))
            await upload_file(parts, "new", b"12", target=await folder_called("d"))

    async def folder_called(name: str) -> Target:
        async with database.read() as tx:
            return Target(
                await tx.value("SELECT id FROM files WHERE filename = %(name)s", {"name": name})
            )

    result = await backfill(parts, asked_by="ops", on_progress=meanwhile)

    assert counts(result) == (9, 1, 1, 8, 0)
    assert (await paths(database))["ana/d/"] == 47
    assert await true_sizes(database)


async def test_a_pending_name_is_not_taken_from_its_upload(
    parts: DriveParts, store: CountingStore
) -> None:
    await begin(parts, "a", 3, target=Target(None))
    await fill(store, "ana/my-files/a/b")

    result = await run(parts)

    assert result.errors == ["ana/my-files/a/b: 'a' in its path is a file, not a folder"]


class TestMissing:
    async def test_rows_whose_object_is_gone_are_named(
        self, parts: DriveParts, store: CountingStore
    ) -> None:
        await fill(store, *(f"ana/my-files/d/{number}" for number in range(9)), "shared/x")
        await run(parts)
        for number in (0, 4, 8):
            await store.delete(ObjectKey(f"ana/my-files/d/{number}"))

        report = await find_missing(parts)

        assert report.checked == 10
        assert report.missing_count == 3
        assert [row.key[-1] for row in report.missing] == ["0", "4", "8"]
        assert {row.size for row in report.missing} == {5}

    async def test_a_prefix_bounds_the_report(
        self, parts: DriveParts, store: CountingStore
    ) -> None:
        await fill(store, "ana/my-files/a%b", "ana/my-files/a_b", "shared/x")
        await run(parts)
        for key in ("ana/my-files/a%b", "ana/my-files/a_b", "shared/x"):
            await store.delete(ObjectKey(key))

        report = await find_missing(parts, prefix="ana/my-files/a_")

        assert [row.key for row in report.missing] == ["ana/my-files/a_b"]
        assert report.checked == 1

    async def test_folders_and_pending_files_are_not_missed(
        self, parts: DriveParts, store: CountingStore
    ) -> None:
        await fill(store, "ana/my-files/d/a", "stray", "zzz")
        await run(parts)
        await begin(parts, "pending", 3)

        report = await find_missing(parts)

        assert (report.checked, report.missing_count) == (1, 0)
