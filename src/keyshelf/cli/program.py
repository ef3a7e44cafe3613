"""The `keyshelf` program: its commands, and how their failures end it."""

import errno
import logging
import sys
import traceback
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

from keyshelf.cli import interrupting, output
from keyshelf.cli.commands import (
    backup,
    bucket,
    jobs,
    keys,
    media,
    recover,
    replication,
    repo,
    report,
    rules,
    token,
    trash,
)
from keyshelf.cli.commands.backfill import backfill
from keyshelf.cli.commands.capacity import capacity
from keyshelf.cli.commands.cat import cat
from keyshelf.cli.commands.check import check
from keyshelf.cli.commands.checkout import checkout
from keyshelf.cli.commands.commit import commit
from keyshelf.cli.commands.config import config
from keyshelf.cli.commands.cost import cost
from keyshelf.cli.commands.cp import cp
from keyshelf.cli.commands.diff import diff
from keyshelf.cli.commands.doctor import doctor
from keyshelf.cli.commands.gc import gc
from keyshelf.cli.commands.get import get
from keyshelf.cli.commands.log import log
from keyshelf.cli.commands.ls import ls
from keyshelf.cli.commands.mv import mv
from keyshelf.cli.commands.put import put
from keyshelf.cli.commands.rebuild import rebuild
from keyshelf.cli.commands.refs import branch, tag
from keyshelf.cli.commands.restore import restore
from keyshelf.cli.commands.restore_plan import restore_plan
from keyshelf.cli.commands.rm import rm
from keyshelf.cli.commands.serve import serve, up, worker
from keyshelf.cli.exits import ExitCode, exit_code
from keyshelf.client.transfers import local_failures
from keyshelf.client.transfers.local_failures import LocalFileMissingError
from keyshelf.errors import Error
from keyshelf.store.control import RuleKind

_FULL = (errno.ENOSPC, errno.EDQUOT)
HELP = """Media on object storage under keys a person can read.

Drive paths begin with / (my files) or shared:/ (what everybody shares). The service
on this machine is found by itself; KEYSHELF_URL and KEYSHELF_TOKEN name another one.
Repositories (repo, and what takes --repo) keep every version of a folder.
"""


class _Commands(TyperGroup):
    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 -- the library has no public name for it
        """Run a command, which Ctrl-C ends with one line."""
        try:
            with interrupting.raised():
                try:
                    return super().invoke(ctx)
                finally:
                    sys.stdout.flush()  # here a failure is told
        except KeyboardInterrupt:
            output.message("interrupted")
            raise typer.Exit(ExitCode.INTERRUPTED) from None


app = typer.Typer(
    name="keyshelf",
    cls=_Commands,
    help=HELP,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for _command in (put, get, ls, mv, cp, rm, restore):
    app.command()(_command)
app.add_typer(trash.app, name="trash")
app.add_typer(repo.app, name="repo")
for _command in (commit, log, diff, checkout, branch, tag, cat, gc, check):
    app.command()(_command)
app.command("restore-plan")(restore_plan)
app.command()(backfill)
app.command()(rebuild)
app.add_typer(recover.app, name="recover")
app.add_typer(backup.app, name="backup")
app.add_typer(report.app, name="report")
for _command in (cost, capacity):
    app.command()(_command)
app.add_typer(bucket.app, name="bucket")
for _kind, _group in rules.GROUPS.items():
    app.add_typer(_group, name=_kind)
for _command in (replication.status, replication.backfill):
    rules.GROUPS[RuleKind.REPLICATION].command()(_command)
app.add_typer(media.app, name="media")
app.add_typer(jobs.app, name="jobs")
app.add_typer(token.app, name="token")
app.add_typer(keys.app, name="keys")
for _command in (doctor, config, up, serve, worker):
    app.command()(_command)


def _show_version(value: bool) -> None:  # noqa: FBT001 -- Typer calls it with the option's value
    if value:
        output.Output().line(f"keyshelf {version('keyshelf')}")
        raise typer.Exit


@app.callback()
def keyshelf(
    *,
    _version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_show_version, is_eager=True, help="Show the version and exit."
        ),
    ] = False,
) -> None:
    """Hold the options of the program itself."""


def run() -> NoReturn:
    """Run one command; a failure is one line that names the fix, and an exit code."""
    output.prepare()
    # What is wrong with the database is told once, by our own error. A service that logs hears
    # of it all the same.
    logging.getLogger("psycopg").addHandler(logging.NullHandler())
    try:
        app()
    except Error as error:
        _fail(error)
    except BrokenPipeError:
        # Whoever read our output has enough (`| head`).
        output.abandon_results()
        sys.exit(ExitCode.FAILURE)
    except Exception as error:  # noqa: BLE001 -- a person gets a line, whatever was forgotten
        if isinstance(error, OSError) and (error.filename or error.errno in _FULL):
            # Any look at a path that a person named may be refused, and stdout may be full.
            if error.filename is None:
                output.abandon_results()
            _fail(local_failures.meaning(error))
        if isinstance(error, FileNotFoundError) and not _is_somewhere():
            _fail(LocalFileMissingError("the folder that this runs in was removed: go to another"))
        output.message(f"keyshelf: internal error, please report it: {_place_of(error)}")
        sys.exit(ExitCode.FAILURE)
    sys.exit(ExitCode.OK)


def _fail(error: Error) -> NoReturn:
    output.message(f"keyshelf: {error.detail}")
    sys.exit(exit_code(error))


def _is_somewhere() -> bool:
    try:
        Path.cwd()
    except FileNotFoundError:
        return False
    return True


def _place_of(error: Exception) -> str:
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}: {error} ({Path(last.filename).name}, line {last.lineno})"
