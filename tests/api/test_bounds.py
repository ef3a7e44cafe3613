"""What every answer carries, and how much a request may bring."""

from collections.abc import Iterator

import httpx2
import pytest

from keyshelf.api.middleware import MAX_JSON_BYTES
from tests.api.conftest import Program
from tests.patience import PATIENCE
from tests.served import Served


def in_chunks() -> Iterator[bytes]:
    yield b'{"name": "'
    for _ in range(MAX_JSON_BYTES // 2**16 + 1):
        yield b"x" * 2**16
    yield b'"}'


@pytest.mark.parametrize("content", [b"".join(in_chunks()), in_chunks()], ids=["whole", "chunked"])
def test_a_body_past_the_bound_is_refused_as_such(program: Program, content: bytes) -> None:
    headers = {"Content-Type": "application/json"}

    response = program.http.post("/api/folders", content=content, headers=headers)

    assert (response.status_code, response.json()["code"]) == (413, "body-too-large")


@pytest.mark.parametrize("path", ["/api/session", "/api/files", "/api/nothing", "/readyz"])
def test_no_cache_keeps_what_the_interface_answers(program: Program, path: str) -> None:
    response = program.http.get(path)

    assert response.headers["cache-control"] == "no-store"
    assert response.headers["x-content-type-options"] == "nosniff"


def test_the_page_and_its_assets_say_themselves_how_long_they_hold(served: Served) -> None:
    assert httpx2.get(f"{served.url}/", timeout=PATIENCE).headers.get("cache-control") != "no-store"


@pytest.mark.parametrize(
    "path",
    ["/api/search?q=%00", "/api/jobs?kind=%00", "/api/files?name=%00", "/api/zip?ids=%00"],
)
def test_text_that_no_database_holds_is_the_callers_mistake(program: Program, path: str) -> None:
    assert program.http.get(path).status_code == 422
