"""`keyshelf log`: the commits of a repository."""

from typing import Annotated

import typer

from keyshelf.cli import hosting
from keyshelf.cli.exits import ExitCode
from keyshelf.cli.hosting import Repo
from keyshelf.cli.options import Json
from keyshelf.cli.output import Output, count_text, size_text
from keyshelf.cli.repository_text import commit_document, commit_time, short
from keyshelf.errors import IntegrityError
from keyshelf.layout.repository import CommitHash
from keyshelf.repositories.history.log import LogEntry, log_page
from keyshelf.repositories.history.resolve import resolve
from keyshelf.repositories.host import Host
from keyshelf.repositories.reading import Reader

_PAGE = 100


def log(
    ref: Annotated[str, typer.Argument(help="A branch, tag or commit to begin at.")] = "main",
    *,
    repo: Repo,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="At most so many.")] = 1000,
    as_json: Json = False,
) -> None:
    """List commits, the newest first, with their parents' before them. Changes nothing.

    Exits with 7 when a commit cannot be read, and names it; the others are listed.
    """
    out = Output(as_json=as_json)

    async def command(host: Host) -> ExitCode:
        carrier = await hosting.opened(host, repo)
        reader = Reader(carrier)
        names: dict[CommitHash, list[str]] = {}
        for each in await carrier.refs():
            names.setdefault(each.commit, []).append(each.name.name)
        start: tuple[CommitHash, ...] = ((await resolve(reader, ref)).commit,)
        shown: list[dict[str, object]] = []
        damaged: dict[CommitHash, IntegrityError] = {}
        left = limit
        while start and left:
            page = await log_page(reader, start, limit=min(_PAGE, left))
            start, left = page.next, left - len(page.entries)
            damaged |= page.damaged
            if as_json:
                shown += [commit_document(each.commit, each.manifest) for each in page.entries]
                continue
            for entry in page.entries:
                for line in _lines(entry, names.get(entry.commit, [])):
                    out.line(line)
        if as_json:
            document = {"items": shown, "damaged": [_document(*each) for each in damaged.items()]}
            out.result(document, [])
        for error in damaged.values():
            out.message(f"keyshelf: {error.detail}")
        return ExitCode.INTEGRITY if damaged else ExitCode.OK

    hosting.run(command)


def _document(commit: CommitHash, error: IntegrityError) -> dict[str, str]:
    return {"commit": commit, "code": error.code, "detail": error.detail}


def _lines(entry: LogEntry, names: list[str]) -> list[str]:
    manifest = entry.manifest
    title, *more = manifest.message.splitlines() or [""]
    signs = f" ({', '.join(names)})" if names else ""
    size = f"{count_text(entry.files, 'file')}, {size_text(entry.size)}"
    author = manifest.author.name
    return [
        f"{short(entry.commit)}{signs}  {title}".rstrip(),
        f"    {commit_time(manifest.committed_at)}  {author}  {size}",
        *(f"    {line}" for line in more if line.strip()),
    ]
