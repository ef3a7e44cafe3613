"""`keyshelf diff`: what changed between two commits."""

from typing import Annotated

import typer

from keyshelf.cli import hosting
from keyshelf.cli.exits import ExitCode
from keyshelf.cli.hosting import Repo
from keyshelf.cli.options import Json
from keyshelf.cli.output import Output, count_text, size_text
from keyshelf.cli.repository_text import change_document, change_line
from keyshelf.repositories.history.diff import diff as changes_between
from keyshelf.repositories.history.new_bytes import NewBytes, new_bytes
from keyshelf.repositories.history.resolve import resolve
from keyshelf.repositories.host import Host
from keyshelf.repositories.paths import path_typed
from keyshelf.repositories.reading import Reader


def diff(
    before: Annotated[str, typer.Argument(metavar="A", help="A branch, tag or commit.")],
    after: Annotated[str, typer.Argument(metavar="B", help="A branch, tag or commit.")],
    path: Annotated[str, typer.Argument(help="Only what is below this path.")] = "",
    *,
    repo: Repo,
    as_json: Json = False,
) -> None:
    """Show what changed from A to B, with sizes, and how many bytes really were new.

    A is added, M changed, D removed, R renamed, T another mode or time, K another kind.
    Changes nothing.
    """
    out = Output(as_json=as_json)
    below = path_typed(path)

    async def command(host: Host) -> ExitCode:
        reader = Reader(await hosting.opened(host, repo))
        first = await reader.manifest((await resolve(reader, before)).commit)
        second = await reader.manifest((await resolve(reader, after)).commit)
        found = await changes_between(reader, first.root, second.root, path=below)
        documents: list[dict[str, object]] = []
        count = 0
        async for change in found:
            count += 1
            if as_json:
                documents.append(change_document(change))
            else:
                out.line(change_line(change))
        new = await new_bytes(reader, first.root, second.root, path=below)
        document = {
            "items": documents,
            "new_bytes": new.size,
            "is_most": new.is_most,
            "are_renames_complete": found.are_renames_complete,
        }
        out.result(document, [_summary(count, new)])
        return ExitCode.OK

    hosting.run(command)


def _summary(count: int, new: NewBytes) -> str:
    most = "at most " if new.is_most else ""
    return f"{count_text(count, 'change')}, {most}{size_text(new.size)} really new"
