"""`keyshelf get`: fetch files and folders of the drive."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from keyshelf.cli import connecting, summary
from keyshelf.cli.commands.put import FolderNeedsRecursiveError, OnConflict
from keyshelf.cli.exits import ExitCode
from keyshelf.cli.options import Json, Quiet, Recursive, local_path
from keyshelf.cli.output import Output
from keyshelf.cli.progress import TransferDisplay
from keyshelf.client.asynchronous import AsyncClient
from keyshelf.client.paths import DrivePath
from keyshelf.client.values import File
from keyshelf.errors import InvalidInputError

Found = Sequence[tuple[DrivePath, File]]

INTERRUPTED = (
    "interrupted: what was fetched is kept; run the same command again to go on where it stopped"
)


class NotALocalFolderError(InvalidInputError):
    """Several things are to be fetched to what is not one folder. Name a folder."""

    code = "not-a-local-folder"


def get(
    arguments: Annotated[
        list[str],
        typer.Argument(
            metavar="DRIVE... [LOCAL]",
            help="What to fetch, and where to: a local folder, or for one file its new path."
            " A single argument is fetched into the current folder.",
        ),
    ],
    *,
    recursive: Recursive = False,
    on_conflict: Annotated[
        OnConflict, typer.Option(help="What to do with a local file that exists.")
    ] = OnConflict.FAIL,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Fetch files and folders of the drive. Writes local files; the drive stays as it is.

    Bytes come straight from the store, several ranges at once, into a hidden file that gets
    its name when it is whole and verified. An interrupted command goes on where it stopped.
    """
    *sources, last = arguments if len(arguments) > 1 else [arguments[0], "."]
    paths = [DrivePath.parse(source) for source in sources]
    out = Output(as_json=as_json)

    async def command(client: AsyncClient) -> ExitCode:
        found = [(path, await client.paths.file(path)) for path in paths]
        _check_folders(found, recursive=recursive)
        into, filename = _destination(last, found)
        display = TransferDisplay(out, done_word="fetched", quiet=quiet)
        with display:
            outcomes = await client.transfers.fetch(
                found, into, filename=filename, on_conflict=on_conflict.value, observer=display
            )
        return summary.finish(out, outcomes, done_word="fetched", quiet=quiet)

    connecting.run(command, when_interrupted=INTERRUPTED)


def _check_folders(found: Found, *, recursive: bool) -> None:
    for path, file in found:
        if file.is_folder and not recursive:
            raise FolderNeedsRecursiveError(f"{path} is a folder: say -r to fetch all below it")


def _destination(last: str, found: Found) -> tuple[Path, str | None]:
    """Return the local folder to fetch to, and the name of a single file there."""
    local = local_path(last)
    is_one_file = len(found) == 1 and not found[0][1].is_folder
    if local.is_dir() or last.endswith("/") or not (is_one_file or local.exists()):
        return local, None
    if not is_one_file:
        raise NotALocalFolderError(f"{local} is a file: name a folder to fetch to")
    return local.parent, local.name
