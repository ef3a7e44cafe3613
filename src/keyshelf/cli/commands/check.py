"""`keyshelf check`: is everything there that a repository says, and as it was?"""

import secrets
import shlex
from dataclasses import replace
from typing import Annotated

import typer

from keyshelf.cli import hosting
from keyshelf.cli.exits import ExitCode
from keyshelf.cli.hosting import AnyHost, Repo
from keyshelf.cli.options import Json, Quiet
from keyshelf.cli.output import Output, count_text, size_text
from keyshelf.cli.progress import CountDisplay
from keyshelf.cli.repository_text import short
from keyshelf.errors import InvalidInputError
from keyshelf.layout.repository import CommitHash
from keyshelf.repositories.check.service import check as look
from keyshelf.repositories.check.values import Report
from keyshelf.repositories.paths import path_bytes, path_shown
from keyshelf.repositories.remote.host import RemoteHost

_SHOWN = 20


def check(
    *,
    repo: Repo,
    read_data: Annotated[
        bool, typer.Option("--read-data", help="Read and verify every byte.")
    ] = False,
    sample: Annotated[
        str | None, typer.Option(help="Read and verify a part, such as 5%; another each time.")
    ] = None,
    repair: Annotated[
        bool,
        typer.Option("--repair", help="Forget damaged chunks: a commit of good files heals them."),
    ] = False,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Look for missing and damaged objects, and name the files and commits that they hurt.

    Folders, lists and manifests are always read and verified. Exits with 7 when something
    is damaged, and with 5 when something must be restored before it can be looked at.
    With --repair, where the stores are, damaged chunks no longer count as there:
    `commit --paranoid` of a folder that still has the good files sends them again.
    """
    out = Output(as_json=as_json)
    part = _part(sample)
    if read_data and part is not None:
        raise InvalidInputError("--read-data reads all: no --sample beside it")

    async def command(host: AnyHost) -> ExitCode:
        if repair and isinstance(host, RemoteHost):
            raise InvalidInputError("--repair works where the stores are: unset KEYSHELF_URL")
        carrier = await hosting.opened(_of_primary(host), repo)
        with CountDisplay(f"check of {repo}", quiet=quiet or as_json) as display:

            async def show(done: int, total: int | None) -> None:
                display.show(done, total, "objects")

            report = await look(
                carrier,
                read_data=read_data,
                sample=part,
                seed=secrets.token_bytes(16),
                on_progress=show,
            )
        out.result(report, _lines(report, repo))
        if repair and not isinstance(host, RemoteHost):
            # As `this_machine` says: only who works on this machine waits for its drivers.
            from keyshelf.cli import this_machine  # noqa: PLC0415

            forgotten = await this_machine.forget_damaged(
                host.parts, carrier.repository.keys, report
            )
            out.message(f"keyshelf: {_forgotten_text(forgotten)}")
        if report.is_clean:
            return ExitCode.CONFLICT if report.need_restore else ExitCode.OK
        return ExitCode.INTEGRITY

    hosting.run(command)


def _of_primary(host: AnyHost) -> AnyHost:
    """Return a host that reads no copies of the store: it is the store that is checked."""
    return host if isinstance(host, RemoteHost) else replace(host, parts=host.parts.of_primary)


def _part(text: str | None) -> float | None:
    if text is None:
        return None
    try:
        percent = float(text.removesuffix("%"))
    except ValueError:
        percent = 0.0
    if not (text.endswith("%") and 0 < percent <= 100):
        raise InvalidInputError(f"--sample is a part such as 5%, and not {text!r}")
    return percent / 100


def _forgotten_text(count: int) -> str:
    if not count:
        return "no chunk is damaged: nothing was to be forgotten"
    them = "it" if count == 1 else "them"
    return (
        f"{count_text(count, 'chunk')} forgotten:"
        f" `keyshelf commit --paranoid` of the good files sends {them} again"
    )


def _lines(report: Report, repo: str) -> list[str]:
    looked = f"{count_text(report.commits, 'commit')}, {count_text(report.chunks, 'chunk')}"
    read = f"{report.chunks_read:,} read and verified ({size_text(report.bytes_read)})"
    unread = _unread(report)
    if report.is_clean:
        return [f"{'no damage' if unread else 'sound'}: {looked}, {read}", *unread]
    lines = [f"DAMAGED: {count_text(report.damaged_count, 'object')} of {looked}, {read}"]
    lines += [f"  {each.kind} {each.id}: {each.detail}" for each in report.damaged[:_SHOWN]]
    lines += [*_more(report.damaged_count), *unread]
    least = "at least " if report.is_cut_short else ""
    lines.append(f"hurt: {least}{count_text(report.hurt_files_count, 'file')}")
    lines += [
        f"  {path_shown(path_bytes(each.path))} in {count_text(each.commits, 'commit')}, such as"
        f" {short(CommitHash(each.commit))}"
        for each in report.hurt_files[:_SHOWN]
    ]
    lines += _more(report.hurt_files_count)
    lines.append(f"hurt: {count_text(report.hurt_commits_count, 'commit')}")
    lines += [f"  {short(CommitHash(each))}" for each in report.hurt_commits[:_SHOWN]]
    return [*lines, *_more(report.hurt_commits_count), *_way_back(report, repo)]


def _way_back(report: Report, repo: str) -> list[str]:
    """Return the commands that bring back what is damaged, ready to be run."""
    name = shlex.quote(repo)
    lines = ["where the stores are, sound versions of the bucket come back by"]
    if report.damaged_count > _SHOWN:
        lines.append(f"  keyshelf recover repository {name} --at TIME   (before the damage)")
    else:
        chunks = [each.id for each in report.damaged if each.kind == "chunk"]
        manifests = [each.id for each in report.damaged if each.kind == "manifest"]
        if manifests:
            lines.append(f"  keyshelf recover manifest {' '.join(manifests)} --repo {name}")
        if chunks:
            lines.append(f"  keyshelf recover chunk {' '.join(chunks)}")
    lines.append(
        "without versions, `check --repair` lets `commit --paranoid` of good files heal it"
    )
    return lines


def _more(count: int) -> list[str]:
    return [f"  and {count - _SHOWN:,} more: --json names up to 1,000"] if count > _SHOWN else []


def _unread(report: Report) -> list[str]:
    if not report.need_restore:
        return []
    objects = count_text(report.need_restore, "object")
    return [
        f"not looked at: {objects} must be restored before: `keyshelf restore --repo NAME REF` asks"
    ]
