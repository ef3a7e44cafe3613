"""`keyshelf restore --repo`: have restored what a version needs, and wait for it."""

from collections.abc import Sequence
from dataclasses import dataclass

from keyshelf.cli import hosting, restoring, restoring_text
from keyshelf.cli.exits import ExitCode
from keyshelf.cli.hosting import AnyHost
from keyshelf.cli.output import Output, count_text
from keyshelf.repositories.history.resolve import resolve
from keyshelf.repositories.reading import Reader
from keyshelf.workflows import restore_chunks
from keyshelf.workflows.restore_chunks import RestoreOptions, VersionPlan


@dataclass(frozen=True, slots=True)
class Restoring:
    """What is to be restored, and how."""

    repo: str
    ref: str
    paths: Sequence[bytes]
    options: RestoreOptions
    waits: bool
    yes: bool
    quiet: bool


def restore_version(wanted: Restoring, out: Output) -> None:
    """Ask for what is not asked for yet, and wait when that is wanted; twice is once."""
    hosting.run(
        lambda host: _carry_out(host, wanted, out),
        when_interrupted="interrupted: what was asked for is being restored all the same",
    )


async def _carry_out(host: AnyHost, wanted: Restoring, out: Output) -> ExitCode:
    reader = Reader(await hosting.opened(restoring.here(host), wanted.repo))
    root = (await reader.manifest((await resolve(reader, wanted.ref)).commit)).root
    options, quiet = wanted.options, wanted.quiet or out.as_json
    asked, yes = 0, wanted.yes
    async with restoring.opened(host) as parts:
        while True:
            planned = await restore_chunks.plan(
                parts, reader, root, wanted.paths, days=options.days
            )
            if not planned.objects:
                break
            restoring.agreed(planned, options, parts.currency, yes=yes)
            # Who agreed to the beginning wants the rest, which folders have hidden so far.
            yes = True
            asked += await restoring.ask(parts, planned, options, quiet=quiet)
            if not wanted.waits:
                break
            await restoring.wait(parts, planned, options, quiet=quiet)
            if not planned.is_partial:
                break
        document = restoring_text.document(planned, options, parts.currency)
    out.result(
        {**document, "requested": asked, "waited": wanted.waits},
        _lines(planned, asked, waits=wanted.waits),
    )
    return ExitCode.OK


def _lines(planned: VersionPlan, asked: int, *, waits: bool) -> list[str]:
    if waits or not planned.objects:
        return [f"all can be read: {count_text(asked, 'chunk')} restored"]
    again = ", and again for what folders have hidden" if planned.is_partial else ""
    done = f"asked for {count_text(asked, 'chunk')} of {len(planned.objects):,}"
    return [f"{done}: the same with --wait waits for them{again}"]
