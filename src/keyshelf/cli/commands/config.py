"""`keyshelf config`: every setting, its value and where it comes from."""

from dataclasses import asdict

import typer

from keyshelf import settings
from keyshelf.cli import output
from keyshelf.cli.exits import ExitCode
from keyshelf.cli.options import Json
from keyshelf.cli.output import Output


def config(as_json: Json = False) -> None:
    """Show every setting, its value and where it comes from; secrets are masked.

    Changes nothing. Exits with 2 when a setting is misspelt or cannot be.
    """
    shown = settings.load().shown()
    rows = [[each.name, output.printable(each.value or "-"), each.origin] for each in shown]
    document = {"items": [asdict(each) for each in shown]}
    Output(as_json=as_json).result(document, output.table(rows))
    raise typer.Exit(ExitCode.OK)
