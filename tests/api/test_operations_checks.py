"""Checks of everybody's repositories over HTTP, for administrators."""

from pathlib import Path

import psycopg
import pytest

from keyshelf.layout.repository import chunk_key
from keyshelf.repositories.formats import ids
from tests.api.conftest import Json, Program
from tests.api.repositories.conftest import Shelf
from tests.api.repositories.test_history import Committed, committed
from tests.api.test_operations_reconcile import until_final
from tests.served import Served

__all__ = ["committed"]

CHECKS = "/api/operations/checks"


def check_of(program: Program, repository: str) -> Json:
    """What is told of a repository."""
    items = program.call("GET", CHECKS, params={"limit": 500})["items"]
    return next(each for each in items if each["id"] == repository)


def checked(program: Program, **wish: Json) -> Json:
    """Check, and wait until it is done."""
    started = program.call("POST", CHECKS, json=wish, status=202)
    for job in started["jobs"]:
        assert until_final(program, job)["state"] == "succeeded"
    return started


def lose(served: Served, content: bytes) -> None:
    chunk = ids.chunk_id(content, None)
    (served.bucket.parent / "repository" / chunk_key(chunk)).unlink()


def test_what_a_check_found_is_told_with_the_repository(
    committed: Committed, served: Served
) -> None:
    committed.commit({"a.txt": b"lost soon", "b.txt": b"kept for good"})
    program = committed.program
    before = check_of(program, committed.id)
    lose(served, b"lost soon")

    checked(program, repository=committed.id, read_data=True)
    after = check_of(program, committed.id)["found"]
    findings = program.call("GET", f"{CHECKS}/{committed.id}")
    Shelf.make(program)
    checked(program)  # what was found in one is not forgotten for another that is sound
    seen = program.call("GET", "/api/operations/overview")["checked"]

    assert next(each["findings"] for each in seen if each["what"] == "repository") >= 1
    assert (before["found"], before["is_readable"], before["default_branch"]) == (
        None,
        True,
        "main",
    )
    assert (after["commits"], after["damaged"], after["hurt_files"]) == (1, 1, 1)
    assert after["read_data"]
    assert [each["fault"] for each in findings["damaged"]] == ["missing"]
    assert [each["path"] for each in findings["hurt_files"]] == ["a.txt"]


def test_the_files_of_others_are_counted_and_not_named(
    committed: Committed, served: Served, tmp_path: Path
) -> None:
    assert tmp_path
    committed.commit({"a.txt": b"theirs, and lost"})
    lose(served, b"theirs, and lost")
    with psycopg.connect(served.service.database.url) as connection:
        connection.execute(
            "UPDATE repositories SET owner_id = 'somebody' WHERE id = %s", [committed.id]
        )
    program = committed.program

    (job,) = checked(program, repository=committed.id)["jobs"]
    findings = program.call("GET", f"{CHECKS}/{committed.id}")
    told = check_of(program, committed.id)

    assert (findings["found"]["hurt_files"], findings["hurt_files"]) == (1, [])
    assert not findings["names_files"]
    assert (told["owner"], told["default_branch"]) == ("somebody", None)
    assert program.call("GET", f"/api/jobs/{job}")["job"]["result"]["hurt_files"] == []


def test_all_that_can_be_opened_are_checked_and_others_are_counted(
    committed: Committed, program: Program
) -> None:
    slot = {
        "id": "6f1c1d2a-0000-4000-8000-000000000002",
        "kind": "key",
        "label": "",
        "salt": "A" * 22 + "==",
        "wrapped": "A" * 80,
    }
    locked = Shelf.make(program, encryption={"key_id": "cd" * 8, "slots": [slot]})

    started = checked(program)
    refused = program.call("POST", CHECKS, json={"repository": locked.id}, status=423)

    assert started["locked"] >= 1
    assert check_of(program, committed.id)["found"]["damaged"] == 0
    assert not check_of(program, locked.id)["is_readable"]
    assert refused["code"] == "repository-locked"
    assert program.http.get(f"{CHECKS}/{locked.id}").json()["code"] == "repository-not-checked"


@pytest.mark.parametrize("limit", [1, 2])
def test_repositories_come_in_pages(committed: Committed, program: Program, limit: int) -> None:
    Shelf.make(program)
    found: list[str] = []
    cursor: str | None = None
    while True:
        query = {"limit": limit, **({"cursor": cursor} if cursor else {})}
        page = program.call("GET", CHECKS, params=query)
        found += [each["id"] for each in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break

    assert committed.id in found
    assert len(set(found)) == len(found) >= 2
