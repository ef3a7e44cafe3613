"""The signed requests that take the bytes of one upload to the store."""

from typing import Protocol
from uuid import UUID

import anyio

from keyshelf.client.failures import UnexpectedAnswerError
from keyshelf.client.routes import Routes
from keyshelf.client.values import SignedPart, SignedRequest


class Requests(Protocol):
    """Where the parts of an upload go."""

    async def part(self, number: int) -> SignedRequest:
        """Return the request that sends one part."""
        ...

    def forget(self) -> None:
        """Ask again for every part: the requests no longer work."""
        ...


class SignedWhole:
    """The signed request of an upload in one request; a new one for each try.

    A try whose success was not seen may have left anything, so what comes after it
    is sent elsewhere.
    """

    def __init__(self, routes: Routes, file_id: UUID, *, was_tried: bool) -> None:
        self._routes = routes
        self._file_id = file_id
        self._was_tried = was_tried

    async def part(self, number: int) -> SignedRequest:
        """Return the request that sends the whole."""
        del number  # there is one
        request = await self._routes.sign_upload(self._file_id, again=self._was_tried)
        self._was_tried = True
        return request

    def forget(self) -> None:
        """Nothing is kept."""


class SignedParts:
    """The signed requests of an upload's parts, asked for some at a time."""

    def __init__(self, routes: Routes, file_id: UUID, count: int, at_once: int) -> None:
        self._routes = routes
        self._file_id = file_id
        self._count = count
        self._at_once = at_once
        self._known: dict[int, SignedPart] = {}
        self._lock = anyio.Lock()

    async def part(self, number: int) -> SignedPart:
        """Return the request that sends one part."""
        async with self._lock:
            if number not in self._known:
                last = min(number + self._at_once - 1, self._count)
                answer = await self._routes.sign_parts(self._file_id, first=number, last=last)
                self._known = {part.part_number: part for part in answer.parts}
            if number not in self._known:
                raise UnexpectedAnswerError(f"the service did not sign part {number} as asked")
            return self._known[number]

    def forget(self) -> None:
        """Ask again for every part: the requests have expired."""
        self._known = {}
