"""Creations that a caller may repeat: `Idempotency-Key` gives the first answer again."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

from keyshelf.access.idempotency import StoredAnswer, request_digest
from keyshelf.api.caller import identify, keyshelf_of

_HEADER = "idempotency-key"
Handler = Callable[[Request], Coroutine[Any, Any, Response]]  # Any: as FastAPI has it


class OnceRoute(APIRoute):
    """A route whose answer is kept under the caller's key and given again to a repeat.

    Only answers that did something are kept: a refused or failed request gives its
    key back. A crash between the work and keeping its answer leaves the key claimed:
    once the claim has run out a repeat does the work again, and finds its name taken.
    """

    def get_route_handler(self) -> Handler:
        """Wrap the handler that FastAPI makes."""
        handle = super().get_route_handler()

        async def once(request: Request) -> Response:
            key = request.headers.get(_HEADER)
            if key is None or request.method != "POST":
                return await handle(request)
            return await _first_or_again(request, key, handle)

        return once


def _address(request: Request) -> str:
    query = request.url.query
    return f"{request.url.path}?{query}" if query else request.url.path


async def _first_or_again(request: Request, key: str, handle: Handler) -> Response:
    service = await keyshelf_of(request)
    identity = await identify(request)
    digest = request_digest(request.method, _address(request), await request.body())
    claim = await service.idempotency.begin(identity.id, key, digest=digest)
    if isinstance(claim, StoredAnswer):
        headers = {"Idempotency-Replayed": "true"}
        return Response(claim.body, claim.status, headers, claim.content_type)
    try:
        response = await handle(request)
    except BaseException:
        await service.idempotency.abandon(claim)
        raise
    body = bytes(response.body)
    answer = StoredAnswer(response.status_code, response.media_type or "application/json", body)
    async with service.database.transaction() as tx:
        await service.idempotency.finish(tx, claim, answer)
    return response
