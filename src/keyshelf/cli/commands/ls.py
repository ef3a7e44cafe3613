"""`keyshelf ls`: list a folder of the drive."""

from enum import StrEnum
from typing import Annotated

import typer

from keyshelf.cli import connecting, output
from keyshelf.cli.exits import ExitCode
from keyshelf.cli.options import Json
from keyshelf.cli.output import Output
from keyshelf.cli.repository_lists import list_commit
from keyshelf.client.asynchronous import AsyncClient
from keyshelf.client.paths import DrivePath
from keyshelf.client.values import File
from keyshelf.errors import InvalidInputError


class Sort(StrEnum):
    """What a list is sorted by."""

    NAME = "name"
    SIZE = "size"
    CREATED = "created"
    UPDATED = "updated"
    TYPE = "type"


def ls(
    path: Annotated[
        str,
        typer.Argument(
            metavar="[DRIVE|REF]",
            help="A folder or file; shared:/ is what all share. With --repo, a REF.",
        ),
    ] = "",
    below: Annotated[
        str, typer.Argument(metavar="[PATH]", help="With --repo, a path in the commit.")
    ] = "",
    *,
    repo: Annotated[
        str | None, typer.Option("--repo", "-R", help="A repository, instead of the drive.")
    ] = None,
    long: Annotated[
        bool, typer.Option("--long", "-l", help="Size, time of change and object key too.")
    ] = False,
    sort: Annotated[Sort, typer.Option(help="What to sort by.")] = Sort.NAME,
    reverse: Annotated[bool, typer.Option("--reverse", help="The other way round.")] = False,
    as_json: Json = False,
) -> None:
    """List a folder of the drive, folders first, or of a commit by name. Changes nothing."""
    out = Output(as_json=as_json)
    if repo is not None:
        if reverse or sort is not Sort.NAME:
            raise InvalidInputError("what a commit holds is listed by name: no --sort or --reverse")
        list_commit(repo, path or "main", below, out, long=long)
    if below:
        raise InvalidInputError(f"{below!r} is one path too many: list one folder, or say --repo")
    where = DrivePath.parse(path or "/")

    async def command(client: AsyncClient) -> ExitCode:
        file = None if where.is_root else await client.paths.file(where)
        if file and not file.is_folder:
            files = [file]
        else:
            level = client.folder(
                file.id if file else None,
                space=where.space,
                sort=sort.value,
                order="desc" if reverse else "asc",
            )
            files = [each async for each in level]
        out.result({"items": files}, _long(files) if long else [_name(each) for each in files])
        return ExitCode.OK

    connecting.run(command)


def _name(file: File) -> str:
    return f"{file.filename}/" if file.is_folder else file.filename


def _long(files: list[File]) -> list[str]:
    rows = [
        [
            output.size_text(file.size),
            output.time_text(file.updated_at),
            output.printable(_name(file)),
            output.printable(file.key),
        ]
        for file in files
    ]
    return output.table(rows, right=[0])
