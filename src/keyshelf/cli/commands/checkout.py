"""`keyshelf checkout`: a version of a repository as files in a folder."""

import os
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from keyshelf.cli import hosting, restoring
from keyshelf.cli.exits import ExitCode
from keyshelf.cli.hosting import AnyHost, Repo
from keyshelf.cli.options import DryRun, Json, Quiet, local_path
from keyshelf.cli.output import Output, count_text, size_text
from keyshelf.cli.progress import ContentDisplay
from keyshelf.cli.repository_text import short
from keyshelf.cli.working_folder import keep_own, remembered
from keyshelf.layout.repository import CommitHash
from keyshelf.repositories.checkout.service import checkout as check_out
from keyshelf.repositories.checkout.values import CheckedOut, CheckoutOptions, Progress
from keyshelf.repositories.history.resolve import resolve
from keyshelf.repositories.paths import path_text, path_typed
from keyshelf.repositories.reading import Reader
from keyshelf.store.errors import NeedsRestoreError

Folder = Annotated[
    Path, typer.Argument(metavar="DIR", parser=local_path, help="Where to; made when missing.")
]


def checkout(
    ref: Annotated[str, typer.Argument(help="A branch, tag or commit.")],
    folder: Folder,
    paths: Annotated[
        list[str] | None, typer.Argument(metavar="[PATH]...", help="Only these, at their places.")
    ] = None,
    *,
    repo: Repo,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace also files that are in no known commit.")
    ] = False,
    delete: Annotated[
        bool, typer.Option("--delete", help="Remove what the last version here had, this has not.")
    ] = False,
    keep_going: Annotated[
        bool, typer.Option("--keep-going", help="Write all that can be read, and name the rest.")
    ] = False,
    paranoid: Annotated[
        bool, typer.Option("--paranoid", help="Compare also files that look right.")
    ] = False,
    restore: Annotated[
        bool, typer.Option("--restore", help="First restore what must be, and wait: it costs.")
    ] = False,
    durable: Annotated[
        bool, typer.Option("--durable", help="Wait until each file is on the disk; slower.")
    ] = False,
    dry_run: DryRun = False,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Make a folder hold a version. What is right is not touched; what differs is replaced.

    A file that is in no commit that is known here is never replaced without --overwrite,
    and nothing is removed without --delete. Interrupted, the same command goes on. Exits with
    7 when something is damaged, with 5 when it must be restored first, and names it.
    """
    out = Output(as_json=as_json)
    wanted = [path_typed(path) for path in paths or []]
    options = CheckoutOptions(
        overwrite=overwrite, delete=delete, keep_going=keep_going,
        paranoid=paranoid, durable=durable, dry_run=dry_run,
    )  # fmt: skip

    async def command(host: AnyHost) -> ExitCode:
        reader = Reader(await hosting.opened(host, repo))
        commit = (await resolve(reader, ref)).commit
        root = (await reader.manifest(commit)).root
        if restore:
            await restoring.restored(host, reader, root, wanted, quiet=quiet or as_json)
        await keep_own(reader, root, folder)
        with remembered(reader.carrier.repository, folder) as cache:
            async with restoring.telling(host, reader, root, wanted):
                with ContentDisplay(f"checkout of {repo}", quiet=quiet or as_json) as display:
                    done = await check_out(
                        reader, root, os.fsencode(folder), commit=commit, paths=wanted,
                        cache=cache, options=replace(options, on_progress=partial(_show, display)),
                    )  # fmt: skip
        return _told(out, done, commit, f"would make {folder}" if dry_run else f"{folder} is")

    hosting.run(command, when_interrupted="interrupted: the same command goes on from here")


def _told(out: Output, done: CheckedOut, commit: CommitHash, head: str) -> ExitCode:
    _tell(out, done)
    out.result(_document(done) | {"commit": commit}, [f"{head} {short(commit)}: {_text(done)}"])
    if not done.unwritten:
        return ExitCode.OK
    is_damaged = any(not isinstance(each.error, NeedsRestoreError) for each in done.unwritten)
    return ExitCode.INTEGRITY if is_damaged else ExitCode.CONFLICT


def _show(display: ContentDisplay, progress: Progress) -> None:
    more = f"{progress.files:,}/{progress.files_total:,} files"
    display.show(progress.bytes, progress.bytes_total, more)


def _tell(out: Output, done: CheckedOut) -> None:
    for each in done.unwritten:
        out.message(f"keyshelf: {each.error.detail}")
    for warning in done.warnings:
        out.message(f"keyshelf: {warning}")
    if done.left:
        are, them = ("is", "it") if done.left == 1 else ("are", "them")
        left = f"{count_text(done.left, 'file')} that it no longer has {are} left"
        out.message(f"keyshelf: {left}: --delete removes {them}")


def _text(done: CheckedOut) -> str:
    parts = [
        f"{count_text(done.written, 'file')} written ({size_text(done.bytes_written)})",
        f"{done.right:,} right already",
    ]
    if done.adjusted:
        parts.append(f"{done.adjusted:,} with other times or modes")
    if done.kept:
        parts.append(f"{done.kept:,} kept as changed here")
    if done.removed:
        parts.append(f"{done.removed:,} removed")
    if done.unwritten:
        parts.append(f"{len(done.unwritten):,} damaged")
    return ", ".join(parts)


def _document(done: CheckedOut) -> dict[str, object]:
    return {
        "written": done.written,
        "adjusted": done.adjusted,
        "right": done.right,
        "kept": done.kept,
        "removed": done.removed,
        "left": done.left,
        "bytes_written": done.bytes_written,
        "damaged": [
            {"path": path_text(each.path), "code": each.error.code, "detail": each.error.detail}
            for each in done.unwritten
        ],
        "warnings": done.warnings,
    }
