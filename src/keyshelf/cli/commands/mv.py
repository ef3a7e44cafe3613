"""`keyshelf mv`: rename and move files and folders."""

from enum import StrEnum
from typing import Annotated

import typer

from keyshelf.cli import connecting, targets, waiting
from keyshelf.cli.exits import ExitCode
from keyshelf.cli.options import Json, Quiet
from keyshelf.cli.output import Output
from keyshelf.client.asynchronous import AsyncClient
from keyshelf.client.paths import DrivePath


class OnConflict(StrEnum):
    """What to do with a name that is taken."""

    FAIL = "fail"
    RENAME = "rename"


def mv(
    arguments: Annotated[
        list[str],
        typer.Argument(
            metavar="DRIVE... DRIVE",
            help="What to move, and where to: a folder, or for one thing its new path.",
        ),
    ],
    *,
    on_conflict: Annotated[
        OnConflict, typer.Option(help="What to do with a name that is taken.")
    ] = OnConflict.FAIL,
    wait: Annotated[
        bool, typer.Option("--wait", help="Wait until the objects in the bucket have followed.")
    ] = False,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Rename or move files and folders. Lists show it at once; objects follow as a job."""
    sources, target = targets.split(arguments)
    out = Output(as_json=as_json)

    async def command(client: AsyncClient) -> ExitCode:
        found = [(path, await client.paths.file(path)) for path in sources]
        place, name = await targets.destination(client, target, several=len(found) > 1)
        changes = [
            await client.change(
                file.id,
                filename=name,
                place=(place.folder_id, place.space),
                on_conflict=on_conflict.value,
            )
            for _, file in found
        ]
        jobs = [change.job for change in changes if change.job]
        if wait:
            jobs = [await waiting.until_final(client, job, quiet=quiet or as_json) for job in jobs]
        lines = [
            f"moved {path} -> {_shown(place.path, change.file.filename)}"
            for (path, _), change in zip(found, changes, strict=True)
            if change.file
        ]
        out.result({"items": [change.file for change in changes], "jobs": jobs}, lines)
        return waiting.report(out, jobs)

    connecting.run(command, when_interrupted=waiting.INTERRUPTED)


def _shown(folder: DrivePath, name: str) -> str:
    return str(folder / name)
