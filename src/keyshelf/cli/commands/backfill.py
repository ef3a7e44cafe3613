"""`keyshelf backfill`: register the objects of the bucket that the drive does not know."""

from typing import Annotated

import typer

from keyshelf.cli import connecting, waiting
from keyshelf.cli.exits import ExitCode
from keyshelf.cli.options import DryRun, Json, Quiet
from keyshelf.cli.output import Output, count_text
from keyshelf.client.asynchronous import AsyncClient
from keyshelf.client.values import BackfillReport
from keyshelf.client.wire import decode


def backfill(
    *,
    prefix: Annotated[
        str | None, typer.Option(help="Only object keys that begin so; all, unless given.")
    ] = None,
    dry_run: DryRun = False,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Register the objects of the bucket that the drive does not know. Adds files and folders.

    Speaks to the private listener. Objects are read, never changed; running it twice
    adds nothing. Exits with 6 when there are keys that it could not read.
    """
    out = Output(as_json=as_json)

    async def command(client: AsyncClient) -> ExitCode:
        started = await client.start_backfill(prefix=prefix, dry_run=dry_run)
        job = await waiting.until_final(client, started, quiet=quiet or as_json)
        code = waiting.report(out, [job])
        if code != ExitCode.OK:
            return code
        report = decode(BackfillReport, job.result)
        for error in report.errors:
            out.message(f"keyshelf: {error}")
        out.result(report, _lines(report))
        return ExitCode.SOME_FAILED if report.errors else ExitCode.OK

    connecting.run(command, when_interrupted=waiting.INTERRUPTED)


def _lines(report: BackfillReport) -> list[str]:
    word = "would create" if report.dry_run else "created"
    scanned = count_text(report.scanned, "object")
    folders = count_text(report.folders_created, "folder")
    made = f"{folders} and {count_text(report.files_created, 'file')}"
    return [
        f"scanned {scanned}, {report.already_registered:,} already registered",
        f"{word} {made}, {count_text(len(report.errors), 'error')}",
    ]
