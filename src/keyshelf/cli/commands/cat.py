"""`keyshelf cat`: the bytes of a file in a commit."""

import sys
from contextlib import aclosing
from typing import Annotated

import anyio.to_thread
import typer

from keyshelf.cli import hosting, restoring
from keyshelf.cli.exits import ExitCode
from keyshelf.cli.hosting import AnyHost, Repo
from keyshelf.repositories.history.content import content
from keyshelf.repositories.history.folders import find_file
from keyshelf.repositories.history.resolve import resolve
from keyshelf.repositories.paths import path_typed
from keyshelf.repositories.reading import Reader


def cat(
    ref: Annotated[str, typer.Argument(help="A branch, tag or commit.")],
    path: Annotated[str, typer.Argument(help="A file in it.")],
    *,
    repo: Repo,
) -> None:
    """Write the bytes of a file in a commit to standard output. Changes nothing."""
    where = path_typed(path)

    async def command(host: AnyHost) -> ExitCode:
        reader = Reader(await hosting.opened(host, repo))
        manifest = await reader.manifest((await resolve(reader, ref)).commit)
        entry = await find_file(reader, manifest.root, where)
        async with (
            restoring.telling(host, reader, manifest.root, [where]),
            aclosing(content(reader, entry, path=where)) as pieces,
        ):
            async for piece in pieces:
                await anyio.to_thread.run_sync(sys.stdout.buffer.write, piece)
        sys.stdout.buffer.flush()
        return ExitCode.OK

    hosting.run(command)
