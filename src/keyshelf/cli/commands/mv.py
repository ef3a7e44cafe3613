"""`keyshelf mv`: rename and move files and folders."""

from enum import StrEnum
from typing import Annotated

import typer

from keyshelf.cli import connecting, summary, targets, waiting
from keyshelf.cli.exits import ExitCode
from keyshelf.cli.options import Json, Quiet
from keyshelf.cli.output import Output
from keyshelf.client.asynchronous import AsyncClient
from keyshelf.client.paths import DrivePath, Place
from keyshelf.client.values import Changed, File


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

        async def move(item: tuple[DrivePath, File]) -> Changed:
            return await client.change(
                item[1].id,
                filename=name,
                place=(place.folder_id, place.space),
                on_conflict=on_conflict.value,
            )

        done, code = await summary.for_all(found, move, name=lambda item: item[0])
        jobs = [change.job for _, change in done if change.job]
        if wait:
            jobs = [await waiting.until_final(client, job, quiet=quiet or as_json) for job in jobs]
        lines = [f"moved {path} -> {_shown(place, change)}" for (path, _), change in done]
        out.result({"items": [change.file for _, change in done], "jobs": jobs}, lines)
        return waiting.report(out, jobs) or code

    connecting.run(command, when_interrupted=waiting.INTERRUPTED)


def _shown(place: Place, change: Changed) -> DrivePath:
    return place.path / change.file.filename if change.file else place.path
