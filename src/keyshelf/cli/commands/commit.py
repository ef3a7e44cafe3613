"""`keyshelf commit`: a new version of a folder in a repository."""

import getpass
import os
import pwd
import re
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from keyshelf import settings
from keyshelf.cli import hosting
from keyshelf.cli.exits import ExitCode
from keyshelf.cli.hosting import Repo
from keyshelf.cli.options import Json, Quiet, local_path
from keyshelf.cli.output import Output, count_text, size_text
from keyshelf.cli.progress import ContentDisplay
from keyshelf.cli.repository_text import commit_document, short
from keyshelf.cli.working_folder import own_folders, remembered
from keyshelf.clock import system_clock
from keyshelf.errors import InvalidInputError
from keyshelf.repositories.commit.service import commit as make_commit
from keyshelf.repositories.commit.values import Commit, CommitOptions, Progress
from keyshelf.repositories.formats.manifest import Author
from keyshelf.repositories.host import Host
from keyshelf.repositories.scanning import shown
from keyshelf.repositories.values import RefKind, RefName

_AUTHOR = re.compile(r"\s*([^<>]+?)\s*(?:<([^<>]*)>)?\s*")


class IllegalAuthorError(InvalidInputError):
    """An author that cannot be read: write `Anna` or `Anna <anna@example.com>`."""

    code = "illegal-author"


def commit(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", parser=local_path, help="The folder to keep.")
    ],
    message: Annotated[str, typer.Option("--message", "-m", help="What changed, and why.")],
    *,
    repo: Repo,
    branch: Annotated[str, typer.Option("--branch", "-b", help="Made when it is new.")] = "main",
    author: Annotated[
        str | None, typer.Option(help="`Anna <anna@example.com>`, unlike KEYSHELF_AUTHOR.")
    ] = None,
    paranoid: Annotated[
        bool, typer.Option("--paranoid", help="Read also files that look as they did.")
    ] = False,
    allow_empty: Annotated[
        bool, typer.Option("--allow-empty", help="Also when nothing changed.")
    ] = False,
    as_is: Annotated[
        bool, typer.Option("--as-is", help="Also when that undoes what others committed.")
    ] = False,
    xattrs: Annotated[bool, typer.Option("--xattrs", help="Extended attributes too.")] = False,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Keep a folder as it is as a new version. Reads only what changed, sends only what is new.

    Interrupted, the same command goes on where it stopped. The folder is never changed. A
    file `.keyshelfignore` in any folder says what is left out, in git's patterns.
    """
    out = Output(as_json=as_json)
    name = RefName(RefKind.BRANCH, branch)
    made_by = _author(author or settings.load().text("KEYSHELF_AUTHOR"))
    own = own_folders(folder)
    place = folder.resolve() if folder.is_symlink() else folder

    async def command(host: Host) -> ExitCode:
        carrier = await hosting.opened(host, repo)
        with (
            remembered(carrier.repository, folder) as cache,
            ContentDisplay(f"commit to {repo}", quiet=quiet or as_json) as display,
        ):
            options = CommitOptions(
                paranoid=paranoid, allow_empty=allow_empty, as_is=as_is, xattrs=xattrs, own=own,
                on_progress=partial(_show, display),
            )  # fmt: skip
            made = await make_commit(
                carrier, os.fsencode(place), branch=name, message=message, author=made_by,
                at=system_clock().astimezone(), cache=cache, options=options,
            )  # fmt: skip
        _tell_left_out(out, made, place, own)
        if made.is_new and not made.is_sure:
            _tell_unsure(out, folder, f"keyshelf diff {branch}~1 {branch} --repo {repo}")
        out.result(_document(made), _lines(made, branch))
        return ExitCode.OK

    hosting.run(command, when_interrupted="interrupted: the same command goes on from here")


def _author(text: str | None) -> Author:
    if text is None:
        login = _login()
        try:
            full = pwd.getpwnam(login).pw_gecos.partition(",")[0]
        except KeyError:
            full = ""
        return Author(full or login)
    parsed = _AUTHOR.fullmatch(text)
    if parsed is None:
        raise IllegalAuthorError(f"{text!r} is no author: write `Anna <anna@example.com>`")
    return Author(parsed[1], parsed[2] or "")


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run as a number that has no name
        return str(os.getuid())


def _show(display: ContentDisplay, progress: Progress) -> None:
    display.show(progress.bytes_read, progress.bytes_to_read, _more(progress))


def _more(progress: Progress) -> str:
    files = f"{progress.files:,}"
    if progress.files_in_all is not None:
        files += f"/{progress.files_in_all:,}"
    return f"{files} files, {size_text(progress.sent.stored_bytes)} new"


def _tell_left_out(out: Output, made: Commit, folder: Path, own: Iterable[bytes]) -> None:
    for skipped in made.skipped:
        out.message(f"keyshelf: left out {skipped}: a socket, pipe or device")
    for each in sorted(own):
        if (folder / os.fsdecode(each)).exists():
            out.message(f"keyshelf: left out {shown(each)}: Keyshelf's own data")


def _tell_unsure(out: Output, folder: Path, diff: str) -> None:
    out.message(
        f"keyshelf: it is not remembered which version {shown(os.fsencode(folder))} was: it was"
        f" committed as it is. `{diff}` shows what that changed"
    )


def _document(made: Commit) -> dict[str, object]:
    return commit_document(made.hash, made.manifest) | {
        "is_new": made.is_new,
        "is_sure": made.is_sure,
        "files_read": made.files_read,
        "bytes_read": made.bytes_read,
        "new_chunks": made.sent.chunks,
        "new_bytes": made.sent.content_bytes,
        "new_stored_bytes": made.sent.stored_bytes,
        "skipped": list(made.skipped),
    }


def _lines(made: Commit, branch: str) -> list[str]:
    root = made.manifest.root
    holds = f"{count_text(root.files, 'file')}, {size_text(root.size)}"
    sent = made.sent
    if not made.is_new:
        again = f"{count_text(sent.chunks, 'chunk')} sent again, {size_text(sent.content_bytes)}"
        lines = [f"nothing changed since {short(made.hash)} on {branch} ({holds})"]
        return [*lines, again] if sent.chunks else lines
    new = f"{size_text(sent.content_bytes)} new, {size_text(sent.stored_bytes)} stored"
    return [f"{short(made.hash)} on {branch}: {holds}; {new} in {count_text(sent.chunks, 'chunk')}"]
