"""`keyshelf restore`: take files and folders out of the trash."""

from typing import Annotated

import typer

from keyshelf.cli import connecting, waiting
from keyshelf.cli.commands.mv import OnConflict
from keyshelf.cli.exits import ExitCode
from keyshelf.cli.options import Json
from keyshelf.cli.output import Output
from keyshelf.client.asynchronous import AsyncClient
from keyshelf.client.paths import DrivePath, PathNotFoundError
from keyshelf.client.values import TrashedFile


def restore(
    items: Annotated[
        list[str],
        typer.Argument(metavar="DRIVE|ID...", help="Where it was, or its id in `trash list`."),
    ],
    *,
    to_root: Annotated[
        bool, typer.Option("--to-root", help="To the root of its space, not where it was.")
    ] = False,
    on_conflict: Annotated[
        OnConflict, typer.Option(help="What to do with a name that is taken.")
    ] = OnConflict.FAIL,
    as_json: Json = False,
) -> None:
    """Take files and folders out of the trash, back to where they were.

    Of several that were at the same path, the one that was removed last comes back.
    """
    out = Output(as_json=as_json)

    async def command(client: AsyncClient) -> ExitCode:
        trashed = [file async for file in client.trash()]
        found = [_find(trashed, item) for item in items]
        changes = [
            await client.restore(file.id, to_root=to_root, on_conflict=on_conflict.value)
            for file in found
        ]
        jobs = [change.job for change in changes if change.job]
        lines = [
            f"restored {change.file.filename if change.file else file.filename}"
            for file, change in zip(found, changes, strict=True)
        ]
        out.result({"items": [change.file for change in changes], "jobs": jobs}, lines)
        return waiting.report(out, jobs)

    connecting.run(command)


def _find(trashed: list[TrashedFile], item: str) -> TrashedFile:
    """Return what `item` names; the trash is sorted by the newest first."""
    for file in trashed:
        if item == str(file.id) or _is_at(file, item):
            return file
    raise PathNotFoundError(f"{item} is not in the trash: `keyshelf trash list` shows what is")


def _is_at(file: TrashedFile, item: str) -> bool:
    if not item.startswith(("/", "shared:/", "my-files:/")):
        return False
    path = DrivePath.parse(item)
    return path.space == file.space and "/".join(path.names) == file.original_path
