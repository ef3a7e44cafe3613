"""Answers that are bytes."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

OCTETS = "application/octet-stream"
_BINARY = {"schema": {"type": "string", "format": "binary"}}
ANY_BYTES: dict[int | str, dict[str, object]] = {
    200: {"description": "The bytes", "content": {"*/*": _BINARY}},
    206: {"description": "A range of the bytes", "content": {"*/*": _BINARY}},
    304: {"description": "They are as they were"},
    412: {"description": "They are not as they were"},
    416: {"description": "The range lies outside"},
}
"""How an answer with bytes looks, whatever they are."""
FRAME: dict[int | str, dict[str, object]] = {
    200: {"description": "The bytes", "content": {OCTETS: _BINARY}}
}
"""How an answer looks that is an object of a repository."""
FRAME_BODY: dict[str, object] = {
    "requestBody": {"required": True, "content": {OCTETS: _BINARY}},
}
"""How a request looks whose body is an object of a repository."""


async def begun(pieces: AsyncGenerator[bytes]) -> AsyncGenerator[bytes]:
    """Return a stream whose first piece was read: what fails at once is told as an error.

    Later failures end the answer early, before its announced length.
    """
    first = await anext(pieces, b"")

    async def rest() -> AsyncGenerator[bytes]:
        async with aclosing(pieces):
            yield first
            async for piece in pieces:
                yield piece

    return rest()
