"""A module is one noun or one verb, and a function fits on a screen."""

import ast

from tests.house.tree import ROOT, python_files

LONG: dict[str, str] = {}
"""Modules that may have more than 400 lines, each with its reason. None has more than 800."""


def test_modules_stay_small() -> None:
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines())
        for path in python_files()
    }

    # A test module is a list of cases, and may be longer before it is hard to find one's way.
    long = {name for name, lines in lengths.items() if lines > 400 and name.startswith("src")}
    assert long == LONG.keys(), "split it, or list it here with a reason"
    assert [name for name, lines in lengths.items() if lines > 800] == []


def test_functions_fit_on_a_screen() -> None:
    too_long = [
        f"{path.relative_to(ROOT)}: {node.name}"
        for path in python_files()
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or node.lineno) - node.lineno >= 60
    ]

    assert too_long == []
