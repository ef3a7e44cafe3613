"""Comparing a store with the database over HTTP, for administrators."""

from uuid import uuid4

import httpx2
import pytest

from tests.api.conftest import Json, Program
from tests.patience import PATIENCE
from tests.served import Served

RECONCILIATIONS = "/api/operations/reconciliations"


def until_final(program: Program, job_id: str) -> Json:
    with program.http.stream("GET", f"/api/jobs/{job_id}/events", timeout=PATIENCE) as events:
        for _ in events.iter_lines():
            pass  # the stream ends with the job
    return program.call("GET", f"/api/jobs/{job_id}")["job"]


def test_a_comparison_is_a_job_whose_report_is_kept(program: Program) -> None:
    program.upload("a.bin", b"12345")

    made = program.call("POST", RECONCILIATIONS, json={"store": "source"}, status=202)
    job = until_final(program, made["job"]["id"])
    shown = program.call("GET", f"{RECONCILIATIONS}/{job['result']['reconciliation']}")
    listed = program.call("GET", RECONCILIATIONS)["items"]

    assert (job["kind"], job["state"]) == ("reconcile", "succeeded")
    assert job["result"]["findings"] == shown["orphans"] + shown["missing"] + shown["wrong_sizes"]
    assert (shown["store"], shown["repair"], shown["rows"] > 0) == ("source", False, True)
    assert shown["finished_at"] is not None
    assert all(each["fix"] for each in shown["findings"])
    assert shown["id"] in {each["id"] for each in listed}


def test_what_cannot_be_is_refused(program: Program) -> None:
    unknown = program.http.get(f"{RECONCILIATIONS}/{uuid4()}")
    illegal = program.http.post(RECONCILIATIONS, json={"store": "cellar"})

    assert (unknown.status_code, unknown.json()["code"]) == (404, "reconciliation-not-found")
    assert (illegal.status_code, illegal.json()["code"]) == (422, "invalid-input")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_only_administrators_may_ask(served: Served, program: Program, method: str) -> None:
    wish = {"name": "reader", "scopes": ["drive:read"], "expires_in_days": 1}
    made = program.call("POST", "/api/tokens", json=wish, status=201)
    headers = {"Authorization": f"Bearer {made['token']}"}
    body = {"store": "source"} if method == "POST" else None

    response = httpx2.request(method, served.url + RECONCILIATIONS, headers=headers, json=body)

    assert response.status_code == 403
    assert httpx2.request(method, served.url + RECONCILIATIONS, json=body).status_code == 401
