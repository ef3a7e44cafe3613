"""From an error's category to an HTTP answer: every error is an RFC 9457 problem document."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.routing import Match

from keyshelf import errors
from keyshelf.errors import Error, category_of
from keyshelf.telemetry import get_logger

_log = get_logger(__name__)

PROBLEM_JSON = "application/problem+json"
PROBLEMS = "https://keyshelf.dev/problems/"

STATUS: Mapping[type[Error], int] = {
    errors.InvalidInputError: 422,
    errors.UnauthenticatedError: 401,
    errors.ForbiddenError: 403,
    errors.NotFoundError: 404,
    errors.ConflictError: 409,
    errors.LimitError: 429,
    errors.UnavailableError: 503,
    errors.IntegrityError: 500,
    Error: 500,
}
STATUS_BY_CODE: Mapping[str, int] = {
    "precondition-failed": 412,
    "object-too-large": 413,
    "body-too-large": 413,
    "source-too-large": 413,
    "image-too-large": 413,
    # Waiting does not help where these bounds are met, which 429 would tell.
    "image-too-many-frames": 422,
    "image-too-slow": 422,
    "image-memory": 422,
    "image-output-too-large": 400,
    # Options are the address: it is malformed, whatever is there.
    "image-option-unknown": 400,
    "image-option-repeated": 400,
    "image-option-range": 400,
    "image-preset-unknown": 400,
    "image-format-unsupported": 400,
    "invalid-range": 416,
    "limit-exceeded": 413,
    # Whoever asks is signed in: no other credential of theirs would help.
    "repository-locked": 423,
    "wrong-passphrase": 423,
    "wrong-repository-key": 423,
}
_RETRY_AFTER = "5"
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


class FieldProblem(BaseModel):
    """What is wrong with one field of a request."""

    pointer: str
    detail: str


class Problem(BaseModel):
    """A problem document (RFC 9457). Some codes add members of their own."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str
    code: str
    request_id: str | None
    errors: list[FieldProblem] = []


PROBLEM_RESPONSES: dict[int | str, dict[str, object]] = {
    "default": {
        "description": "What went wrong, as a problem document",
        "content": {PROBLEM_JSON: {"schema": Problem.model_json_schema()}},
    },
}
"""How errors look on every route; one text for all, because all look so."""


def status_of(error: Error) -> int:
    """Return the status of an error: that of its code if it has one, else of its category."""
    return STATUS_BY_CODE.get(error.code, STATUS[category_of(error)])


def problem(error: Error, *, request_id: str | None = None) -> dict[str, object]:
    """Return an error as a problem document."""
    status = status_of(error)
    return _document(error.code, status, error.detail, request_id, error.extras)


def _document(
    code: str,
    status: int,
    detail: str,
    request_id: str | None,
    extras: Mapping[str, object],
) -> dict[str, object]:
    return {
        **extras,
        "type": f"{PROBLEMS}{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        "request_id": request_id,
    }


def handle_failures(app: FastAPI) -> None:
    """Make every error of an application a problem document."""
    app.add_exception_handler(Error, answer)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(ClientDisconnect, _on_gone)
    app.add_exception_handler(Exception, _on_unexpected)


def answer(request: Request, error: Exception) -> JSONResponse:
    """Answer an error with its problem document."""
    assert isinstance(error, Error)  # noqa: S101 -- registered for it
    status = status_of(error)
    if status >= 500:
        _log.warning("request failed", code=error.code, error=error.detail)
    headers: dict[str, str] = {}
    retry_after = error.extras.get("retry_after")
    if status in {429, 503}:
        headers["Retry-After"] = str(retry_after) if retry_after else _RETRY_AFTER
    if status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="keyshelf"'
    if isinstance(size := error.extras.get("size"), int) and status == 416:
        headers["Content-Range"] = f"bytes */{size}"
    return _response(problem(error, request_id=_request_id(request)), status, headers)


def _on_invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 -- registered for it
    items = [_field_problem(each) for each in error.errors()]
    detail = "; ".join(f"{each['pointer']}: {each['detail']}" for each in items[:5])
    document = _document("invalid-input", 422, detail, _request_id(request), {"errors": items})
    return _response(document, 422, {})


def _on_http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 -- registered for it
    if isinstance(error.__cause__, Error):
        # What reading a body raised, FastAPI tells as a 400 of its own.
        return answer(request, error.__cause__)
    code = {404: "not-found", 405: "method-not-allowed"}.get(error.status_code, "http-error")
    detail = "there is nothing at this address" if error.status_code == 404 else str(error.detail)
    document = _document(code, error.status_code, detail, _request_id(request), {})
    headers = dict(error.headers or {})
    if error.status_code == 405:
        # The framework names the methods of the first route that knows the address.
        headers["Allow"] = ", ".join(_allowed(request))
    return _response(document, error.status_code, headers)


def _allowed(request: Request) -> list[str]:
    asked = {name: request.scope[name] for name in ("type", "path", "root_path", "headers")}
    app: FastAPI = request.app
    return [
        method
        for method in _METHODS
        if any(route.matches({**asked, "method": method})[0] is Match.FULL for route in app.routes)
    ]


def _on_gone(request: Request, error: Exception) -> Response:
    # Paused, cancelled or asleep in the middle of a body: nobody waits for an answer.
    del request, error
    return Response(status_code=400)


def _on_unexpected(request: Request, error: Exception) -> JSONResponse:
    _log.error("unexpected failure", exc_info=error)
    request_id = _request_id(request)
    detail = f"something went wrong here; the log tells more under {request_id}"
    return _response(_document("internal", 500, detail, request_id, {}), 500, {})


def _field_problem(found: Mapping[str, Any]) -> dict[str, str]:
    if found["type"] == "json_invalid":
        # Its location is a place in the text, which is no place in a document.
        return {"pointer": "", "detail": f"not JSON: {found['ctx']['error']}"}
    return {"pointer": _pointer(found["loc"]), "detail": found["msg"]}


def _pointer(location: tuple[int | str, ...]) -> str:
    parts = location[1:] if location and location[0] in {"body", "query", "path"} else location
    return "/" + "/".join(str(part) for part in parts)


def _request_id(request: Request) -> str | None:
    return getattr(request.state, "request_id", None)


def _response(document: dict[str, object], status: int, headers: Mapping[str, str]) -> JSONResponse:
    return JSONResponse(
        document, status_code=status, media_type=PROBLEM_JSON, headers=dict(headers)
    )
