"""`keyshelf rebuild`: rows of a lost database, from the objects in the bucket."""

from typing import TYPE_CHECKING, Annotated

import typer

from keyshelf.cli import hosting, output
from keyshelf.cli.exits import ExitCode
from keyshelf.cli.hosting import AnyHost
from keyshelf.cli.options import DryRun, Json, Quiet
from keyshelf.cli.output import Output, count_text
from keyshelf.cli.progress import CountDisplay
from keyshelf.errors import InvalidInputError
from keyshelf.repositories.remote.host import RemoteHost

if TYPE_CHECKING:
    from keyshelf.repositories.rebuild.values import Rebuilt

_SHOWN = 20


def rebuild(
    *,
    repositories: Annotated[
        bool, typer.Option("--repositories", help="The rows of all repositories.")
    ] = False,
    dry_run: DryRun = False,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Restore what a lost database knew, from the bucket alone. Drives come by `backfill`.

    Works where the stores are. Adds what is missing and changes nothing that is there.
    Encrypted repositories come too; KEYSHELF_PASSPHRASE or KEYSHELF_REPOSITORY_KEY lets
    their content be looked through. Exits with 6 when something could not be restored.
    """
    out = Output(as_json=as_json)
    if not repositories:
        raise InvalidInputError("say what to rebuild: --repositories (drives come by `backfill`)")

    async def command(host: AnyHost) -> ExitCode:
        if isinstance(host, RemoteHost):
            raise InvalidInputError("rebuild works where the stores are: unset KEYSHELF_URL")
        # As `this_machine` says: only who works on this machine waits for its drivers.
        from keyshelf.cli import this_machine  # noqa: PLC0415

        given = hosting.unlocking_as_set()
        with CountDisplay("rebuild", quiet=quiet or as_json) as display:

            async def show(done: int, total: int | None) -> None:
                display.show(done, total, "repositories")

            rebuilt = await this_machine.rebuild(
                host.parts,
                unlockings=() if given.is_empty else (given,),
                dry_run=dry_run,
                on_progress=show,
            )
        out.result(rebuilt, _lines(rebuilt, dry_run=dry_run))
        return ExitCode.SOME_FAILED if rebuilt.problems_count else ExitCode.OK

    hosting.run(command)


def _lines(rebuilt: "Rebuilt", *, dry_run: bool) -> list[str]:
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
        lines.append(f"{count_text(rebuilt.unowned, 'chunk')} that no commit needs")
    lines += [
        output.printable(f"cannot be read: {each.key}: {each.detail}")
        for each in rebuilt.problems[:_SHOWN]
    ]
    if rebuilt.problems_count > _SHOWN:
        lines.append(f"and {rebuilt.problems_count - _SHOWN:,} more: --json names up to 1,000")
    return lines
