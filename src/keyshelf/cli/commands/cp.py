"""`keyshelf cp`: copy files and folders within the drive."""

from typing import Annotated

import typer

from keyshelf.cli import connecting, summary, targets, waiting
from keyshelf.cli.commands.mv import OnConflict
from keyshelf.cli.commands.put import FolderNeedsRecursiveError
from keyshelf.cli.exits import ExitCode
from keyshelf.cli.options import Json, Quiet, Recursive
from keyshelf.cli.output import Output
from keyshelf.client.asynchronous import AsyncClient
from keyshelf.client.paths import DrivePath
from keyshelf.client.values import Changed, File


def cp(
    arguments: Annotated[
        list[str],
        typer.Argument(
            metavar="DRIVE... DRIVE",
            help="What to copy, and where to: a folder, or for one thing the copy's path.",
        ),
    ],
    *,
    recursive: Recursive = False,
    on_conflict: Annotated[
        OnConflict, typer.Option(help="What to do with a name that is taken.")
    ] = OnConflict.FAIL,
    wait: Annotated[
        bool, typer.Option("--wait/--no-wait", help="Wait until everything is copied.")
    ] = True,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Copy files and folders within the drive. Adds files; the originals stay as they are.

    The store copies by itself: no bytes pass through this machine.
    """
    sources, target = targets.split(arguments)
    out = Output(as_json=as_json)

    async def command(client: AsyncClient) -> ExitCode:
        found = [(path, await client.paths.file(path)) for path in sources]
        for path, file in found:
            if file.is_folder and not recursive:
                raise FolderNeedsRecursiveError(f"{path} is a folder: say -r to copy all below it")
        place, name = await targets.destination(client, target, several=len(found) > 1)

        async def copy(item: tuple[DrivePath, File]) -> Changed:
            return await client.copy(
                item[1].id,
                parent_id=place.folder_id,
                space=place.space,
                filename=name,
                on_conflict=on_conflict.value,
            )

        done, code = await summary.for_all(found, copy, name=lambda item: item[0])
        jobs = [change.job for _, change in done if change.job]
        if wait:
            jobs = [await waiting.until_final(client, job, quiet=quiet or as_json) for job in jobs]
        lines = [
            f"copied {path} -> {place.path / (change.file.filename if change.file else path.name)}"
            for (path, _), change in done
        ]
        out.result({"items": [change.file for _, change in done], "jobs": jobs}, lines)
        return waiting.report(out, jobs) or code

    connecting.run(command, when_interrupted=waiting.INTERRUPTED)
