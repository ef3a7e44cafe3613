"""Serves signed requests over real HTTP for the tests of stores; the service has its own route."""

import socket
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, MutableMapping
from contextlib import asynccontextmanager
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl

import anyio
import uvicorn

from keyshelf.clock import system_clock
from keyshelf.errors import ConflictError, Error, ForbiddenError, InvalidInputError, NotFoundError
from keyshelf.store.base import Attributes, ByteRange, ObjectReader, ObjectStore, PutOptions
from keyshelf.store.errors import ObjectExistsError
from keyshelf.store.local_signing import LocalSigner, VerifiedRequest
from keyshelf.store.memory import MemoryStore

# ASGI leaves the values of its messages open.
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
STATUSES = {
    ObjectExistsError: 412,
    ForbiddenError: 403,
    NotFoundError: 404,
    ConflictError: 409,
    InvalidInputError: 416,
}


class SignedServer:
    """An ASGI application that does what a signed request asks of its present store."""

    def __init__(self, url: str) -> None:
        self.signer = LocalSigner(secret=b"a secret of the tests", public_url=url, role="source")
        self.store: ObjectStore = MemoryStore()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        query = parse_qsl(scope["query_string"].decode(), keep_blank_values=True)
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        try:
            request = self.signer.verify(scope["method"], query, headers, system_clock())
            if request.method == "PUT":
                await self._put(request, headers, receive, send)
            else:
                await self._get(request, headers, send)
        except Error as error:
            status = next(code for kind, code in STATUSES.items() if isinstance(error, kind))
            text = b"" if scope["method"] == "HEAD" else error.code.encode()
            await answer(send, status, {}, text)

    async def _put(
        self, request: VerifiedRequest, headers: dict[str, str], receive: Receive, send: Send
    ) -> None:
        if request.upload_id is not None and request.part_number is not None:
            part = await self.store.upload_part(
                request.key, request.upload_id, request.part_number, body_of(receive)
            )
            return await answer(send, 200, {"etag": f'"{part.etag}"'})
        content_type = headers.get("content-type", Attributes().content_type)
        attributes = Attributes(content_type=content_type, metadata=request.metadata)
        options = PutOptions(attributes=attributes, condition=request.condition, tags=request.tags)
        body = b"".join([piece async for piece in body_of(receive)])
        if request.sha256 is not None and sha256(body).digest() != request.sha256:
            raise InvalidInputError("the body has another SHA-256 than was signed for")
        meta = await self.store.put(request.key, body, options)
        return await answer(send, 200, {"etag": f'"{meta.etag}"'})

    async def _get(self, request: VerifiedRequest, headers: dict[str, str], send: Send) -> None:
        asked = byte_range(headers.get("range"))
        async with await self.store.get(request.key, byte_range=asked) as reader:
            attributes = reader.meta.attributes or Attributes()
            given = {
                "etag": f'"{reader.meta.etag}"',
                "content-type": request.content_type or attributes.content_type,
            }
            if request.content_disposition:
                given["content-disposition"] = request.content_disposition
            await self._send_object(request, reader, given, send, partial=asked is not None)

    async def _send_object(
        self,
        request: VerifiedRequest,
        reader: ObjectReader,
        headers: dict[str, str],
        send: Send,
        *,
        partial: bool,
    ) -> None:
        end = reader.range.end or 0
        headers["content-length"] = str(end - reader.range.start)
        if partial:
            headers["content-range"] = f"bytes {reader.range.start}-{end - 1}/{reader.meta.size}"
        await start(send, 206 if partial else 200, headers)
        if request.method == "GET":
            async for piece in reader:
                await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


def byte_range(header: str | None) -> ByteRange | None:
    if header is None:
        return None
    first, _, last = header.removeprefix("bytes=").partition("-")
    return ByteRange(int(first), int(last) + 1 if last else None)


async def body_of(receive: Receive) -> AsyncIterator[bytes]:
    more = True
    while more:
        message = await receive()
        yield message.get("body", b"")
        more = message.get("more_body", False)


async def start(send: Send, status: int, headers: dict[str, str]) -> None:
    pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": pairs})


async def answer(send: Send, status: int, headers: dict[str, str], body: bytes = b"") -> None:
    await start(send, status, {**headers, "content-length": str(len(body))})
    await send({"type": "http.response.body", "body": body})


@asynccontextmanager
async def signed_server() -> AsyncGenerator[SignedServer]:
    """Serve on a free port of this machine while the block runs."""
    bound = socket.socket()
    bound.bind(("127.0.0.1", 0))
    app = SignedServer(f"http://127.0.0.1:{bound.getsockname()[1]}")
    config = uvicorn.Config(app, log_level="error", lifespan="off", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(serve, server, bound)
        try:
            yield app
        finally:
            server.should_exit = True


async def serve(server: uvicorn.Server, bound: socket.socket) -> None:
    # `serve` would take the signals of the test run.
    await server._serve(sockets=[bound])  # pyright: ignore[reportPrivateUsage]
