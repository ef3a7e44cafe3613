"""Collecting and checking over HTTP: jobs whose results are reports."""

import time

from tests.api.conftest import Json, Program
from tests.api.repositories.conftest import Shelf, problem, sealed
from tests.api.repositories.test_history import Committed, committed
from tests.patience import PATIENCE

__all__ = ["committed"]


def finished(program: Program, started: Json) -> Json:
    """The job when it has ended."""
    ends = time.monotonic() + PATIENCE
    while True:
        job = program.call("GET", f"/api/jobs/{started['job']['id']}")["job"]
        if job["state"] in {"succeeded", "failed"} or time.monotonic() > ends:
            return job


def test_a_dry_run_tells_what_a_run_would_delete(committed: Committed) -> None:
    committed.commit({"a.txt": b"a"})
    committed.send(sealed())

    job = finished(committed.program, committed.call("POST", "/gc", json={"dry_run": True}))

    assert (job["kind"], job["state"]) == ("repositories-gc", "succeeded")
    assert job["result"]["chunks_condemned"] == 1


def test_a_check_of_what_is_sound_finds_nothing(committed: Committed) -> None:
    committed.commit({"a.txt": b"a"})

    job = finished(committed.program, committed.call("POST", "/check", json={"read_data": True}))

    assert (job["kind"], job["state"]) == ("repositories-check", "succeeded")
    stats = committed.call("GET", "/stats")
    assert (stats["commits"], stats["logical_bytes"], stats["chunks"]) == (1, 1, 2)


def test_without_a_body_both_do_what_they_do_by_default(committed: Committed) -> None:
    committed.commit({"a.txt": b"a"})

    for below in ("/gc", "/check"):
        assert finished(committed.program, committed.call("POST", below))["state"] == "succeeded"


def test_what_cannot_be_opened_is_not_looked_through(program: Program) -> None:
    slot = {
        "id": "6f1c1d2a-0000-4000-8000-000000000001",
        "kind": "key",
        "label": "",
        "salt": "A" * 22 + "==",
        "wrapped": "A" * 80,
    }
    shelf = Shelf.make(program, encryption={"key_id": "ab" * 8, "slots": [slot]})

    for below in ("/gc", "/check"):
        assert problem(shelf.call("POST", below, json={}, status=423)) == "repository-locked"
