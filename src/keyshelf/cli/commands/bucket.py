"""`keyshelf bucket`: all rules of all stores at once."""

import anyio
import typer

from keyshelf.cli import rules_text
from keyshelf.cli.commands import rules
from keyshelf.cli.exits import ExitCode
from keyshelf.cli.options import Json
from keyshelf.cli.output import Output

app = typer.Typer(help="What the buckets of the stores are told.", no_args_is_help=True)


@app.command()
def plan(as_json: Json = False) -> None:
    """Compare all rules of all stores with what the settings want.

    Changes nothing. Exits with 1 when something differs, with 6 when something could not be read.
    """
    # Imported when asked for: the drivers of stores take longer to load than most commands.
    from keyshelf.app import bucket_rules  # noqa: PLC0415

    stores = anyio.run(bucket_rules.plan, rules.loaded())
    Output(as_json=as_json).result({"items": stores}, rules_text.planned(stores))
    if any(each.differs for each in stores):
        raise typer.Exit(ExitCode.FAILURE)
    is_unread = any(each.is_unread for each in stores)
    raise typer.Exit(ExitCode.SOME_FAILED if is_unread else ExitCode.OK)
