"""Working on many items, a bounded number at once."""

from collections.abc import AsyncIterator

import anyio
import anyio.lowlevel
import pytest

from keyshelf.concurrency import for_each, map_each, read_ahead, together
from keyshelf.errors import NotFoundError


async def numbers(count: int) -> AsyncIterator[int]:
    for number in range(count):
        yield number


@pytest.mark.anyio
@pytest.mark.parametrize("at_once", [1, 3, 20])
async def test_each_item_is_worked_on_once(at_once: int) -> None:
    done: list[int] = []

    async def work(number: int) -> None:
        await anyio.lowlevel.checkpoint()
        done.append(number)

    await for_each(numbers(10), work, at_once=at_once)

    assert sorted(done) == list(range(10))


@pytest.mark.anyio
async def test_the_number_at_once_is_bounded() -> None:
    now = most = 0

    async def work(_: int) -> None:
        nonlocal now, most
        now += 1
        most = max(most, now)
        for _ in range(5):
            await anyio.lowlevel.checkpoint()
        now -= 1

    await for_each(numbers(20), work, at_once=3)

    assert most == 3


@pytest.mark.anyio
@pytest.mark.parametrize("at_once", [1, 3])
async def test_a_failure_stops_the_rest_and_is_raised_itself(at_once: int) -> None:
    begun: list[int] = []

    async def work(number: int) -> None:
        begun.append(number)
        if number == 2:
            raise NotFoundError("the third")
        await anyio.lowlevel.checkpoint()

    with pytest.raises(NotFoundError, match="the third"):
        await for_each(numbers(1000), work, at_once=at_once)
    assert len(begun) < 10


@pytest.mark.anyio
async def test_a_failure_of_the_items_is_raised_itself() -> None:
    async def broken() -> AsyncIterator[int]:
        yield 1
        raise NotFoundError("the list")

    async def work(_: int) -> None:
        await anyio.lowlevel.checkpoint()

    with pytest.raises(NotFoundError, match="the list"):
        await for_each(broken(), work, at_once=2)


@pytest.mark.anyio
async def test_results_come_in_order() -> None:
    async def work(number: int) -> int:
        for _ in range(10 - number):
            await anyio.lowlevel.checkpoint()
        return number * 2

    assert await map_each(range(10), work, at_once=4) == [number * 2 for number in range(10)]


@pytest.mark.anyio
async def test_a_failure_keeps_the_cause_that_it_came_with() -> None:
    async def nested() -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(failing)

    async def failing() -> None:
        raise NotFoundError("gone") from FileNotFoundError("the file")

    with pytest.raises(NotFoundError, match="gone") as told:
        async with together() as group:
            group.start_soon(nested)
    assert isinstance(told.value.__cause__, FileNotFoundError)


@pytest.mark.anyio
async def test_reading_ahead_is_bounded_and_ends_with_the_block() -> None:
    read: list[int] = []

    async def source() -> AsyncIterator[int]:
        async for number in numbers(100):
            read.append(number)
            yield number

    async with read_ahead(source(), items=2) as items:
        assert await anext(items) == 0
        for _ in range(10):
            await anyio.lowlevel.checkpoint()

    assert len(read) <= 4
