"""Connections that webhooks are sent over: only to addresses that were just looked at."""

import ssl
from collections.abc import Iterable
from typing import Any, cast

import httpcore2

from keyshelf.media.work.addresses import Resolve, permitted

_MAX_CONNECTIONS = 16
_READ_BYTES = 64 * 2**10

SocketOptions = Iterable[Any]  # Any: as the library has it


class GuardedBackend(httpcore2.AsyncNetworkBackend):
    """Resolves a host once, and connects to what that gave and nowhere else.

    A name that changes its address between the look and the connection thus changes
    nothing. The certificate is compared with the name all the same.
    """

    def __init__(self, *, resolve: Resolve, allow_private: bool) -> None:
        self._resolve = resolve
        self._allow_private = allow_private
        # The library's own type is another when its choice of event loop is missing.
        self._inner = cast("httpcore2.AsyncNetworkBackend", httpcore2.AnyIOBackend())

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: SocketOptions | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """Connect to the first address that answers. Raises `CallbackRefusedError`."""
        addresses = await permitted(
            host, port, resolve=self._resolve, allow_private=self._allow_private
        )
        failure: Exception = httpcore2.ConnectError("no address")
        for address in addresses:
            try:
                return await self._inner.connect_tcp(
                    address, port, timeout, local_address, socket_options
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
        raise failure

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await self._inner.sleep(seconds)


class Sender:
    """Posts webhooks. No redirects are followed and no proxies of the environment used."""

    def __init__(self, *, resolve: Resolve, allow_private: bool, timeout: float) -> None:
        self._timeout = timeout
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=ssl.create_default_context(),
            max_connections=_MAX_CONNECTIONS,
            # A connection is never kept: its address is looked at for each webhook.
            max_keepalive_connections=0,
            network_backend=GuardedBackend(resolve=resolve, allow_private=allow_private),
        )

    async def __aenter__(self) -> "Sender":
        await self._pool.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._pool.aclose()

    async def post(self, url: str, headers: dict[str, str], body: bytes) -> int:
        """Send a body and return the status of the answer, reading little of it.

        Raises `CallbackRefusedError`, and the library's errors of the network.
        """
        parts = dict.fromkeys(("connect", "read", "write", "pool"), self._timeout)
        async with self._pool.stream(
            "POST", url, headers=list(headers.items()), content=body, extensions={"timeout": parts}
        ) as response:
            read = 0
            async for piece in response.aiter_stream():
                read += len(piece)
                if read >= _READ_BYTES:
                    break
            return response.status
