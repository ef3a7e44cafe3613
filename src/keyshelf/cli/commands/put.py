"""`keyshelf put`: send local files and folders into the drive."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from keyshelf.cli import connecting, summary
from keyshelf.cli.exits import ExitCode
from keyshelf.cli.options import Json, Quiet, Recursive, local_path
from keyshelf.cli.output import Output
from keyshelf.cli.progress import TransferDisplay
from keyshelf.client.asynchronous import AsyncClient
from keyshelf.client.paths import DrivePath, NotAFolderError, PathNotFoundError, Place
from keyshelf.errors import InvalidInputError

INTERRUPTED = (
    "interrupted: what was sent is kept; run the same command again to go on where it stopped"
)


class OnConflict(StrEnum):
    """What to do with a name that is taken."""

    FAIL = "fail"
    SKIP = "skip"
    RENAME = "rename"
    REPLACE = "replace"


class FolderNeedsRecursiveError(InvalidInputError):
    """A folder was named where files are expected. Say -r to take all below it."""

    code = "folder-needs-recursive"


def put(
    arguments: Annotated[
        list[str],
        typer.Argument(
            metavar="LOCAL... [DRIVE]",
            help="What to send, and where to: a folder of the drive, or for one file its new path."
            " A single argument is sent to the root of my files.",
        ),
    ],
    *,
    recursive: Recursive = False,
    parents: Annotated[
        bool, typer.Option("--parents", "-p", help="Make the folder to send to if it is missing.")
    ] = False,
    on_conflict: Annotated[
        OnConflict, typer.Option(help="What to do with a name that is taken.")
    ] = OnConflict.FAIL,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Send files and folders into the drive. Adds files; replaces only with --on-conflict replace.

    Bytes go straight to the store, several parts at once. An interrupted command goes on
    where it stopped when it is run again: nothing is sent twice.
    """
    sources, target = _split(arguments)
    for source in sources:
        if source.is_dir() and not recursive:
            raise FolderNeedsRecursiveError(f"{source} is a folder: say -r to send all below it")
    out = Output(as_json=as_json)

    async def command(client: AsyncClient) -> ExitCode:
        into, filename = await _destination(client, target, sources, make_parents=parents)
        display = TransferDisplay(out, done_word="sent", quiet=quiet)
        with display:
            outcomes = await client.transfers.send(
                sources,
                into,
                filename=filename,
                on_conflict=on_conflict.value,
                observer=display,
            )
        return summary.finish(out, outcomes, done_word="sent", quiet=quiet)

    connecting.run(command, when_interrupted=INTERRUPTED)


def _split(arguments: list[str]) -> tuple[list[Path], str]:
    """Take the arguments apart: the last of several is where to send to."""
    *sources, target = arguments if len(arguments) > 1 else [arguments[0], "/"]
    # Named twice is sent once: two transfers of one file would share what they remember.
    return [local_path(source) for source in dict.fromkeys(sources)], target


async def _destination(
    client: AsyncClient, target: str, sources: list[Path], *, make_parents: bool
) -> tuple[Place, str | None]:
    """Return the folder to send to, and the name of a single file there if it gets another."""
    path = DrivePath.parse(target)
    is_folder_meant = target.endswith("/") or len(sources) > 1 or sources[0].is_dir()
    found = None if path.is_root else await client.paths.find(path)
    if path.is_root or (found and found.is_folder):
        return await client.paths.place(path), None
    if not is_folder_meant:
        above = path.parent
        place = client.paths.make(above) if make_parents else client.paths.place(above)
        return await place, path.name
    if found:
        raise NotAFolderError(f"{path} is a file: name a folder to send to")
    if not make_parents:
        raise PathNotFoundError(f"there is no folder {path}: say -p to make it")
    return await client.paths.make(path), None
