"""What can be set, asked for and typed is documented, and what is documented exists."""

import re

import typer

from docs.generate import documents, stale
from keyshelf.cli.program import app
from keyshelf.settings.table import SETTINGS
from tests.house.tree import ROOT, files

REFERENCE = ROOT / "docs/reference"
LINK = re.compile(r"\]\(([^)#\s]*)(#[^)\s]*)?\)")


def test_generated_tables_are_current() -> None:
    assert [path.name for path in stale()] == [], "run `python docs/generate.py`"


def test_every_setting_is_documented() -> None:
    text = (REFERENCE / "settings.md").read_text("utf-8")

    assert [each.name for each in SETTINGS if f"`{each.name}`" not in text] == []


def test_every_route_is_documented() -> None:
    text = (REFERENCE / "routes.md").read_text("utf-8")
    routes = [
        f"`{method.upper()} {path}`"
        for document in documents().values()
        for path, methods in document.paths.items()
        for method in methods
    ]

    assert [route for route in routes if route not in text] == []


def test_every_command_is_documented_and_no_other() -> None:
    text = (REFERENCE / "command-line.md").read_text("utf-8")
    documented = re.findall(r"^#+ `?keyshelf ([a-z][a-z -]*[a-z])`?", text, re.MULTILINE)

    assert sorted(documented) == sorted(_commands(app))


def test_links_between_documents_lead_somewhere() -> None:
    broken = [
        f"{path.relative_to(ROOT)}: {target}"
        for path in files()
        if path.suffix == ".md"
        for target, _ in LINK.findall(path.read_text("utf-8"))
        if target and "://" not in target and not (path.parent / target).exists()
    ]

    assert broken == []


def _commands(group: typer.Typer, above: str = "") -> list[str]:
    """Return every command, those of groups with the group's name."""
    own = [
        f"{above}{each.name or each.callback.__name__}"
        for each in group.registered_commands
        if each.callback
    ]
    below = [
        name
        for each in group.registered_groups
        if each.typer_instance
        for name in _commands(each.typer_instance, f"{above}{each.name} ")
    ]
    return own + below
