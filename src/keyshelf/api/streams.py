"""Streams of a job's states, as server-sent events, and how many of them there may be.

Each stream looks at the database twice a second. With the bound, one identity
costs a process at most 32 looks a second at a row by its primary key.
"""

from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Generator
from contextlib import contextmanager
from typing import Annotated

import anyio
from fastapi import Depends, Request

from keyshelf.api.caller import Caller
from keyshelf.api.schemas import JobOut
from keyshelf.errors import Error, LimitError
from keyshelf.jobs.values import Job
from keyshelf.telemetry import get_logger

_log = get_logger(__name__)

MAX_STREAMS = 16
"""How many streams one identity may have open at once, in each process."""
LOOK_EVERY = 0.5
"""Seconds between two looks at a job."""
LOOKS_PER_HEARTBEAT = 30
"""A comment every 15 s lets a proxy keep the stream, and tells us of a reader that vanished."""
_RETRY_AFTER = 5


class TooManyStreamsError(LimitError):
    """One identity has too many streams of events open: close one, or ask for the job."""

    code = "too-many-streams"


class Streams:
    """The open streams of one process, counted by identity."""

    def __init__(self) -> None:
        self._open = Counter[str]()

    @contextmanager
    def one(self, identity_id: str) -> Generator[None]:
        """Hold one stream open. Raises `TooManyStreamsError` when there are as many as may be."""
        if self._open[identity_id] >= MAX_STREAMS:
            raise TooManyStreamsError(
                f"{MAX_STREAMS} streams of events are open: close one, or ask for the job instead",
                retry_after=_RETRY_AFTER,
            )
        self._open[identity_id] += 1
        try:
            yield
        finally:
            self._open[identity_id] -= 1
            if not self._open[identity_id]:
                del self._open[identity_id]


async def _one_stream(request: Request, caller: Caller) -> AsyncGenerator[None]:
    """Hold a stream open until its answer has gone out, or its reader has."""
    streams: Streams = request.app.state.streams
    with streams.one(caller.id):
        yield


OneStream = Annotated[None, Depends(_one_stream)]


async def states(
    job: Job,
    look: Callable[[], Awaitable[Job]],
    *,
    show: Callable[[Job], JobOut] = JobOut.of,
    sleep: Callable[[float], Awaitable[None]] = anyio.sleep,
) -> AsyncIterator[str]:
    """Give a job's states as events, one for each change, until its last.

    Where `look` fails the stream ends early, and whoever reads it asks again.
    """
    sent, quiet_looks = "", 0
    while True:
        shown = show(job).model_dump_json()
        if shown != sent:
            yield f"data: {shown}\n\n"
            sent, quiet_looks = shown, 0
        elif quiet_looks == LOOKS_PER_HEARTBEAT:
            yield ": alive\n\n"
            quiet_looks = 0
        if job.state.is_final:
            return
        await sleep(LOOK_EVERY)
        quiet_looks += 1
        try:
            job = await look()
        except Error as error:
            _log.warning("a stream of events ends early", code=error.code, error=error.detail)
            return
