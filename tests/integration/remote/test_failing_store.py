"""The service's store fails at every one of its calls: a push is there or not, and goes on."""

import os
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from keyshelf.client.asynchronous import AsyncClient
from keyshelf.errors import UnavailableError
from keyshelf.repositories.remote.host import RemoteHost
from keyshelf.repositories.unlocking import Unlocking
from keyshelf.store.base import ObjectStore
from keyshelf.store.faulty import FaultyStore
from tests.database import NewDatabase
from tests.integration.remote.machine import SOON, Machine, PresigningHost
from tests.integration.remote.pushed import Pushed, lay_out
from tests.served import Served, serve

pytestmark = [pytest.mark.anyio, pytest.mark.long]
ASKING_ONCE = replace(SOON, attempts=1)
"""Whoever asks again does not notice that a store fails once."""


@pytest.fixture(scope="module")
def failing(
    new_database: NewDatabase, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Served, FaultyStore]]:
    """A service and the way to its store."""
    ways: list[FaultyStore] = []

    def around(store: ObjectStore) -> FaultyStore:
        ways.append(FaultyStore(store))
        return ways[0]

    folder = tmp_path_factory.mktemp("failing")
    with new_database() as url, serve(url, folder, around=around) as service:
        yield service, ways[0]


@pytest.fixture(params=["plain", "encrypted-presigned"])
async def machine(
    request: pytest.FixtureRequest, failing: tuple[Served, FaultyStore], tmp_path: Path
) -> AsyncIterator[Machine]:
    url, token = failing[0].url, failing[0].token
    is_plain = request.param == "plain"
    make = RemoteHost if is_plain else PresigningHost
    unlocking = Unlocking() if is_plain else Unlocking(key=bytes(32))
    async with AsyncClient(
        url, token=token, state_folder=tmp_path / "state", retry=ASKING_ONCE
    ) as client:
        yield Machine(make(client, ASKING_ONCE), tmp_path, unlocking)


def faults_of(calls: Mapping[str, int]) -> Iterator[Callable[[FaultyStore], str]]:
    """Give what plans a failure: at each call, and of those that write also after it is done."""
    for method, count in calls.items():
        for call in range(1, count + 1):
            yield lambda store, method=method, call=call: fail(store, method, call)
            if method == "put":
                yield lambda store, call=call: lose_answer(store, "put", call)


def fail(store: FaultyStore, method: str, call: int) -> str:
    store.fail(method, call=store.calls.count(method) + call)
    return f"{method} {call} failed"


def lose_answer(store: FaultyStore, method: str, call: int) -> str:
    store.lose_answer(method, call=store.calls.count(method) + call)
    return f"{method} {call} was done"


async def test_a_push_is_there_or_not_and_goes_on(
    machine: Machine, failing: tuple[Served, FaultyStore], name: str, tmp_path: Path
) -> None:
    store = failing[1]
    pushed = await Pushed.first_of(machine, name, tmp_path / "project")

    def change() -> Mapping[str, bytes]:
        tree = {"takes/one.mov": os.urandom(10_000), "two.txt": os.urandom(5)}
        return lay_out(pushed.folder, tree)

    before, after = len(store.calls), change()
    await machine.commit(pushed.carrier, pushed.folder)
    calls = Counter(store.calls[before:])
    await pushed.goes_on(after)
    assert calls["put"] > 5
    assert calls["get"] > 5
    outcomes = Counter[tuple[bool, bool]]()
    for plan in faults_of(calls):
        after, is_told = change(), False
        what = plan(store)
        try:
            await machine.commit(pushed.carrier, pushed.folder)
        except UnavailableError:
            is_told = True
        is_moved = await pushed.is_moved(after)
        assert is_told or is_moved, what
        outcomes[is_told, is_moved] += 1
        await pushed.goes_on(after)
    # A commit stands also where the copy of the refs beside it could not be written.
    assert outcomes[True, False] > 15
    assert outcomes[False, True]
