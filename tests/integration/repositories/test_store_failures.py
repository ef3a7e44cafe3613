"""The store fails at every one of its calls: all is as before or as after, and goes on."""

from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from keyshelf.layout.repository import CHUNKS, CommitHash
from keyshelf.repositories.cache import FolderCache
from keyshelf.repositories.catalog.values import RepositoryRecord
from keyshelf.repositories.check.service import check
from keyshelf.repositories.mirroring import mirror
from keyshelf.repositories.pushes import queries as push_rows
from keyshelf.store.errors import StoreUnavailableError
from keyshelf.store.faulty import FaultyStore
from tests.integration.repositories.folders import (
    check_out_folder,
    commit_folder,
    laid_out,
    lay_out,
)
from tests.integration.repositories.shelf import (
    MAIN,
    Shelf,
    branch,
    commit_tree,
    tree_of,
)

pytestmark = pytest.mark.anyio
FIRST = {"a.txt": b"first", "sub/b.txt": b"the same in both"}
SECOND = {"a.txt": b"second", "sub/b.txt": b"the same in both", "sub/c.txt": b"new"}
Act = Callable[[Shelf], Awaitable[object]]


async def calls_of(shelf: Shelf, act: Act) -> Counter[str]:
    """Return how often each method of the store is called when nothing fails."""
    faulty = FaultyStore(shelf.parts.store)
    await act(shelf.on(faulty))
    return Counter(faulty.calls)


def faults_of(shelf: Shelf, calls: Counter[str]) -> list[tuple[str, Shelf]]:
    """Return ways to the store that fail at one call each, before or after it is done."""
    ways: list[tuple[str, Shelf]] = []
    for method, count in calls.items():
        for call in range(1, count + 1):
            for plan in (FaultyStore.fail, FaultyStore.lose_answer):
                faulty = FaultyStore(shelf.parts.store)
                plan(faulty, method, call=call)
                ways.append((f"{plan.__name__} {method} {call}", shelf.on(faulty)))
    return ways


@pytest.mark.parametrize("is_killed", [False, True])
async def test_a_commit_is_there_or_not_and_can_be_made_again(
    shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_killed: bool
) -> None:
    lay_out(tmp_path, SECOND)
    scratch = await shelf.repository("scratch")
    await commit_tree(shelf.carrier(scratch), FIRST)
    calls = await calls_of(
        shelf, lambda way: commit_folder(way, scratch, tmp_path, FolderCache.in_memory())
    )
    assert calls["put"] > 4
    if is_killed:
        monkeypatch.setattr(push_rows, "end", _nothing)

    for number, (name, way) in enumerate(faults_of(shelf, calls)):
        await shelf.empty()
        for key in await shelf.keys():
            await shelf.parts.store.delete(key)
        record = await shelf.repository(f"film-{number}")
        carrier = shelf.carrier(record)
        first = await commit_tree(carrier, FIRST)
        try:
            await commit_folder(way, record, tmp_path, FolderCache.in_memory())
        except StoreUnavailableError:
            pass  # whether it was made is seen by where the branch is
        found = await carrier.ref(MAIN)
        assert found is not None, name
        assert await tree_of(carrier, found) == (FIRST if found == first else SECOND), name
        assert (await check(carrier, read_data=True)).is_clean, name

        again = await commit_folder(shelf, record, tmp_path, FolderCache.in_memory())
        shelf.clock.pass_by(timedelta(days=2))
        await shelf.collect(record)
        await mirror(shelf.parts, record.id)

        assert await tree_of(carrier, again) == SECOND, name
        assert (await check(carrier, read_data=True)).is_clean, name
        held = await shelf.count("repository_chunks")
        assert len(await shelf.keys(CHUNKS)) == held, name


async def test_a_collection_goes_on_where_it_was(shelf: Shelf) -> None:
    async def prepared(number: int) -> tuple[RepositoryRecord, CommitHash]:
        await shelf.empty()
        for key in await shelf.keys():
            await shelf.parts.store.delete(key)
        record = await shelf.repository(f"film-{number}")
        carrier = shelf.carrier(record)
        kept = await commit_tree(carrier, FIRST)
        lost = await commit_tree(carrier, SECOND, name=branch("try"))
        await carrier.delete_ref(branch("try"), expected=lost)
        return record, kept

    record, _ = await prepared(0)
    calls = await calls_of(shelf, lambda way: way.collect(record))
    assert calls["delete_many"] == 1
    after = len(await shelf.keys())

    for number, (name, way) in enumerate(faults_of(shelf, calls)):
        record, kept = await prepared(number)
        with pytest.raises(StoreUnavailableError):
            await way.collect(record)
        carrier = shelf.carrier(record)
        assert await tree_of(carrier, kept) == FIRST, name
        assert (await check(carrier, read_data=True)).is_clean, name

        await shelf.collect(record)

        assert len(await shelf.keys()) == after, name
        assert await tree_of(carrier, kept) == FIRST, name


async def test_a_checkout_goes_on_where_it_was(
    shelf: Shelf, film: RepositoryRecord, tmp_path: Path
) -> None:
    await commit_tree(shelf.carrier(film), SECOND)

    async def check_out(way: Shelf, folder: Path) -> None:
        await check_out_folder(way, film, folder, FolderCache.in_memory())

    calls = await calls_of(shelf, lambda way: check_out(way, tmp_path / "whole"))
    assert laid_out(tmp_path / "whole") == SECOND

    for number, (name, way) in enumerate(faults_of(shelf, calls)):
        folder = tmp_path / str(number)
        with pytest.raises(StoreUnavailableError):
            await check_out(way, folder)
        there = laid_out(folder) if folder.exists() else {}
        assert there.items() <= SECOND.items(), name

        await check_out(shelf, folder)

        assert laid_out(folder) == SECOND, name


async def _nothing(*_: object) -> None:
    """As when the process is killed: nobody ends the push."""
