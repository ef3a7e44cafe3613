"""Streams of events: bounded, kept alive, ended."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import anyio
import pytest
from fastapi import FastAPI
from fastapi.responses import StreamingResponse

from keyshelf.access.identity import ALL_SCOPES, Identity
from keyshelf.api.caller import identify
from keyshelf.api.failures import handle_failures
from keyshelf.api.streams import LOOKS_PER_HEARTBEAT, MAX_STREAMS, OneStream, Streams, states
from keyshelf.errors import UnavailableError
from keyshelf.jobs.values import Job, JobState, Progress
from keyshelf.layout.drive import owner_id

pytestmark = pytest.mark.anyio

ANNA = Identity(
    id=owner_id("anna"),
    name="Anna",
    email=None,
    is_admin=False,
    scopes=ALL_SCOPES,
    credential="session",
)
NOW = datetime(2026, 1, 1, tzinfo=UTC)
RUNNING = Job(
    id=uuid4(),
    kind="settle",
    queue="small",
    owner_id="anna",
    payload={},
    state=JobState.RUNNING,
    run_at=NOW,
    attempts=1,
    max_attempts=20,
    cancel_requested=False,
    progress=Progress(0, None, "files"),
    error=None,
    result=None,
    created_at=NOW,
    started_at=NOW,
    finished_at=None,
)
DONE = replace(RUNNING, state=JobState.SUCCEEDED, finished_at=NOW)


async def told(*looks: Job | Exception) -> list[str]:
    """Return the events of a job that is RUNNING at first; what `looks` hold comes after."""
    left = iter(looks)

    async def look() -> Job:
        found = next(left)
        if isinstance(found, Exception):
            raise found
        return found

    async def no_sleep(_seconds: float) -> None:
        await anyio.lowlevel.checkpoint()

    return [event async for event in states(RUNNING, look, sleep=no_sleep)]


async def test_each_state_is_told_once_until_the_last() -> None:
    events = await told(RUNNING, RUNNING, DONE)

    assert ['"running"' in event for event in events] == [True, False]
    assert '"succeeded"' in events[-1]


async def test_a_quiet_job_gives_signs_of_life() -> None:
    events = await told(*[RUNNING] * (2 * LOOKS_PER_HEARTBEAT + 1), DONE)

    assert events[1:-1] == [": alive\n\n"] * 2


async def test_a_stream_ends_when_the_job_cannot_be_looked_at() -> None:
    assert len(await told(UnavailableError("the database does not answer"))) == 1


class Reader:
    """Reads one stream until it leaves."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: dict[bytes, bytes] = {}
        self.answered, self.left = anyio.Event(), anyio.Event()

    async def read(self, app: FastAPI) -> None:
        scope: dict[str, Any] = {  # as above
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "scheme": "http",
            "method": "GET",
            "path": "/",
            "root_path": "",
            "query_string": b"",
            "headers": [],
        }
        await app(scope, self._receive, self._send)

    async def _receive(self) -> dict[str, Any]:  # ASGI leaves the values of its messages open
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], dict(message["headers"])
        else:
            self.answered.set()


async def forever() -> AsyncIterator[str]:
    yield "data: 1\n\n"
    await anyio.sleep_forever()


async def follow(_stream: OneStream) -> StreamingResponse:
    return StreamingResponse(forever())


async def test_one_identity_has_so_many_streams_and_gets_them_back() -> None:
    app = FastAPI()
    app.state.streams = Streams()
    app.dependency_overrides[identify] = lambda: ANNA
    app.add_api_route("/", follow)
    handle_failures(app)
    readers: list[Reader] = []

    async with anyio.create_task_group() as group:

        async def begin() -> None:
            readers.append(Reader())
            group.start_soon(readers[-1].read, app)
            await readers[-1].answered.wait()

        for _ in range(MAX_STREAMS + 1):
            await begin()
        readers[0].left.set()
        await anyio.wait_all_tasks_blocked()
        await begin()
        group.cancel_scope.cancel()

    assert [reader.status for reader in readers] == [*[200] * MAX_STREAMS, 429, 200]
    assert b"retry-after" in readers[MAX_STREAMS].headers
