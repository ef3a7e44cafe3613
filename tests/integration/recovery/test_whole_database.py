"""The database of a system that goes on working is lost, and comes back from the buckets alone."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import LiteralString

import pytest

from keyshelf.database.migrate import migrate
from keyshelf.database.pool import Database
from keyshelf.drive.backfill.service import backfill
from keyshelf.layout.keys import ObjectKey
from keyshelf.repositories import managing
from keyshelf.repositories.mirroring import mirror
from keyshelf.repositories.rebuild.service import rebuild
from keyshelf.store.base import NewObject
from keyshelf.store.disk import DiskStore
from tests.integration.drive.conftest import open_drive
from tests.integration.repositories.shelf import ANNA as OWNER
from tests.integration.repositories.shelf import MAIN, branch, commit_tree, open_shelf, tree_of

pytestmark = [pytest.mark.anyio, pytest.mark.long, pytest.mark.timeout(600)]

FILES, CHUNKED = 60_000, 42_000
EVERYTHING: Mapping[str, LiteralString] = {
    "files": """
        SELECT f.s3_key, f.filename, f.size, f.owner_id, f.is_folder, f.mimetype, f.object_etag,
            p.s3_key AS parent
        FROM files f LEFT JOIN files p ON p.id = f.parent_id ORDER BY f.s3_key
    """,
    "repositories": """
        SELECT id, owner_id, name, created_at, key_id, generation, chunks, chunk_bytes,
            stored_bytes
        FROM repositories ORDER BY id
    """,
    "refs": """
        SELECT r.id, f.kind, f.name, f.commit_hash FROM repository_refs f
        JOIN repositories r ON r.number = f.repository ORDER BY 1, 2, 3
    """,
    "commits": """
        SELECT r.id, c.hash, c.parents, c.generation, c.files, c.bytes FROM repository_commits c
        JOIN repositories r ON r.number = c.repository ORDER BY 1, 2
    """,
    "chunks": """
        SELECT r.id, c.id AS chunk, c.size, c.stored_size FROM repository_chunks c
        JOIN repositories r ON r.number = c.repository ORDER BY 1, 2
    """,
}


async def everything(database: Database) -> dict[str, Sequence[Mapping[str, object]]]:
    async with database.read() as tx:
        return {name: await tx.all(sql) for name, sql in EVERYTHING.items()}


async def lose_the_database(database: Database) -> None:
    async with database.transaction() as tx:
        await tx.execute("DROP SCHEMA public CASCADE")
        await tx.execute("CREATE SCHEMA public")


async def fill(store: DiskStore) -> None:
    """Put files into folders of a hundred, three deep, two drives and what is shared."""
    roots = ("anna/my-files", "bert/my-files", "shared")
    objects = [
        NewObject(
            ObjectKey(
                f"{roots[number % 3]}/Day {number // 9000}/{number // 300}/clip {number}.mov"
            ),
            b"x" * (number % 50),
        )
        for number in range(FILES)
    ]
    for start in range(0, FILES, 5000):
        await store.put_many(objects[start : start + 5000])


async def test_all_of_a_hundred_thousand_objects_comes_back(
    database: Database, tmp_path: Path
) -> None:
    source, versions = DiskStore(tmp_path / "source"), DiskStore(tmp_path / "repository")
    shelf = open_shelf(database, versions)
    async with open_drive(database, source) as drive:
        await fill(source)
        await backfill(drive.parts, asked_by="anna")
        film = await shelf.repository("film")
        tree = {f"shot {at // 500}/take {at}": f"take {at:>6}".encode() for at in range(CHUNKED)}
        first = await commit_tree(shelf.carrier(film), tree)
        second = await commit_tree(shelf.carrier(film), {**tree, "notes.txt": b"more"})
        await shelf.carrier(film).move_ref(branch("old"), expected=None, to=first)
        secret = bytes(range(32))
        sealed = await shelf.repository("secret", secret=secret)
        await commit_tree(shelf.carrier(sealed, secret), {"a": b"nobody reads this"})
        for each in (film, sealed):
            await mirror(shelf.parts, each.id)
        before = await everything(database)
        objects = FILES + len(before["chunks"])
        assert objects > 100_000

        await lose_the_database(database)
        await migrate(database)
        await backfill(drive.parts, asked_by="anna")
        await rebuild(shelf.parts)
        after = await everything(database)

        for name in EVERYTHING:
            assert after[name] == before[name], name
        await drive.file("made after.txt")
        assert "made after.txt" in await drive.names()
        now = await managing.find(shelf.parts, "film", [OWNER])
        carrier = shelf.carrier(now)
        assert (await tree_of(carrier, second))["notes.txt"] == b"more"
        third = await commit_tree(carrier, {"notes.txt": b"still more"})
        assert await carrier.ref(MAIN) == third
