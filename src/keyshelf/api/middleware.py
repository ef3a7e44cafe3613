"""What happens around every request: its id, headers, log line, metrics and bounds."""

import re
import time
from uuid import uuid4

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from keyshelf.errors import Error, LimitError
from keyshelf.telemetry import Metrics, get_logger, log_context
from keyshelf.tracing import tracing

_log = get_logger("keyshelf.http")
_REQUEST_ID = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_PROXY = re.compile(r"/api/repositories/[^/]+/proxies/[^/]+/[^/]+")
_CHUNKS = re.compile(r"/api/repositories/[^/]+/chunks/content")
MAX_JSON_BYTES = 4 * 2**20
MAX_CHUNKS_BYTES = 16 * 2**20


class BodyTooLargeError(LimitError):
    """A request body of the API is larger than any that makes sense: send less."""

    code = "body-too-large"


class RequestContext:
    """Gives each request an id, and tells the log and the metrics how it went.

    What fails when a part of the answer has gone out ends it before its announced end, and
    whoever reads it sees that it is not whole; a known kind of failure is one line of the log.

    The id of the `X-Request-Id` header is kept when it is plain text. No cache keeps
    an answer that does not say how long it holds. Query strings
    and names are not logged: they hold signatures and what people call their files.
    """

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _request_id(scope)
        scope.setdefault("state", {})["request_id"] = request_id
        status, is_begun = 500, False
        began = time.perf_counter()

        async def send_with_id(message: Message) -> None:
            nonlocal status, is_begun
            if message["type"] == "http.response.start":
                status, is_begun = message["status"], True
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = request_id
                # Answers are one person's, at this moment; what may be kept says so itself.
                headers.setdefault("Cache-Control", "no-store")
                headers.setdefault("X-Content-Type-Options", "nosniff")
            await send(message)

        with (
            log_context(request_id=request_id),
            tracing.span("request", headers=_traced(scope), request_id=request_id) as span,
        ):
            try:
                await self._app(scope, receive, send_with_id)
            except Exception as error:
                # Starlette wraps what has a handler that comes too late.
                known = error.__cause__ if isinstance(error, RuntimeError) else error
                if not (is_begun and isinstance(known, Error)):
                    raise
                _log.warning("answer broken off", code=known.code, error=known.detail)
            finally:
                route = self._tell(scope, status, time.perf_counter() - began)
                if span is not None:
                    span.update_name(f"{scope['method']} {route}")
                    span.set_attribute("http.response.status_code", status)

    def _tell(self, scope: Scope, status: int, seconds: float) -> str:
        route = getattr(scope.get("route"), "path", "other")
        method = scope["method"]
        self._metrics.http_duration.labels(route, method, str(status)).observe(seconds)
        # What went well is counted by the metrics; a line for each would bury the rest.
        log = _log.info if status >= 400 else _log.debug
        log("request", method=method, route=route, status=status, duration_s=round(seconds, 4))
        return str(route)


class BoundedBody:
    """Refuses API bodies past a bound while they are read.

    Bytes of objects go to `/signed`, where the signature bounds them; those of proxies
    come through the API, and are written as they come. Chunks come many at once.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http" or not scope["path"].startswith("/api"):
            await self._app(scope, receive, send)
            return
        is_put = scope["method"] == "PUT"
        if is_put and _PROXY.fullmatch(scope["path"]):
            await self._app(scope, receive, send)
            return
        are_chunks = is_put and _CHUNKS.fullmatch(scope["path"])
        most = MAX_CHUNKS_BYTES if are_chunks else MAX_JSON_BYTES
        received = 0

        async def bounded() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > most:
                raise BodyTooLargeError(f"this request body is at most {most} bytes")
            return message

        await self._app(scope, bounded, send)


def _traced(scope: Scope) -> dict[str, str]:
    """Return the header by which a caller says what the request is part of."""
    return {
        name.decode(): value.decode("latin-1")
        for name, value in scope["headers"]
        if name in {b"traceparent", b"tracestate"}
    }


def _request_id(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"x-request-id":
            text = value.decode("latin-1")
            if _REQUEST_ID.fullmatch(text):
                return text
    return uuid4().hex
