"""A module is one noun or one verb, and a function fits on a screen."""

import ast

import pytest

from tests.house.tree import ROOT, python_files

LONG: dict[str, str] = {}
"""Modules that may have more than 400 lines, up to 800, each with its reason."""


@pytest.mark.parametrize("path", python_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_modules_and_functions_stay_small(path):
    name = str(path.relative_to(ROOT))
    text = path.read_text("utf-8")

    lines = len(text.splitlines())
    limit = 800 if name in LONG else 400
    assert lines <= limit, f"{name} has {lines} lines: split it, or list it here with a reason"

    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            assert length <= 60, f"{name}: {node.name} has {length} lines, 60 are the most"


def test_the_list_of_long_modules_is_true():
    for name in LONG:
        assert len((ROOT / name).read_text("utf-8").splitlines()) > 400, (
            f"{name} is short: unlist it"
        )
