"""Replicas over HTTP, for administrators."""

from tests.api.conftest import Program

REPLICAS = "/api/operations/replicas"


def test_a_service_without_replicas_says_so(program: Program) -> None:
    assert program.call("GET", REPLICAS) == {"items": []}

    refused = program.call("POST", f"{REPLICAS}/eu/backfill", json={}, status=404)

    assert refused["code"] == "replica-not-found"
