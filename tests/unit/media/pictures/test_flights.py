"""One piece of work for many who wait for it."""

from collections.abc import AsyncIterator

import anyio
import pytest
from anyio.abc import TaskGroup

from keyshelf.errors import NotFoundError
from keyshelf.media.pictures.failures import PicturesStoppingError
from keyshelf.media.pictures.flights import Flight, Flights

pytestmark = pytest.mark.anyio


@pytest.fixture
async def group() -> AsyncIterator[TaskGroup]:
    async with anyio.create_task_group() as opened:
        yield opened
        opened.cancel_scope.cancel()


class Work:
    """Work that begins, waits, and ends as a test says."""

    def __init__(self) -> None:
        self.began = 0
        self.ended = 0
        self.started = anyio.Event()
        self.may_end = anyio.Event()
        self.goes_on = False
        self.lands_first = False

    async def __call__(self, flight: Flight[str]) -> str:
        self.began += 1
        if self.goes_on:
            flight.go_on()
        if self.lands_first:
            flight.land("early")
        self.started.set()
        await self.may_end.wait()
        self.ended += 1
        return "done"


async def test_all_who_ask_get_the_result_of_one_work(group: TaskGroup) -> None:
    flights, work, results = Flights[str](group), Work(), list[str]()

    async def ask() -> None:
        results.append(await flights.run("name", work))

    async with anyio.create_task_group() as askers:
        for _ in range(20):
            askers.start_soon(ask)
        await work.started.wait()
        work.may_end.set()

    assert (work.began, results) == (1, ["done"] * 20)


async def test_the_first_who_asked_may_leave(group: TaskGroup) -> None:
    flights, work, results = Flights[str](group), Work(), list[str]()
    first = anyio.CancelScope()

    async def ask_and_leave() -> None:
        with first:
            await flights.run("name", work)

    async def ask() -> None:
        results.append(await flights.run("name", work))

    async with anyio.create_task_group() as askers:
        askers.start_soon(ask_and_leave)
        await work.started.wait()
        askers.start_soon(ask)
        await anyio.wait_all_tasks_blocked()
        first.cancel()
        await anyio.wait_all_tasks_blocked()
        work.may_end.set()

    assert (work.began, results) == (1, ["done"])


@pytest.mark.parametrize(("goes_on", "ended"), [(False, 0), (True, 1)], ids=["waits", "works"])
async def test_work_that_nobody_waits_for_ends_unless_it_said_otherwise(
    group: TaskGroup, goes_on: bool, ended: int
) -> None:
    flights, work = Flights[str](group), Work()
    work.goes_on = goes_on
    leaving = anyio.CancelScope()

    async def ask_and_leave() -> None:
        with leaving:
            await flights.run("name", work)

    async with anyio.create_task_group() as askers:
        askers.start_soon(ask_and_leave)
        await work.started.wait()
        leaving.cancel()
    work.may_end.set()
    await anyio.wait_all_tasks_blocked()

    assert work.ended == ended


async def test_work_goes_on_after_it_landed(group: TaskGroup) -> None:
    flights, work = Flights[str](group), Work()
    work.goes_on = work.lands_first = True

    result = await flights.run("name", work)
    joined = await flights.run("name", work)
    work.may_end.set()
    await anyio.wait_all_tasks_blocked()

    assert (result, joined, work.began, work.ended) == ("early", "early", 1, 1)


async def test_a_failure_goes_to_all_and_is_not_kept(group: TaskGroup) -> None:
    flights = Flights[str](group)
    calls = 0

    async def fail(flight: Flight[str]) -> str:
        nonlocal calls
        calls += 1
        raise NotFoundError("no")

    for _ in range(2):
        with pytest.raises(NotFoundError):
            await flights.run("name", fail)

    assert calls == 2


async def test_who_comes_after_it_was_forgotten_starts_anew(group: TaskGroup) -> None:
    flights, old, new, results = Flights[str](group), Work(), Work(), list[str]()
    old.may_end.set()
    new.may_end.set()

    async def ask() -> None:
        results.append(await flights.run("name", old))

    async with anyio.create_task_group() as askers:
        askers.start_soon(ask)
        await old.started.wait()
        flights.forget("name")
        results.append(await flights.run("name", new))

    assert (old.began, new.began, results) == (1, 1, ["done", "done"])


async def test_who_waits_is_told_when_the_service_stops() -> None:
    async with anyio.create_task_group() as outer, anyio.create_task_group() as group:
        flights, work = Flights[str](group), Work()

        async def ask() -> None:
            with pytest.raises(PicturesStoppingError):
                await flights.run("name", work)

        outer.start_soon(ask)
        await work.started.wait()
        group.cancel_scope.cancel()
