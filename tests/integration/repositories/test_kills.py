"""Processes are killed at every write of a commit and every deletion of a collection."""

import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import anyio.to_thread
import pytest

from keyshelf.database.pool import Database
from keyshelf.layout.repository import CHUNKS, MANIFESTS
from keyshelf.repositories.check.service import check
from keyshelf.store.disk import DiskStore
from keyshelf.store.disk_options import DiskOptions
from keyshelf.store.faulty import FaultyStore
from tests.integration.repositories.killed_children import second
from tests.integration.repositories.shelf import (
    MAIN,
    Shelf,
    branch,
    commit_tree,
    open_shelf,
    tree_of,
)

pytestmark = pytest.mark.anyio
FIRST = {"a": b"the first, in several chunks", "folder/b": b"the same in both"}
LOST = {"a": b"only in a commit that no branch leads to"}


@pytest.fixture
def bucket(tmp_path: Path) -> Path:
    return tmp_path / "store"


@pytest.fixture
def shelf(database: Database, bucket: Path) -> Shelf:
    return open_shelf(database, DiskStore(bucket, DiskOptions(durable=False)))


async def count_puts(shelf: Shelf) -> int:
    """Return how many objects the commit writes, the mirror of the refs among them."""
    faulty = FaultyStore(shelf.parts.store)
    carrier = shelf.on(faulty).carrier(await shelf.repository("counted"))
    await commit_tree(carrier, FIRST)
    before = faulty.calls.count("put")
    made = await commit_tree(carrier, second("counted"))
    count = faulty.calls.count("put") - before
    await carrier.delete_ref(MAIN, expected=made)
    await shelf.collect(carrier.record)
    return count


async def test_whoever_is_killed_leaves_all_as_before_or_as_after(
    shelf: Shelf, database_url: str, bucket: Path
) -> None:
    puts = await count_puts(shelf)
    kills = [("commit", "put", call) for call in range(1, puts + 1)] + [
        ("collect", "delete_many", 1)
    ]
    deeds = {
        f"{what}-{call}-{moment}": f"{what}:{what}-{call}-{moment}:{method}:{call}:{moment}"
        for what, method, call in kills
        for moment in ("before", "after")
    }
    records = {name: await shelf.repository(name) for name in deeds}
    for name, record in records.items():
        carrier = shelf.carrier(record)
        await commit_tree(carrier, FIRST)
        if name.startswith("collect"):
            lost = await commit_tree(carrier, LOST, name=branch("try"))
            await carrier.delete_ref(branch("try"), expected=lost)

    command = [sys.executable, "-m", "tests.integration.repositories.killed_children"]
    ended = await anyio.to_thread.run_sync(
        lambda: subprocess.run(
            [*command, database_url, str(bucket), *deeds.values()],
            stdout=subprocess.PIPE,
            check=True,
            timeout=60,
        )
    )

    assert ended.stdout.split() == [b"%d" % -signal.SIGKILL] * len(deeds)
    for name, record in records.items():
        carrier = shelf.carrier(record)
        found = await carrier.ref(MAIN)
        assert found is not None
        assert await tree_of(carrier, found) in (FIRST, second(name)), name
        assert (await check(carrier, read_data=True)).is_clean, name
        await commit_tree(carrier, second(name))
    shelf.clock.pass_by(timedelta(days=2))
    for record in records.values():
        await shelf.collect(record)
    for name, record in records.items():
        assert (await check(shelf.carrier(record), read_data=True)).is_clean, name
    chunks = await shelf.rows("SELECT DISTINCT id FROM repository_chunks")
    assert len(await shelf.keys(CHUNKS)) == len(chunks)
    assert len(await shelf.keys(MANIFESTS)) == await shelf.count("repository_commits")
