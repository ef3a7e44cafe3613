"""What fails in the middle of an answer breaks it off, and is one line of the log."""

import logging
from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from starlette.types import Message, Scope

from keyshelf.api.failures import handle_failures
from keyshelf.api.middleware import RequestContext
from keyshelf.errors import IntegrityError
from keyshelf.telemetry import Metrics

pytestmark = pytest.mark.anyio


async def test_a_known_failure_is_one_line_and_no_whole_answer(
    caplog: pytest.LogCaptureFixture,
) -> None:
    app = FastAPI()
    handle_failures(app)
    app.add_middleware(RequestContext, metrics=Metrics())

    async def pieces() -> AsyncIterator[bytes]:
        yield b"begun"
        raise IntegrityError("a chunk is damaged")

    @app.get("/zip")
    async def answer() -> StreamingResponse:
        return StreamingResponse(pieces())

    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.request"}

    scope: Scope = {
        "type": "http", "method": "GET", "path": "/zip", "raw_path": b"/zip", "headers": [],
        "query_string": b"", "root_path": "", "http_version": "1.1", "scheme": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
    }  # fmt: skip

    await app(scope, receive, send)

    assert [message.get("body") for message in sent[1:]] == [b"begun"]
    assert sent[-1]["more_body"]
    (line,) = [each for each in caplog.records if each.levelno >= logging.WARNING]
    assert "answer broken off" in line.getMessage()
    assert "a chunk is damaged" in line.getMessage()
    assert line.exc_info is None
