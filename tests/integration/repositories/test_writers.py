"""Many who write at once: all succeed where they may, and whoever comes second is told."""

import anyio
import pytest

from keyshelf.errors import Error
from keyshelf.layout.repository import CommitHash
from keyshelf.repositories.catalog.values import RepositoryRecord
from keyshelf.repositories.check.service import check
from keyshelf.repositories.values import RefMovedError
from tests.integration.repositories.shelf import (
    MAIN,
    Shelf,
    branch,
    commit_tree,
    push_tree,
    tree_of,
)

pytestmark = pytest.mark.anyio


async def test_sixteen_writers_on_different_branches_all_succeed(
    shelf: Shelf, film: RepositoryRecord
) -> None:
    carrier = shelf.carrier(film)
    made: dict[int, CommitHash] = {}
    trees = {
        number: {"own": b"of writer %d, in some chunks" % number, "same": b"the same for all"}
        for number in range(16)
    }

    async def write(number: int) -> None:
        for _ in range(2):
            made[number] = await commit_tree(
                carrier, trees[number], name=branch(f"b{number}"), message="m"
            )

    async with anyio.create_task_group() as group:
        for number in trees:
            group.start_soon(write, number)
        group.start_soon(shelf.collect, film)

    assert {ref.commit for ref in await carrier.refs()} == set(made.values())
    for number, tree in trees.items():
        assert await tree_of(carrier, made[number]) == tree
    report = await check(carrier, read_data=True)
    assert (report.is_clean, report.commits) == (True, 32)


async def test_of_two_pushers_one_wins_and_the_other_is_told_both_commits(
    shelf: Shelf, film: RepositoryRecord
) -> None:
    carrier = shelf.carrier(film)
    first = await commit_tree(carrier, {"a": b"first"})
    won: list[CommitHash] = []
    told: list[Error] = []

    async def write(number: int) -> None:
        async with carrier.push() as push:
            try:
                tree = {"a": b"of writer %d" % number}
                won.append(await push_tree(push, carrier.repository, tree, parent=first))
            except RefMovedError as error:
                told.append(error)

    async with anyio.create_task_group() as group:
        for number in range(2):
            group.start_soon(write, number)

    assert await carrier.ref(MAIN) == won[0]
    assert [error.extras for error in told] == [{"expected": first, "found": won[0]}]
    assert len(won) == len(told) == 1


async def test_no_commit_of_writers_who_try_again_is_lost(
    shelf: Shelf, film: RepositoryRecord
) -> None:
    carrier = shelf.carrier(film)
    made: list[CommitHash] = []

    async def write(number: int) -> None:
        while True:
            try:
                made.append(await commit_tree(carrier, {"a": b"%d" % number}))
            except RefMovedError:
                continue
            return

    async with anyio.create_task_group() as group:
        for number in range(5):
            group.start_soon(write, number)

    report = await check(carrier)
    assert (report.is_clean, report.commits) == (True, len(set(made)))
