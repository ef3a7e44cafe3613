"""`keyshelf rm`: move files and folders into the trash."""

from typing import Annotated

import typer

from keyshelf.cli import connecting, options, output, summary
from keyshelf.cli.exits import ExitCode
from keyshelf.cli.options import DryRun, Json, Yes
from keyshelf.cli.output import Output
from keyshelf.client.asynchronous import AsyncClient
from keyshelf.client.paths import DrivePath
from keyshelf.client.values import File


def rm(
    paths: Annotated[list[str], typer.Argument(metavar="DRIVE...", help="What to remove.")],
    *,
    permanent: Annotated[
        bool, typer.Option("--permanent", help="Delete for good, past the trash. Asks first.")
    ] = False,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Move files and folders into the trash, where `keyshelf restore` finds them.

    A folder goes with all below it. With --permanent they are deleted for good.
    """
    wanted = [DrivePath.parse(path) for path in paths]
    out = Output(as_json=as_json)

    async def command(client: AsyncClient) -> ExitCode:
        # Everything is looked up first, so that a misspelt path removes nothing.
        found = [(path, await client.paths.file(path)) for path in wanted]
        if permanent and not dry_run:
            options.confirm(f"Delete {_several(found)} for good?", yes=yes)

        async def remove(item: tuple[DrivePath, File]) -> None:
            if not dry_run:
                await _remove(client, item[1], permanent=permanent)

        done, code = await summary.for_all(found, remove, name=lambda item: item[0])
        removed = [item for item, _ in done]
        word = "deleted" if permanent else "trashed"
        word = f"would be {word}" if dry_run else word
        out.result(
            {"dry_run": dry_run, "permanent": permanent, "items": [file for _, file in removed]},
            [f"{word} {path} ({output.size_text(file.size)})" for path, file in removed],
        )
        return code

    connecting.run(command)


async def _remove(client: AsyncClient, file: File, *, permanent: bool) -> None:
    await client.move_to_trash(file.id)
    if permanent:
        await client.delete_forever(file.id)


def _several(found: list[tuple[DrivePath, File]]) -> str:
    if len(found) == 1:
        path, file = found[0]
        return f"{path} ({output.size_text(file.size)})"
    size = sum(file.size for _, file in found)
    return f"{output.count_text(len(found), 'item')} ({output.size_text(size)})"
