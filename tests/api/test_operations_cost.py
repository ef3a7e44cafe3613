"""Costs, capacity and growth over HTTP, for administrators."""

import httpx2
import pytest

from tests.api.conftest import Program
from tests.served import Served

COST, CAPACITY, GROWTH = (
    "/api/operations/cost",
    "/api/operations/capacity",
    "/api/operations/growth",
)
OWN = {"prices": "s3.eu-west-1"}


def test_a_bill_adds_up_and_explains_itself(program: Program) -> None:
    program.upload("a.bin", bytes(1_000_000))

    found = program.call("GET", COST, params={"by": "kind", "forecast": "true"})

    assert found["total"] == pytest.approx(sum(each["amount"] for each in found["groups"]))
    assert found["total"] == pytest.approx(sum(each["amount"] for each in found["lines"]))
    assert {each["table"] for each in found["tables"]} == {"own.hardware"}
    assert {each for table in found["tables"] for each in table["classes"]} == {"hot"}
    assert found["counted_at"].startswith(found["day"])
    assert all(" \u00d7 $" in each["explanation"] for each in found["lines"])
    assert found["forecast"] is None
    assert any("no forecast yet" in each for each in found["notes"])


def test_what_ifs_are_compared_with_the_present(program: Program) -> None:
    wish = {"what_if": ["pack=16MiB", "chunk=1MiB,replicas=1"]}

    found = program.call("GET", COST, params=wish)["what_if"]

    assert [each["name"] for each in found] == ["as it is", *wish["what_if"]]
    assert found[0]["difference"] == 0


def test_the_specifications_capacity_is_the_default(program: Program) -> None:
    found = program.call("GET", CAPACITY, params=OWN)

    assert [each["size"] for each in found["items"]] == [10**11, 10**12, 10**13, 10**14]
    assert found["items"][0]["chunks"] == 1_562_500
    assert found["items"][0]["storage_bytes"] == {"least": 50e9, "most": 80e9}
    assert (found["currency"], found["table"]) == ("USD", "s3.eu-west-1")


def test_growth_has_today(program: Program) -> None:
    day = program.call("GET", COST)["day"]

    found = program.call("GET", GROWTH, params={"by": "store", "days": 2})

    assert day in {each["day"] for each in found["items"]}
    assert {each["name"] for each in found["items"]} <= {"source", "media", "repository"}


@pytest.mark.parametrize(
    ("address", "wish", "status", "code"),
    [
        (COST, {"what_if": "more"}, 422, "illegal-what-if"),
        (COST, {"by": "colour"}, 422, "invalid-input"),
        (CAPACITY, {"size": "10XB"}, 422, "illegal-size"),
        (CAPACITY, {"prices": "s3.mars-1"}, 404, "prices-not-found"),
        (CAPACITY, {"repo": "nobody/knows"}, 404, "repository-not-counted"),
        (CAPACITY, {"replicas": "-1"}, 422, "invalid-input"),
        (GROWTH, {"days": "0"}, 422, "invalid-input"),
    ],
)
def test_what_cannot_be_is_refused(
    program: Program, address: str, wish: dict[str, str], status: int, code: str
) -> None:
    response = program.http.get(address, params=wish)

    assert (response.status_code, response.json()["code"]) == (status, code)


@pytest.mark.parametrize("address", [COST, CAPACITY, GROWTH])
def test_only_administrators_may_ask(served: Served, program: Program, address: str) -> None:
    wish = {"name": "reader", "scopes": ["drive:read"], "expires_in_days": 1}
    made = program.call("POST", "/api/tokens", json=wish, status=201)
    headers = {"Authorization": f"Bearer {made['token']}"}

    response = httpx2.get(served.url + address, headers=headers)

    assert response.status_code == 403
    assert httpx2.get(served.url + address).status_code == 401
