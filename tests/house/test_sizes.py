"""A module is one noun or one verb, and a function fits on a screen."""

import ast

from tests.house.tree import ROOT, python_files

LONG: dict[str, str] = {}
"""Modules that may have more than 400 lines, up to 800, each with its reason."""


def test_modules_stay_small() -> None:
    lengths = {path: len(path.read_text("utf-8").splitlines()) for path in python_files()}
    names = {str(path.relative_to(ROOT)): lines for path, lines in lengths.items()}

    too_long = [name for name, lines in names.items() if lines > (800 if name in LONG else 400)]
    assert too_long == [], "split it, or list it here with a reason"
    assert [name for name in LONG if names.get(name, 0) <= 400] == [], "short: unlist it"


def test_functions_fit_on_a_screen() -> None:
    too_long = [
        f"{path.relative_to(ROOT)}: {node.name}"
        for path in python_files()
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or node.lineno) - node.lineno >= 60
    ]

    assert too_long == []
