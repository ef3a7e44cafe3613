"""`keyshelf restore`: out of the trash, or of a class that must be restored."""

from typing import Annotated

import typer

from keyshelf.cli import connecting, summary, waiting
from keyshelf.cli.commands.mv import OnConflict
from keyshelf.cli.commands.restore_version import Restoring, restore_version
from keyshelf.cli.exits import ExitCode
from keyshelf.cli.options import Json, Quiet
from keyshelf.cli.output import Output
from keyshelf.client.asynchronous import AsyncClient
from keyshelf.client.paths import DrivePath, PathNotFoundError
from keyshelf.client.values import Changed, TrashedFile
from keyshelf.repositories.paths import path_typed
from keyshelf.store.restoring import RestoreTier
from keyshelf.workflows.restore_chunks import DAYS, RestoreOptions


def restore(
    items: Annotated[
        list[str],
        typer.Argument(
            metavar="DRIVE|ID|REF [PATH]...",
            help="Where it was, or its id in `trash list`; with --repo a version, and paths in it.",
        ),
    ],
    *,
    repo: Annotated[
        str | None,
        typer.Option("--repo", "-R", help="Restore chunks of this repository, not of the trash."),
    ] = None,
    tier: Annotated[
        RestoreTier, typer.Option(help="With --repo: how quickly, and at what price.")
    ] = RestoreTier.STANDARD,
    days: Annotated[int, typer.Option(min=1, help="With --repo: how long S3 keeps copies.")] = DAYS,
    wait: Annotated[
        bool, typer.Option("--wait", help="With --repo: until all can be read.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="With --repo: do not ask.")] = False,
    quiet: Quiet = False,
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

    With --repo, have restored what a version needs of chunks in a class that must be: that
    costs what `restore-plan` says, and is asked for once however often this is run.
    """
    out = Output(as_json=as_json)
    if repo is not None:
        paths = [path_typed(path) for path in items[1:]]
        options = RestoreOptions(tier, days)
        restore_version(Restoring(repo, items[0], paths, options, wait, yes, quiet), out)
        return

    async def command(client: AsyncClient) -> ExitCode:
        trashed = [file async for file in client.trash()]
        found = [_find(trashed, item) for item in items]

        async def bring_back(file: TrashedFile) -> Changed:
            return await client.restore(file.id, to_root=to_root, on_conflict=on_conflict.value)

        done, code = await summary.for_all(found, bring_back, name=DrivePath.before_trash)
        jobs = [change.job for _, change in done if change.job]
        lines = [f"restored {_shown(file, change, to_root=to_root)}" for file, change in done]
        out.result({"items": [change.file for _, change in done], "jobs": jobs}, lines)
        return waiting.report(out, jobs) or code

    connecting.run(command)


def _find(trashed: list[TrashedFile], item: str) -> TrashedFile:
    """Return what `item` names; the trash is sorted by the newest first."""
    for file in trashed:
        if item == str(file.id) or _is_at(file, item):
            return file
    raise PathNotFoundError(f"{item} is not in the trash: `keyshelf trash list` shows what is")


def _is_at(file: TrashedFile, item: str) -> bool:
    is_path = item.startswith("/") or ":/" in item
    return is_path and DrivePath.parse(item) == DrivePath.before_trash(file)


def _shown(file: TrashedFile, change: Changed, *, to_root: bool) -> DrivePath:
    was = DrivePath.before_trash(file)
    above = DrivePath(was.space) if to_root else was.parent
    return above / (change.file.filename if change.file else was.name)
