"""`keyshelf trash`: what was removed, and removing it for good."""

import typer

from keyshelf.cli import connecting, options, output, waiting
from keyshelf.cli.exits import ExitCode
from keyshelf.cli.options import DryRun, Json, Quiet, Yes
from keyshelf.cli.output import Output
from keyshelf.client.asynchronous import AsyncClient
from keyshelf.client.paths import DrivePath
from keyshelf.client.values import TrashContents

app = typer.Typer(help="See and empty the trash.", no_args_is_help=True)


@app.command("list")
def list_trash(as_json: Json = False) -> None:
    """List what is in the trash, newest first. Changes nothing."""
    out = Output(as_json=as_json)

    async def command(client: AsyncClient) -> ExitCode:
        files = [file async for file in client.trash()]
        rows = [
            [
                str(file.id),
                output.size_text(file.size),
                output.time_text(file.deleted_at),
                output.time_text(file.purge_at),
                output.printable(str(DrivePath.before_trash(file))),
            ]
            for file in files
        ]
        head = [["ID", "SIZE", "TRASHED", "GONE AT", "PATH"]] if rows else []
        out.result({"items": files}, output.table(head + rows, right=[1]))
        return ExitCode.OK

    connecting.run(command)


@app.command("empty")
def empty_trash(
    dry_run: DryRun = False, yes: Yes = False, quiet: Quiet = False, as_json: Json = False
) -> None:
    """Delete everything in the trash for good. Asks first."""
    out = Output(as_json=as_json)

    async def command(client: AsyncClient) -> ExitCode:
        contents = await client.trash_contents()
        if dry_run:
            out.result(contents, [f"would delete {_text(contents)}"])
            return ExitCode.OK
        if not (contents.files or contents.folders):
            out.result({"deleted": contents, "job": None}, ["the trash is empty"])
            return ExitCode.OK
        options.confirm(f"Delete {_text(contents)} for good?", yes=yes)
        job = (await client.empty_trash()).job
        if job:
            job = await waiting.until_final(client, job, quiet=quiet or as_json)
        out.result({"deleted": contents, "job": job}, [f"deleted {_text(contents)}"])
        return waiting.report(out, [job] if job else [])

    connecting.run(command, when_interrupted=waiting.INTERRUPTED)


def _text(contents: TrashContents) -> str:
    files = output.count_text(contents.files, "file")
    folders = output.count_text(contents.folders, "folder")
    return f"{files} and {folders} ({output.size_text(contents.bytes)})"
