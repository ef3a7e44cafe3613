"""Room for the large bodies that are in memory while they are worked on."""

from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Annotated

import anyio
from fastapi import Depends, Request

from keyshelf.api.caller import Caller
from keyshelf.api.middleware import MAX_CHUNKS_BYTES
from keyshelf.errors import UnavailableError

MOST_BYTES = 16 * MAX_CHUNKS_BYTES
"""What all bodies of one process may hold together."""


class TooBusyError(UnavailableError):
    """So much is being sent to the service that it takes no more just now. Send it again later."""

    code = "too-busy"


@dataclass(slots=True)
class Room:
    """The room of one process. One identity takes at most half of it, and others find some."""

    total: int = MOST_BYTES
    longest_wait: float = 30.0
    """Seconds that somebody waits for room."""
    _held: Counter[str] = field(default_factory=Counter[str])
    _freed: anyio.Event = field(default_factory=anyio.Event)

    @asynccontextmanager
    async def hold(self, identity_id: str, size: int) -> AsyncGenerator[None]:
        """Hold room for a body. Raises `TooBusyError` when there is none for too long."""
        if not self._has_room(identity_id, size):
            await self._wait_for(identity_id, size)
        self._held[identity_id] += size
        try:
            yield
        finally:
            self._held[identity_id] -= size
            self._held += Counter()  # keeps those who hold something
            self._freed.set()
            self._freed = anyio.Event()

    async def _wait_for(self, identity_id: str, size: int) -> None:
        try:
            with anyio.fail_after(self.longest_wait):
                while not self._has_room(identity_id, size):
                    await self._freed.wait()
        except TimeoutError as error:
            raise TooBusyError("too much is being sent at the moment: try again later") from error

    def _has_room(self, identity_id: str, size: int) -> bool:
        is_within = self._held.total() + size <= self.total
        is_fair = self._held[identity_id] + size <= self.total // 2
        # One that is alone has room, however small the bound.
        return (is_within and is_fair) or not self._held.total()


async def _room(request: Request, caller: Caller) -> AsyncGenerator[None]:
    """Hold room for what a request says that its body has, until it is answered."""
    room: Room = request.app.state.room
    told = request.headers.get("content-length", "")
    size = min(int(told), MAX_CHUNKS_BYTES) if told.isdecimal() else MAX_CHUNKS_BYTES
    async with room.hold(caller.id, size):
        yield


RoomForBody = Annotated[None, Depends(_room)]
