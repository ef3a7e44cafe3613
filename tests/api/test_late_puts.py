"""A signed PUT lives on after its upload: what comes late changes nothing, on any store."""

from collections.abc import Iterator
from uuid import uuid4

import httpx2
import pytest

from tests.api.conftest import Json, Program
from tests.api.test_on_cloud_stores import settings_of
from tests.database import NewDatabase
from tests.patience import PATIENCE
from tests.served import Served, serve

REFUSED = {403, 409, 412}
"""How stores answer a PUT that may only create and finds an object."""


@pytest.fixture(scope="module", params=["disk", "versitygw_server", "azure_server", "gcs_server"])
def service(
    request: pytest.FixtureRequest,
    new_database: NewDatabase,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Served]:
    environment: dict[str, str] = {}
    if request.param != "disk":
        environment = settings_of(request.getfixturevalue(request.param).new_bucket())
    folder = tmp_path_factory.mktemp("late")
    with new_database() as database_url, serve(database_url, folder, environment) as service:
        yield service


@pytest.fixture
def program(service: Served) -> Iterator[Program]:
    headers = {"Authorization": f"Bearer {service.token}"}
    with httpx2.Client(base_url=service.url, headers=headers, timeout=PATIENCE) as http:
        made = http.post("/api/folders", json={"name": f"test {uuid4()}"})
        yield Program(http, made.json()["folder"]["id"])


def reserve(program: Program, size: int, name: str = "a.txt") -> str:
    wish = {"filename": name, "size": size, "parent_id": program.folder}
    file_id: str = program.call("POST", "/api/files", json=wish, status=201)["file"]["id"]
    return file_id


def sign(program: Program, file_id: str, *, again: bool = False) -> Json:
    return program.call("POST", f"/api/files/{file_id}/upload-url", json={"again": again})


def send(target: Json, content: bytes) -> httpx2.Response:
    return httpx2.put(target["url"], headers=target["headers"], content=content, timeout=PATIENCE)


def complete(program: Program, file_id: str, *, status: int = 200, **wish: Json) -> Json:
    path = f"/api/files/{file_id}/complete-upload"
    return program.call("POST", path, json=wish, status=status)


def test_bytes_that_come_after_completion_change_nothing(program: Program) -> None:
    file_id = reserve(program, 5)
    target = sign(program, file_id)
    send(target, b"first").raise_for_status()
    complete(program, file_id)

    late = send(target, b"later")

    assert late.status_code in REFUSED
    assert program.download(file_id) == b"first"


def test_bytes_of_an_aborted_upload_do_not_get_into_the_next_file_of_the_name(
    program: Program,
) -> None:
    aborted = reserve(program, 5)
    target = sign(program, aborted)
    program.call("DELETE", f"/api/files/{aborted}/upload")
    file = program.upload("a.txt", b"first")

    late = send(target, b"later")

    assert late.status_code in REFUSED
    assert program.download(file["id"]) == b"first"


def test_a_put_whose_answer_was_lost_can_be_completed(program: Program) -> None:
    file_id = reserve(program, 5)
    target = sign(program, file_id)
    send(target, b"first").raise_for_status()

    repeated = send(target, b"first")
    complete(program, file_id)

    assert repeated.status_code in REFUSED
    assert program.download(file_id) == b"first"


def test_what_an_unanswered_put_has_left_is_given_up(program: Program) -> None:
    file_id = reserve(program, 5)
    broken = sign(program, file_id)
    send(broken, b"fir\0\0").raise_for_status()

    target = sign(program, file_id, again=True)
    missing = complete(program, file_id, status=409)
    send(target, b"first").raise_for_status()
    complete(program, file_id)
    send(broken, b"later")

    assert missing["code"] == "upload-mismatch"
    assert program.download(file_id) == b"first"
    assert program.names() == ["a.txt"]


def test_other_bytes_than_the_acknowledged_ones_are_not_shown(program: Program) -> None:
    file_id = reserve(program, 5)
    etag = send(sign(program, file_id), b"first").headers["ETag"]

    wrong = complete(program, file_id, status=409, parts=[{"part_number": 1, "etag": "another"}])
    complete(program, file_id, parts=[{"part_number": 1, "etag": etag}])

    assert (wrong["code"], wrong["wrong_parts"]) == ("upload-mismatch", [1])
    assert program.download(file_id) == b"first"
