"""Processes are killed at every call that they make of the store, whatever they are doing."""

import signal
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path

import anyio.to_thread
import pytest

from keyshelf.database.pool import Database
from keyshelf.layout.repository import CHUNKS, MANIFESTS
from keyshelf.repositories import managing
from keyshelf.repositories.check.service import check
from keyshelf.store.disk import DiskStore
from keyshelf.store.disk_options import DiskOptions
from keyshelf.store.faulty import FaultyStore
from tests.integration.repositories.folders import laid_out, lay_out
from tests.integration.repositories.killed_children import act
from tests.integration.repositories.shelf import (
    ANNA,
    MAIN,
    Shelf,
    branch,
    commit_tree,
    open_shelf,
    tree_of,
)

pytestmark = pytest.mark.anyio
FIRST = {"a": b"the first, in several chunks", "folder/b": b"the same in both"}
SECOND = {"a": b"the second", "folder/b": b"the same in both", "folder/c": b"new"}
LOST = {"a": b"only in a commit that no branch leads to"}
WRITES = {"put", "delete_many"}


@pytest.fixture
def shelf(database: Database, tmp_path: Path) -> Shelf:
    return open_shelf(database, DiskStore(tmp_path / "store", DiskOptions(durable=False)))


async def prepare(shelf: Shelf, what: str, name: str, base: Path) -> None:
    """Make a repository, and what is to be done in it."""
    carrier = shelf.carrier(await shelf.repository(name))
    await commit_tree(carrier, FIRST)
    if what == "commit":
        lay_out(base / name, SECOND)
    if what == "collect":
        lost = await commit_tree(carrier, LOST, name=branch("try"))
        await carrier.delete_ref(branch("try"), expected=lost)


async def deeds_of(shelf: Shelf, what: str, base: Path) -> dict[str, str]:
    """Return what is to be done and when it is killed, by the names of repositories."""
    await prepare(shelf, what, f"{what}-counted", base)
    faulty = FaultyStore(shelf.parts.store)
    await act(shelf.on(faulty), what, f"{what}-counted", base)
    deeds: dict[str, str] = {}
    for method, count in Counter(faulty.calls).items():
        for call in range(1, count + 1):
            # A read that was done leaves what one leaves that was not.
            for moment in ("before", "after") if method in WRITES else ("before",):
                name = f"{what}-{method.replace('_', '-')}-{call}-{moment}"
                deeds[name] = f"{what}:{name}:{method}:{call}:{moment}"
    return deeds


async def assert_goes_on(shelf: Shelf, what: str, name: str, base: Path) -> None:
    """See that all is as before or as after, and that the same can be done then."""
    carrier = shelf.carrier(await managing.find(shelf.parts, name, [ANNA]))
    found = await carrier.ref(MAIN)
    assert found is not None
    trees = (FIRST, SECOND) if what == "commit" else (FIRST,)
    assert await tree_of(carrier, found) in trees, name
    assert (await check(carrier, read_data=True)).is_clean, name
    if what == "checkout" and (base / name).exists():
        whole = {
            path: each for path, each in laid_out(base / name).items() if not path.endswith(".part")
        }
        assert whole.items() <= FIRST.items(), name

    await act(shelf, what, name, base)

    found = await carrier.ref(MAIN)
    assert found is not None
    assert await tree_of(carrier, found) == trees[-1], name
    if what == "checkout":
        assert laid_out(base / name) == FIRST, name


@pytest.mark.parametrize(("what", "least"), [("commit", 12), ("collect", 8), ("checkout", 3)])
async def test_whoever_is_killed_leaves_all_as_before_or_as_after(
    shelf: Shelf, database_url: str, tmp_path: Path, what: str, least: int
) -> None:
    deeds = await deeds_of(shelf, what, tmp_path)
    assert len(deeds) >= least
    for name in deeds:
        await prepare(shelf, what, name, tmp_path)

    command = [sys.executable, "-m", "tests.integration.repositories.killed_children"]
    ended = await anyio.to_thread.run_sync(
        lambda: subprocess.run(
            [*command, database_url, str(tmp_path), *deeds.values()],
            stdout=subprocess.PIPE,
            check=True,
            timeout=60,
        )
    )

    assert ended.stdout.split() == [b"%d" % -signal.SIGKILL] * len(deeds)
    for name in deeds:
        await assert_goes_on(shelf, what, name, tmp_path)
    shelf.clock.pass_by(timedelta(days=2))
    for name in deeds:
        record = await managing.find(shelf.parts, name, [ANNA])
        await shelf.collect(record)
        assert (await check(shelf.carrier(record), read_data=True)).is_clean, name
    chunks = await shelf.rows("SELECT DISTINCT id FROM repository_chunks")
    assert len(await shelf.keys(CHUNKS)) == len(chunks)
    assert len(await shelf.keys(MANIFESTS)) == await shelf.count("repository_commits")
