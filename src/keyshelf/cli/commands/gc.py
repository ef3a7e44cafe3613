"""`keyshelf gc`: delete what no branch or tag of a repository leads to."""

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from keyshelf.cli import hosting, waiting
from keyshelf.cli.exits import ExitCode
from keyshelf.cli.hosting import AnyHost, Repo
from keyshelf.cli.options import DryRun, Json, Quiet
from keyshelf.cli.output import Output, count_text, size_text
from keyshelf.cli.progress import CountDisplay
from keyshelf.client.wire import decode
from keyshelf.errors import InvalidInputError
from keyshelf.repositories.gc.values import Collected
from keyshelf.repositories.host import RepositoryInfo
from keyshelf.repositories.remote.host import RemoteHost
from keyshelf.repositories.unlocking import keys_of

if TYPE_CHECKING:
    from keyshelf.repositories.direct.host import DirectHost


def gc(
    *,
    repo: Repo,
    grace_hours: Annotated[
        int | None,
        typer.Option(min=0, help="Unlike KEYSHELF_GC_GRACE_HOURS; only where the stores are."),
    ] = None,
    dry_run: DryRun = False,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Delete what no branch or tag has led to for the grace. Others may go on committing.

    What is found so for the first time is only condemned: it goes with a later run, and
    stays when somebody wants it again. What cannot be read counts as in use and stops it.
    """
    out = Output(as_json=as_json)

    async def command(host: AnyHost) -> ExitCode:
        info = await host.find(repo)
        if isinstance(host, RemoteHost):
            if grace_hours is not None:
                raise InvalidInputError("a service decides on the grace itself: no --grace-hours")
            job = await host.client.repositories.collect(info.id, dry_run=dry_run)
            job = await waiting.until_final(host.client, job, quiet=quiet or as_json)
            code = waiting.report(out, [job])
            if code != ExitCode.OK:
                return code
            collected = decode(Collected, job.result)
        else:
            collected = await _here(host, info, grace_hours, dry_run=dry_run, quiet=quiet)
        out.result(collected, _lines(collected, dry_run=dry_run))
        return ExitCode.OK

    hosting.run(command, when_interrupted=waiting.INTERRUPTED)


async def _here(
    host: "DirectHost", info: RepositoryInfo, grace_hours: int | None, *, dry_run: bool, quiet: bool
) -> Collected:
    # As `this_machine` says: only who works on this machine waits for its drivers.
    from keyshelf.cli import this_machine  # noqa: PLC0415

    keys = await keys_of(info.key_id, info.slots, hosting.unlocking_for(info))
    with CountDisplay(f"gc of {info.name}", quiet=quiet) as display:

        async def show(done: int, total: int | None) -> None:
            display.show(done, total)

        return await this_machine.collect(
            host.parts,
            await host.record(str(info.id)),
            keys,
            grace=None if grace_hours is None else timedelta(hours=grace_hours),
            dry_run=dry_run,
            on_progress=show,
        )


def _lines(collected: Collected, *, dry_run: bool) -> list[str]:
    would = "would be " if dry_run else ""
    condemned = (
        f"{would}condemned: {count_text(collected.commits_condemned, 'commit')},"
        f" {count_text(collected.chunks_condemned, 'chunk')}"
    )
    deleted = (
        f"{would}deleted: {count_text(collected.commits_deleted, 'commit')},"
        f" {count_text(collected.chunks_deleted, 'chunk')};"
        f" {count_text(collected.objects, 'object')}, {size_text(collected.bytes_freed)}"
    )
    return [condemned, deleted]
