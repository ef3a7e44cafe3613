"""Options that several commands share."""

from typing import Annotated

import typer

from keyshelf.cli import output
from keyshelf.errors import InvalidInputError

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document, for programs.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would happen, change nothing.")]
Recursive = Annotated[
    bool, typer.Option("--recursive", "-r", help="Folders too, with everything below them.")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress, only results.")]


class NotConfirmedError(InvalidInputError):
    """A question was answered with no, or there was nobody to ask. Say --yes."""

    code = "not-confirmed"


def confirm(question: str, *, yes: bool) -> None:
    """Ask a person, unless `yes` answers already; raises `NotConfirmedError` for a no."""
    if yes:
        return
    if not output.is_interactive():
        raise NotConfirmedError(f"{question} There is nobody to ask: say --yes.")
    if not typer.confirm(question, err=True):
        raise NotConfirmedError("nothing was changed")
