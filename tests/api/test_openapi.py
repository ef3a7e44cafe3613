"""The published interface: complete, and kept by every answer, whatever is asked."""

# schemathesis leaves the types of its own cases and operations open.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false
# pyright: reportMissingTypeArgument=false

from typing import Any

import httpx2
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.patience import PATIENCE
from tests.served import Served

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
LEFT_OUT = r"/events$|/api/session$|/api/trash$|/zip$"
"""Streams without an end, and what would sign out or empty what other tests use."""


def ask_at_random(operation: APIOperation, headers: dict[str, str], *, ways: int) -> int:
    """Ask one operation in so many ways, or in as many as there are; returns in how many."""
    asked = 0

    @settings(
        max_examples=ways,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )
    @given(case=operation.as_strategy())
    def ask(case: Case) -> None:
        nonlocal asked
        asked += 1
        case.call_and_validate(headers=headers, checks=CHECKS)

    ask()
    return asked


@pytest.mark.parametrize("ways", [2, pytest.param(12, marks=pytest.mark.long)])
def test_no_request_breaks_the_service_or_its_word(served: Served, ways: int) -> None:
    document = schemathesis.openapi.from_url(f"{served.url}/api/openapi.json")
    headers = {"Authorization": f"Bearer {served.token}"}
    asked: dict[str, int] = {}

    for result in document.exclude(path_regex=LEFT_OUT).get_all_operations():
        assert isinstance(result, Ok)
        operation = result.ok()

        asked[operation.label] = ask_at_random(operation, headers, ways=ways)

    assert len(asked) > 25
    assert sum(asked.values()) > len(asked) * ways / 2


def test_every_route_says_what_errors_look_like(served: Served) -> None:
    document: dict[str, Any] = httpx2.get(f"{served.url}/api/openapi.json", timeout=PATIENCE).json()

    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert operation.get("summary"), (method, path)
            if path.startswith("/api"):
                content = operation["responses"]["default"]["content"]
                assert "application/problem+json" in content, (method, path)
