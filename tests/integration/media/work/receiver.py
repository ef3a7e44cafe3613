"""Somebody who is told: a little HTTP server that notes what it gets."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import anyio
from anyio.abc import SocketAttribute, SocketStream


@dataclass
class Receiver:
    """Answers each request with the next of its statuses, and with 204 after the last."""

    port: int
    statuses: list[str] = field(default_factory=list[str])
    got: list[tuple[dict[str, str], str]] = field(default_factory=list[tuple[dict[str, str], str]])
    connections: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    async def serve(self, stream: SocketStream) -> None:
        self.connections += 1
        async with stream:
            received = b""
            while b"\r\n\r\n" not in received:
                received += await stream.receive()
            head, _, body = received.partition(b"\r\n\r\n")
            lines = [line.partition(": ") for line in head.decode().split("\r\n")[1:]]
            headers = {name.lower(): value for name, _, value in lines}
            while len(body) < int(headers["content-length"]):
                body += await stream.receive()
            self.got.append((headers, body.decode()))
            status = self.statuses.pop(0) if self.statuses else "204 No Content"
            answer = f"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            await stream.send(answer.encode())


@asynccontextmanager
async def receiving(*statuses: str) -> AsyncGenerator[Receiver]:
    listener = await anyio.create_tcp_listener(local_host="127.0.0.1")
    port: int = listener.extra(SocketAttribute.local_port)
    receiver = Receiver(port, list(statuses))
    async with listener, anyio.create_task_group() as group:
        group.start_soon(listener.serve, receiver.serve)
        yield receiver
        group.cancel_scope.cancel()
