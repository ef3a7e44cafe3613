"""Repositories and refs over HTTP: whose they are, and changes that do not overwrite others."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import httpx2
import psycopg
import pytest

from tests.api.conftest import Program
from tests.api.repositories.conftest import Shelf, problem
from tests.database import NewDatabase
from tests.patience import PATIENCE
from tests.served import Served, serve

SLOT = {
    "id": "6f1c1d2a-0000-4000-8000-000000000001",
    "kind": "passphrase",
    "label": "Ann",
    "salt": "A" * 22 + "==",
    "wrapped": "A" * 80,
    "argon2": {"memory_kib": 65536, "passes": 3, "lanes": 4},
}
ENCRYPTION = {"key_id": "ab" * 8, "slots": [SLOT]}


def new_name() -> str:
    return f"project-{uuid4()}"


def test_a_new_repository_is_shown_listed_and_found_by_name(program: Program) -> None:
    name = new_name()
    made = program.call("POST", "/api/repositories", json={"name": name}, status=201)

    shown = program.call("GET", f"/api/repositories/{made['id']}")
    listed = program.call("GET", "/api/repositories", params={"limit": 500})["items"]
    found = program.call("GET", "/api/repositories", params={"name": name})["items"]

    assert made in listed
    assert [shown, made] == found * 2
    assert (made["is_encrypted"], made["is_readable"], made["default_branch"]) == (
        False,
        True,
        None,
    )
    assert program.call("GET", "/api/repositories", params={"name": "x\0y"})["items"] == []


def test_a_list_comes_in_pages(program: Program) -> None:
    names = [new_name() for _ in range(3)]
    for name in names:
        program.call("POST", "/api/repositories", json={"name": name})

    seen: list[str] = []
    cursor = None
    while True:
        page = program.call("GET", "/api/repositories", params={"limit": 2, "cursor": cursor})
        seen += [each["name"] for each in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break

    assert len(seen) == len(set(seen))
    assert set(names) <= set(seen)
    answer = program.call("GET", "/api/repositories", params={"cursor": "odd"}, status=422)
    assert problem(answer) == "bad-cursor"


def test_a_name_is_taken_once_and_a_repeated_request_gives_the_same(program: Program) -> None:
    body, key = {"name": new_name()}, {"Idempotency-Key": str(uuid4())}

    first = program.call("POST", "/api/repositories", json=body, headers=key, status=201)
    again = program.call("POST", "/api/repositories", json=body, headers=key, status=201)
    other = program.call("POST", "/api/repositories", json=body, status=409)

    assert again == first
    assert problem(other) == "repository-exists"


def test_key_slots_are_shown_only_when_they_are_asked_for(program: Program) -> None:
    body = {"name": new_name(), "encryption": ENCRYPTION}
    made = program.call("POST", "/api/repositories", json=body, status=201)

    where = f"/api/repositories/{made['id']}"
    assert made["slots"] is None
    assert program.call("GET", where, params={"slots": "true"})["slots"] == [SLOT]
    assert program.call("GET", where)["is_readable"] is False


def test_an_encrypted_repository_takes_no_proxies(program: Program) -> None:
    shelf = Shelf.make(program, encryption=ENCRYPTION)

    answer = shelf.call("PUT", f"/proxies/{'0' * 64}/1080p.mp4", content=b"film", status=422)

    assert problem(answer) == "proxy-in-plain"
    assert shelf.call("GET", f"/proxies/{'0' * 64}")["items"] == []


def test_a_change_does_not_overwrite_one_that_was_not_seen(program: Program) -> None:
    made = program.call(
        "POST", "/api/repositories", json={"name": new_name(), "encryption": ENCRYPTION}
    )
    where, seen = f"/api/repositories/{made['id']}", {"If-Match": f'"{made["generation"]}"'}
    name = new_name()

    renamed = program.call("PATCH", where, json={"name": name}, headers=seen, status=200)
    late = program.call("PATCH", where, json={"slots": [SLOT]}, headers=seen, status=412)
    none = program.call("PATCH", where, json={"slots": []}, status=422)

    assert renamed["name"] == name
    assert [problem(late), problem(none)] == ["precondition-failed", "no-key-slot"]


def test_key_slots_that_all_share_are_taken_away_by_administrators_only(
    program: Program, served: Served
) -> None:
    new = {"name": new_name(), "space": "shared", "encryption": ENCRYPTION}
    where = f"/api/repositories/{program.call('POST', '/api/repositories', json=new)['id']}"
    scopes = ["repository:read", "repository:write"]
    wanted = {"name": "a token", "scopes": scopes, "expires_in_days": 1}
    token = program.call("POST", "/api/tokens", json=wanted)["token"]
    another = SLOT | {"id": str(uuid4())}

    def by_a_writer(*slots: object) -> int:
        headers = {"Authorization": f"Bearer {token}"}
        body = {"slots": list(slots)}
        return httpx2.patch(served.url + where, json=body, headers=headers).status_code

    assert (by_a_writer(SLOT, another), by_a_writer(another)) == (200, 403)
    program.call("PATCH", where, json={"slots": [another]}, status=200)


def test_only_tokens_for_repositories_reach_them(program: Program, served: Served) -> None:
    shelf = Shelf.make(program)

    def status(scope: str, method: str, path: str) -> int:
        body = {"name": "a token", "scopes": [scope], "expires_in_days": 1}
        token = program.call("POST", "/api/tokens", json=body)["token"]
        headers = {"Authorization": f"Bearer {token}"}
        return httpx2.request(
            method, served.url + path, headers=headers, timeout=PATIENCE
        ).status_code

    where = f"/api/repositories/{shelf.id}"
    assert status("drive:read", "GET", where) == 403
    assert status("repository:read", "GET", where) == 200
    assert status("repository:read", "POST", f"{where}/pushes") == 403
    assert status("repository:write", "POST", f"{where}/pushes") == 201
    assert status("repository:read", "GET", "/api/files") == 403


def test_refs_of_no_commit_are_not_made(shelf: Shelf) -> None:
    body = {"commit": "0" * 64, "expected": None}

    answer = shelf.call("PUT", "/refs/branch/a/b", json=body, status=404)

    assert problem(answer) == "ref-not-found"
    assert shelf.call("GET", "/refs")["items"] == []
    assert problem(shelf.call("GET", "/refs/branch/a/b", status=404)) == "ref-not-found"
    assert problem(shelf.call("PUT", "/refs/tag/a..b", json=body, status=422)) == "illegal-ref"
    shelf.call("DELETE", "/refs/branch/a/b", params={"expected": "0" * 64}, status=204)


@pytest.fixture
def somebodys(
    new_database: NewDatabase, tmp_path: Path
) -> Iterator[tuple[Program, Callable[[str], Shelf]]]:
    """A service of its own, and what makes a repository of somebody else there."""
    with new_database() as url, serve(url, tmp_path) as service:
        headers = {"Authorization": f"Bearer {service.token}"}
        with httpx2.Client(base_url=service.url, headers=headers, timeout=PATIENCE) as http:
            program = Program(http, "")

            def make(owner: str) -> Shelf:
                shelf = Shelf.make(program)
                with psycopg.connect(url) as database:
                    values = (owner, shelf.id)
                    database.execute("UPDATE repositories SET owner_id = %s WHERE id = %s", values)
                return shelf

            yield program, make


def test_what_is_somebody_elses_does_not_exist_and_what_is_shared_does(
    somebodys: tuple[Program, Callable[[str], Shelf]],
) -> None:
    program, make = somebodys
    theirs, shared = make("somebody"), make("shared")
    push = {"push": theirs.push["id"], "branch": "main"}
    ids = {"ids": ["0" * 64]}

    for method, below, wish in [
        ("GET", "", {}),
        ("PATCH", "", {"json": {"name": "mine"}}),
        ("GET", "/refs", {}),
        ("GET", "/commits", {}),
        ("POST", "/pushes", {}),
        ("POST", "/chunks/missing", {"json": ids}),
        ("POST", "/chunks/downloads", {"json": ids}),
        ("GET", "/chunks", {}),
        ("PUT", f"/manifests/{'0' * 64}", {"params": push, "content": b""}),
        ("PUT", f"/proxies/{'0' * 64}/a.jpg", {"content": b""}),
    ]:
        answer = theirs.call(method, below, status=404, **wish)
        assert problem(answer) == "repository-not-found"
    assert shared.call("GET", "")["space"] == "shared"
    listed = program.call("GET", "/api/repositories")["items"]
    assert [each["id"] for each in listed] == [shared.id]


def test_no_route_tells_of_somebody_elses_or_takes_a_change_from_who_may_only_read(
    somebodys: tuple[Program, Callable[[str], Shelf]],
) -> None:
    program, make = somebodys
    theirs, shared = make("somebody"), make("shared")
    body = {"name": "reader", "scopes": ["repository:read"], "expires_in_days": 1}
    reader = {"Authorization": f"Bearer {program.call('POST', '/api/tokens', json=body)['token']}"}
    below = "/api/repositories/{repository_id}"
    asked = 0
    for path, operations in program.call("GET", "/api/openapi.json")["paths"].items():
        if not path.startswith(below):
            continue
        rest = re.sub(r"{kind}", "branch", path.removeprefix(below))
        rest = re.sub(r"{push_id}", str(uuid4()), rest)
        rest = re.sub(r"{\w+}", "0" * 64, rest)
        for method in operations:
            asked += 1
            answer = theirs.call(method, rest, status=404, json={})
            assert answer is None or problem(answer) == "repository-not-found", path
            if method in {"put", "patch", "delete"}:
                answer = shared.call(method, rest, status=403, json={}, headers=reader)
                assert problem(answer) == "insufficient-scope", path
    assert asked > 30
