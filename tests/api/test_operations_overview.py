"""How the service is and how its bucket rules stand, for administrators."""

import httpx2
import pytest

from tests.api.conftest import Program
from tests.served import Served

OVERVIEW, RULES = "/api/operations/overview", "/api/operations/rules"


def test_an_overview_tells_of_every_part_and_queue(program: Program) -> None:
    found = program.call("GET", OVERVIEW)

    assert {each["name"]: each["problem"] for each in found["parts"]} == dict.fromkeys(
        ["database", "source", "media", "repository"]
    )
    assert [each["queue"] for each in found["backlog"]] == ["small", "reading", "large"]
    counts = [each[state] for each in found["backlog"] for state in ("queued", "running", "paused")]
    assert min(counts) >= 0
    assert found["failed_jobs"] >= 0
    assert (found["backup"]["name"], found["backup"]["problem"]) == (None, None)


def test_folders_have_no_rules(program: Program) -> None:
    found = program.call("GET", RULES)["items"]

    assert [each["store"] for each in found] == ["source", "media", "repository"]
    assert all(each["kinds"] == [] for each in found)


@pytest.mark.parametrize("address", [OVERVIEW, RULES])
def test_only_administrators_may_ask(served: Served, program: Program, address: str) -> None:
    wish = {"name": "reader", "scopes": ["drive:read"], "expires_in_days": 1}
    made = program.call("POST", "/api/tokens", json=wish, status=201)
    headers = {"Authorization": f"Bearer {made['token']}"}

    response = httpx2.get(served.url + address, headers=headers)

    assert response.status_code == 403
    assert httpx2.get(served.url + address).status_code == 401
