import anyio
import pytest

from keyshelf.access.single_flight import SingleFlight
from keyshelf.errors import UnavailableError


class Work:
    """Work that counts its runs and ends when told to."""

    def __init__(self, error: Exception | None = None) -> None:
        self.runs = 0
        self.started = anyio.Event()
        self.may_end = anyio.Event()
        self.error = error

    async def __call__(self) -> int:
        self.runs += 1
        run = self.runs
        self.started.set()
        await self.may_end.wait()
        if self.error is not None:
            raise self.error
        return run


@pytest.mark.anyio
async def test_those_who_wait_get_the_one_answer() -> None:
    flights, work = SingleFlight[int](), Work()
    answers: list[int] = []

    async def ask() -> None:
        answers.append(await flights.run("a", work))

    async with anyio.create_task_group() as group:
        for _ in range(5):
            group.start_soon(ask)
        await anyio.wait_all_tasks_blocked()
        work.may_end.set()

    assert answers == [1] * 5


@pytest.mark.anyio
async def test_other_keys_do_not_wait() -> None:
    flights, slow, quick = SingleFlight[int](), Work(), Work()
    quick.may_end.set()

    async with anyio.create_task_group() as group:
        group.start_soon(flights.run, "a", slow)
        await slow.started.wait()
        assert await flights.run("b", quick) == 1
        slow.may_end.set()


@pytest.mark.anyio
async def test_the_next_question_works_again() -> None:
    flights, work = SingleFlight[int](), Work()
    work.may_end.set()

    assert [await flights.run("a", work), await flights.run("a", work)] == [1, 2]


@pytest.mark.anyio
async def test_a_failure_goes_to_everybody_and_is_not_kept() -> None:
    flights, work = SingleFlight[int](), Work(UnavailableError("down"))
    failures: list[UnavailableError] = []

    async def ask() -> None:
        with pytest.raises(UnavailableError) as caught:
            await flights.run("a", work)
        failures.append(caught.value)

    async with anyio.create_task_group() as group:
        for _ in range(3):
            group.start_soon(ask)
        await anyio.wait_all_tasks_blocked()
        work.may_end.set()

    assert (len(failures), work.runs) == (3, 1)
    work.error = None
    assert await flights.run("a", work) == 2


@pytest.mark.anyio
async def test_when_the_leader_is_cancelled_another_takes_over() -> None:
    flights, work = SingleFlight[int](), Work()
    answers: list[int] = []
    leader = anyio.CancelScope()

    async def lead() -> None:
        with leader:
            await flights.run("a", work)

    async def follow() -> None:
        answers.append(await flights.run("a", work))

    async with anyio.create_task_group() as group:
        group.start_soon(lead)
        await work.started.wait()
        group.start_soon(follow)
        group.start_soon(follow)
        await anyio.wait_all_tasks_blocked()
        leader.cancel()
        await anyio.wait_all_tasks_blocked()
        work.may_end.set()

    assert answers == [2, 2]
