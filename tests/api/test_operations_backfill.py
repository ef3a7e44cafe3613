"""Bringing objects into the drive over HTTP, for administrators."""

from uuid import uuid4

from tests.api.conftest import Json, Program
from tests.api.test_operations_reconcile import until_final
from tests.served import Served


def brought(program: Program, prefix: str, **wish: Json) -> Json:
    body = {"prefix": prefix, **wish}
    job = program.call("POST", "/api/operations/backfill", json=body, status=202)["job"]
    return until_final(program, job["id"])["result"]


def test_objects_are_counted_before_they_are_brought_in(program: Program, served: Served) -> None:
    prefix = f"admin/my-files/left {uuid4().hex[:8]}/"
    place = served.bucket / prefix
    place.mkdir(parents=True)
    (place / "a.txt").write_bytes(b"put here by another program")

    dry = brought(program, prefix)
    done = brought(program, prefix, dry_run=False)
    again = brought(program, prefix)

    assert (dry["dry_run"], dry["files_created"], dry["folders_created"]) == (True, 1, 1)
    assert (done["dry_run"], done["files_created"], done["folders_created"]) == (False, 1, 1)
    assert (again["files_created"], again["already_registered"]) == (0, 1)
