"""Large bodies wait for room, and are refused when there is none for long."""

from typing import get_args

import anyio
import pytest
from anyio.lowlevel import checkpoint
from fastapi.routing import APIRoute

from keyshelf.api.room import Room, RoomForBody, TooBusyError
from keyshelf.api.routes import repositories_chunks

pytestmark = pytest.mark.anyio


async def test_who_finds_no_room_waits_until_somebody_is_done() -> None:
    room, done, order = Room(total=16), anyio.Event(), list[str]()

    async def send(who: str, size: int) -> None:
        async with room.hold(who, size):
            order.append(who)
            await done.wait()

    async with anyio.create_task_group() as group:
        group.start_soon(send, "anna", 8)
        group.start_soon(send, "ben", 4)
        for _ in range(5):
            await checkpoint()
        group.start_soon(send, "anna", 1)
        group.start_soon(send, "carla", 5)
        group.start_soon(send, "dora", 4)
        for _ in range(5):
            await checkpoint()
        assert order == ["anna", "ben", "dora"]
        done.set()

    assert sorted(order) == ["anna", "anna", "ben", "carla", "dora"]


async def test_who_finds_no_room_for_long_is_told_to_come_back() -> None:
    room = Room(total=16, longest_wait=0)

    async with room.hold("anna", 8):
        with pytest.raises(TooBusyError, match="try again later"):
            async with room.hold("anna", 1):
                pass
        async with room.hold("ben", 8):
            pass
    async with room.hold("anna", 8):
        pass


async def test_who_is_stopped_while_waiting_takes_no_room() -> None:
    room = Room(total=16)

    async with room.hold("anna", 8):
        with anyio.CancelScope() as scope:
            scope.cancel()
            async with room.hold("anna", 8):
                pass

    async with room.hold("anna", 8):
        pass


async def test_every_route_that_takes_chunks_waits_for_room() -> None:
    (_, needed) = get_args(RoomForBody)
    taking = [
        each
        for each in repositories_chunks.router.routes
        if isinstance(each, APIRoute) and "PUT" in (each.methods or ())
    ]

    assert len(taking) == 2
    for route in taking:
        assert needed.dependency in {each.call for each in route.dependant.dependencies}
