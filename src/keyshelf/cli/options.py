"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

from keyshelf.cli import interrupting, output
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


class NoLocalPathError(InvalidInputError):
    """A local path is empty, as a variable is that was never set. Name one; `.` is here."""

    code = "no-local-path"


def local_path(text: str) -> Path:
    """Return the file or folder of this machine that a person names.

    Raises `NoLocalPathError` for what an unset variable leaves: it would be the current folder.
    """
    if not text:
        raise NoLocalPathError("'' names no file or folder: the folder that you are in is .")
    return Path(text)


def confirm(question: str, *, yes: bool) -> None:
    """Ask a person, unless `yes` answers already; raises `NotConfirmedError` for a no."""
    if yes:
        return
    if not output.is_interactive():
        raise NotConfirmedError(f"{question} There is nobody to ask: say --yes.")
    try:
        with interrupting.raised():
            is_yes = typer.confirm(question, err=True)
    except typer.Abort:  # as Typer tells Ctrl-C, and the end of the input
        raise KeyboardInterrupt from None
    if not is_yes:
        raise NotConfirmedError("nothing was changed")
