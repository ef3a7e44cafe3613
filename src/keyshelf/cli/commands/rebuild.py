"""`keyshelf rebuild`: rows of a lost database, from the objects in the bucket."""

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Annotated

import anyio
import typer

from keyshelf import settings
from keyshelf.cli import hosting, output
from keyshelf.cli.exits import ExitCode
from keyshelf.cli.options import DryRun, Json, Quiet
from keyshelf.cli.output import Output, count_text
from keyshelf.cli.progress import CountDisplay
from keyshelf.errors import InvalidInputError
from keyshelf.settings import Settings

if TYPE_CHECKING:
    from keyshelf.drive.backfill.service import BackfillResult
    from keyshelf.repositories.rebuild.values import Parted, Rebuilt

_SHOWN = 20
_NOT_BACK = (
    "not in the buckets, so only from a backup: trash, favourites, tokens, jobs, streams and their"
    " keys, history of costs and counts"
)


@dataclass(slots=True)
class Everything:
    """What a rebuild added; None for what was not asked for."""

    drives: "BackfillResult | None" = None
    repositories: "Rebuilt | None" = None


def rebuild(
    *,
    drives: Annotated[bool, typer.Option("--drives", help="Only files and folders.")] = False,
    repositories: Annotated[
        bool, typer.Option("--repositories", help="Only the rows of repositories.")
    ] = False,
    dry_run: DryRun = False,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Restore what a lost database knew, from the buckets alone: drives and repositories.

    Works where the stores are. Adds what is missing and changes nothing that is there.
    Encrypted repositories come too; KEYSHELF_PASSPHRASE or KEYSHELF_REPOSITORY_KEY lets
    their content be looked through. After `backup restore`, branches go on where the bucket
    has them; of one that went two ways both are kept. Exits with 6 when something could not
    be restored, and with 5 when a branch went two ways.
    """
    out = Output(as_json=as_json)
    given = settings.load()
    if given.text("KEYSHELF_URL"):
        raise InvalidInputError("rebuild works where the stores are: unset KEYSHELF_URL")
    is_all = not drives and not repositories
    done = Everything()
    if drives or is_all:
        work = partial(_drives, given, dry_run=dry_run, quiet=quiet or as_json)
        done.drives = anyio.run(work)
    if repositories or is_all:
        work = partial(_repositories, given, dry_run=dry_run, quiet=quiet or as_json)
        done.repositories = anyio.run(work)
    out.result(done, _lines(done, dry_run=dry_run))
    raise typer.Exit(_ending(done))


async def _drives(given: Settings, *, dry_run: bool, quiet: bool) -> "BackfillResult":
    # As `this_machine` says: only who works on this machine waits for its drivers.
    from keyshelf.cli import this_machine  # noqa: PLC0415

    with CountDisplay("rebuild of drives", quiet=quiet) as display:

        async def show(done: int) -> None:
            display.show(done, None, "objects")

        return await this_machine.rebuild_drives(given, dry_run=dry_run, on_progress=show)


async def _repositories(given: Settings, *, dry_run: bool, quiet: bool) -> "Rebuilt":
    # As `this_machine` says.
    from keyshelf.cli import this_machine  # noqa: PLC0415

    unlocking = hosting.unlocking_as_set()
    with CountDisplay("rebuild of repositories", quiet=quiet) as display:

        async def show(done: int, total: int | None) -> None:
            display.show(done, total, "repositories")

        async with this_machine.opened(given) as host:
            return await this_machine.rebuild(
                host.parts,
                unlockings=() if unlocking.is_empty else (unlocking,),
                dry_run=dry_run,
                on_progress=show,
            )


def _ending(done: Everything) -> ExitCode:
    of_drives = len(done.drives.errors) if done.drives else 0
    if of_drives or (done.repositories and done.repositories.problems_count):
        return ExitCode.SOME_FAILED
    return ExitCode.CONFLICT if done.repositories and done.repositories.parted else ExitCode.OK


def _lines(done: Everything, *, dry_run: bool) -> list[str]:
    lines: list[str] = []
    if done.drives is not None:
        lines += _drive_lines(done.drives, dry_run=dry_run)
    if done.repositories is not None:
        lines += _repository_lines(done.repositories, dry_run=dry_run)
    return [*lines, _NOT_BACK]


def _drive_lines(result: "BackfillResult", *, dry_run: bool) -> list[str]:
    word = "would add" if dry_run else "added"
    return [
        (
            f"found {count_text(result.scanned, 'object')} in the drives' bucket,"
            f" {result.already_registered:,} of them known"
        ),
        (
            f"{word} {count_text(result.folders_created, 'folder')}"
            f" and {count_text(result.files_created, 'file')}"
        ),
        *(output.printable(f"no file: {error}") for error in result.errors[:_SHOWN]),
    ]


def _repository_lines(rebuilt: "Rebuilt", *, dry_run: bool) -> list[str]:
    word = "would add" if dry_run else "added"
    lines = [
        f"found {count_text(rebuilt.found, 'repository')} in the bucket",
        (
            f"{word} {rebuilt.repositories:,} of them, {count_text(rebuilt.refs, 'ref')},"
            f" {count_text(rebuilt.commits, 'commit')}, {count_text(rebuilt.chunks, 'chunk')}"
        ),
    ]
    if rebuilt.locked:
        lines.append(f"not looked through, because locked: {', '.join(rebuilt.locked)}")
    if rebuilt.missing:
        lines.append(
            f"MISSING: {count_text(rebuilt.missing, 'chunk')}: `keyshelf check` says whose"
        )
    if rebuilt.unowned:
        is_sure = not (rebuilt.problems_count or rebuilt.missing)
        what = "that no commit needs" if is_sure else "kept that nothing readable needs"
        lines.append(f"{count_text(rebuilt.unowned, 'chunk')} {what}")
    lines += [_parted_line(each, dry_run=dry_run) for each in rebuilt.parted]
    lines += [
        output.printable(f"cannot be read: {each.key}: {each.detail}")
        for each in rebuilt.problems[:_SHOWN]
    ]
    if rebuilt.problems_count > _SHOWN:
        lines.append(f"and {rebuilt.problems_count - _SHOWN:,} more: --json names up to 1,000")
    return lines


def _parted_line(parted: "Parted", *, dry_run: bool) -> str:
    kept = "would be kept" if dry_run else "is kept"
    return output.printable(
        f"TWO WAYS: {parted.repository}: the {parted.kind} {parted.name} stays at"
        f" {parted.stays[:12]}; the bucket's {parted.other[:12]} is not among what led there and"
        f" {kept} as the tag {parted.kept_as}"
    )
