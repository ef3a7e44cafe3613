"""`keyshelf restore-plan`: what a version needs that must be restored before it is read."""

from typing import Annotated

import typer

from keyshelf.cli import hosting, restoring, restoring_text
from keyshelf.cli.exits import ExitCode
from keyshelf.cli.hosting import AnyHost, Repo
from keyshelf.cli.options import Json
from keyshelf.cli.output import Output
from keyshelf.repositories.history.resolve import resolve
from keyshelf.repositories.paths import path_typed
from keyshelf.repositories.reading import Reader
from keyshelf.workflows import restore_chunks
from keyshelf.workflows.restore_chunks import DAYS, RestoreOptions


def restore_plan(
    ref: Annotated[str, typer.Argument(help="A branch, tag or commit.")],
    paths: Annotated[
        list[str] | None, typer.Argument(metavar="[PATH]...", help="Only these of it.")
    ] = None,
    *,
    repo: Repo,
    days: Annotated[int, typer.Option(min=1, help="How long S3 is to keep copies.")] = DAYS,
    as_json: Json = False,
) -> None:
    """Say what a version needs that lies in a class that must be restored before it is read.

    Which files and how much, how long each way takes, and what it costs by the price book.
    Changes nothing; `keyshelf restore --repo` asks for it.
    """
    out = Output(as_json=as_json)
    wanted = [path_typed(path) for path in paths or []]
    options = RestoreOptions(days=days)

    async def command(host: AnyHost) -> ExitCode:
        reader = Reader(await hosting.opened(restoring.here(host), repo))
        root = (await reader.manifest((await resolve(reader, ref)).commit)).root
        async with restoring.opened(host) as parts:
            planned = await restore_chunks.plan(parts, reader, root, wanted, days=days)
            out.result(
                restoring_text.document(planned, options, parts.currency),
                restoring_text.lines(planned, options, parts.currency),
            )
        return ExitCode.OK

    hosting.run(command)
