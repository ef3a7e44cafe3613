"""What can be set, asked for and typed is documented, and what is documented exists."""

import re

import pytest
import typer
from click import Command, Group

from docs.generate import documents, stale
from keyshelf.cli.main import app
from keyshelf.settings.table import SETTINGS
from tests.house.tree import ROOT, files

REFERENCE = ROOT / "docs/reference"
LINK = re.compile(r"\]\(([^)#\s]*)(#[^)\s]*)?\)")


def test_generated_tables_are_current():
    assert [path.name for path in stale()] == [], "run `python docs/generate.py`"


def test_every_setting_is_documented():
    text = (REFERENCE / "settings.md").read_text("utf-8")

    assert [each.name for each in SETTINGS if f"`{each.name}`" not in text] == []


@pytest.mark.parametrize("listener", ["public", "private"])
def test_every_route_is_documented(listener):
    text = (REFERENCE / "routes.md").read_text("utf-8")
    paths = documents()[listener].paths
    routes = [f"`{method.upper()} {path}`" for path, methods in paths.items() for method in methods]

    assert [route for route in routes if route not in text] == []


def test_every_command_is_documented_and_no_other():
    text = (REFERENCE / "command-line.md").read_text("utf-8")
    documented = re.findall(r"^#+ `?keyshelf ([a-z][a-z -]*[a-z])`?", text, re.MULTILINE)

    assert sorted(documented) == sorted(_commands(typer.main.get_command(app), ()))


def test_links_between_documents_lead_somewhere():
    broken = [
        f"{path.relative_to(ROOT)}: {target}"
        for path in files()
        if path.suffix == ".md"
        for target, _ in LINK.findall(path.read_text("utf-8"))
        if target and "://" not in target and not (path.parent / target).exists()
    ]

    assert broken == []


def _commands(command: Command, above: tuple[str, ...]) -> list[str]:
    if not isinstance(command, Group):
        return [" ".join(above)]
    return [
        name
        for each, below in command.commands.items()
        for name in _commands(below, (*above, each))
    ]
