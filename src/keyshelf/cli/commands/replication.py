"""`keyshelf replication status` and `backfill`: how far replicas are behind, and copying that."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Annotated

import anyio
import typer

from keyshelf.cli import output, replicas_text
from keyshelf.cli.commands.rules import loaded
from keyshelf.cli.exits import ExitCode, exit_code
from keyshelf.cli.options import DryRun, Json, Quiet, Yes, confirm
from keyshelf.cli.output import Output
from keyshelf.cli.progress import ContentDisplay, CountDisplay
from keyshelf.errors import Error, InvalidInputError
from keyshelf.operations.replicas.values import Report, Wish

if TYPE_CHECKING:
    from keyshelf.operations.replicas.work import ReplicaParts

Replica = Annotated[str | None, typer.Option("--replica", help="Only this one; else all.")]
_FROM = "Copy from this replica what the store itself lacks."


@dataclass(slots=True)
class _Ran:
    """What was done with the replicas that could be reached."""

    reports: list[Report] = field(default_factory=list[Report])
    failed: ExitCode | None = None
    """What the last failure amounts to, of those that could not be."""

    @property
    def ended(self) -> ExitCode:
        """Whether all of them could be reached, some, or none."""
        if self.failed is None:
            return ExitCode.OK
        return ExitCode.SOME_FAILED if self.reports else self.failed


def status(replica: Replica = None, quiet: Quiet = False, as_json: Json = False) -> None:
    """Compare the repository store with its replicas: what is missing, older, extra, how late.

    Lists both and changes nothing. Exits with 1 when a replica lacks something.
    """
    ran = _run([Wish(each) for each in _ids(replica)], quiet=quiet)
    _tell(ran, as_json=as_json)
    if ran.ended:
        raise typer.Exit(ran.ended)
    is_behind = any(each.behind for each in ran.reports)
    raise typer.Exit(ExitCode.FAILURE if is_behind else ExitCode.OK)


def backfill(
    *,
    replica: Replica = None,
    back: Annotated[str | None, typer.Option("--from", help=_FROM)] = None,
    replaces: Annotated[
        bool,
        typer.Option(
            "--replace", help="With --from: also what differs, not only missing or damaged."
        ),
    ] = False,
    dry_run: DryRun = False,
    yes: Yes = False,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Copy to replicas what they lack: what was there before the rule, or what it failed at.

    Nothing is deleted. Stop it at any time: the next run goes on. With --from the way back: a
    region was lost, and its new bucket is filled from a replica.
    """
    if back is not None and replica is not None:
        raise InvalidInputError("--replica is where to copy to, --from where from: say one of them")
    if replaces and back is None:
        raise InvalidInputError("--replace goes with --from: replicas are always made the same")
    ids = _ids(back or replica)
    wishes = [Wish(each, back=back is not None, replace=replaces) for each in ids]
    if dry_run:
        _end(_run(wishes, quiet=quiet), as_json=as_json)
    total = None if yes else _confirmed(_run(wishes, quiet=quiet), replaces=replaces)
    copying = [replace(each, dry_run=False) for each in wishes]
    _end(_run(copying, quiet=quiet, total=total), as_json=as_json)


def _confirmed(planned: _Ran, *, replaces: bool) -> int:
    """Ask a person, where there is something to copy; return how many bytes that is."""
    for report in planned.reports:
        for line in replicas_text.lines(report):
            output.message(line)
    replacing = [each for each in planned.reports if replaces or not each.is_back]
    objects = sum(each.missing + each.proved for each in planned.reports)
    objects += sum(each.older + each.different - each.unproved - each.proved for each in replacing)
    if objects:
        confirm("Copy this?", yes=False)
    return sum(each.missing_bytes + each.proved_bytes for each in planned.reports) + sum(
        each.changed_bytes - each.proved_bytes for each in replacing
    )


def _end(ran: _Ran, *, as_json: bool) -> None:
    _tell(ran, as_json=as_json)
    is_left = any(each.problems_count for each in ran.reports)
    raise typer.Exit(ran.ended or (ExitCode.SOME_FAILED if is_left else ExitCode.OK))


def _ids(one: str | None) -> Sequence[str]:
    # Imported when asked for, as below: the drivers take longer to load than most commands.
    from keyshelf.app.replicas import required_ids  # noqa: PLC0415

    known = required_ids(loaded())
    return known if one is None else [one]


def _run(wishes: Sequence[Wish], *, quiet: bool, total: int | None = None) -> _Ran:
    from keyshelf.app.replicas import open_replicas  # noqa: PLC0415 -- as above

    async def run() -> _Ran:
        async with open_replicas(loaded()) as parts:
            return await _carry_out(parts, wishes, quiet=quiet, total=total)

    return anyio.run(run)


async def _carry_out(
    parts: "ReplicaParts", wishes: Sequence[Wish], *, quiet: bool, total: int | None
) -> _Ran:
    from keyshelf.operations.replicas.work import carry_out  # noqa: PLC0415 -- as above

    ran = _Ran()
    is_dry = wishes[0].dry_run
    bar = (
        CountDisplay("comparing", quiet=quiet) if is_dry else ContentDisplay("copying", quiet=quiet)
    )

    async def show(report: Report) -> None:
        reports = [*ran.reports, report]
        if is_dry:
            bar.show(sum(each.objects for each in reports), None, "objects")
        else:
            copied = sum(each.copied for each in reports)
            bar.show(sum(each.copied_bytes for each in reports), total, f"{copied:,} objects")

    with bar:
        for each in wishes:
            try:
                ran.reports.append(await carry_out(parts, each, on_progress=show))
            except Error as error:
                if len(wishes) == 1:
                    raise
                # One region that is away does not keep us from the others.
                output.message(f"keyshelf: replica {each.replica}: {error.detail}")
                ran.failed = exit_code(error)
    return ran


def _tell(ran: _Ran, *, as_json: bool) -> None:
    items = [
        {**asdict(each), "behind": each.behind, "lag_seconds": each.lag.total_seconds()}
        for each in ran.reports
    ]
    lines = [line for each in ran.reports for line in replicas_text.lines(each)]
    Output(as_json=as_json).result({"items": items}, lines)
