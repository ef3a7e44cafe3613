"""Ending what serves when the process is told to stop."""

import signal
from collections.abc import Awaitable, Callable

import anyio


async def until_told_to_stop(run: Callable[[], Awaitable[None]], stop: Callable[[], None]) -> None:
    """Run until it ends; SIGINT and SIGTERM call `stop`, after which it ends by itself."""
    async with anyio.create_task_group() as group:

        async def listen() -> None:
            with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
                async for _ in signals:
                    stop()

        group.start_soon(listen)
        await run()
        group.cancel_scope.cancel()
