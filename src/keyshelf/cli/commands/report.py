"""`keyshelf report`: whether the stores hold what the database says."""

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import anyio
import typer

from keyshelf import settings
from keyshelf.cli import hosting, output
from keyshelf.cli.exits import ExitCode
from keyshelf.cli.options import Json, Quiet, Yes, confirm
from keyshelf.cli.output import Output, count_text, size_text
from keyshelf.cli.progress import CountDisplay
from keyshelf.errors import InvalidInputError
from keyshelf.settings import Settings
from keyshelf.settings.values import ROLES

if TYPE_CHECKING:
    from keyshelf.operations.reconcile.shown import FindingShown, ReportShown

app = typer.Typer(help="Say whether the stores hold what the database says.", no_args_is_help=True)
_SHOWN = 20
_YOUNG = timedelta(hours=1)
"""As the margin of the comparison, which is not loaded at start."""


@app.callback()
def _group() -> None:
    """Keep `reconcile` a command of a group."""


@app.command("reconcile")
def reconcile(
    *,
    store: Annotated[
        list[str] | None,
        typer.Option(help="source, media or repository; all three, unless given."),
    ] = None,
    repair: Annotated[
        bool, typer.Option("--repair", help="Put right what is found, after a question.")
    ] = False,
    yes: Yes = False,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Compare stores with the database: orphans, missing objects, wrong sizes.

    Works where the stores are, beside a running service. Changes nothing without --repair.
    One that was interrupted is gone on with. Exits with 6 when something was found that is
    not repaired. Repairing encrypted repositories takes KEYSHELF_PASSPHRASE or
    KEYSHELF_REPOSITORY_KEY to tell which chunks they need.
    """
    roles = store or list(ROLES)
    unknown = [each for each in roles if each not in ROLES]
    if unknown:
        raise InvalidInputError(f"--store is one of {', '.join(ROLES)}")
    given = settings.load()
    if given.text("KEYSHELF_URL"):
        raise InvalidInputError("report works where the stores are: unset KEYSHELF_URL")
    out = Output(as_json=as_json)
    is_quiet = quiet or as_json
    reports = [_compare(given, each, repair=repair and yes, quiet=is_quiet) for each in roles]
    if repair and not yes and any(map(_found, reports)):
        for line in (line for each in reports for line in _lines(each)):
            out.message(line)
        confirm("Repair what can be?", yes=False)
        reports = [_compare(given, each, repair=True, quiet=is_quiet) for each in roles]
    out.result({"items": reports}, [line for each in reports for line in _lines(each)])
    is_bad = any(_found(each) > each.repaired for each in reports)
    raise typer.Exit(ExitCode.SOME_FAILED if is_bad else ExitCode.OK)


def _compare(given: Settings, role: str, *, repair: bool, quiet: bool) -> "ReportShown":
    # Imported when asked for: the drivers of stores take longer to load than most commands.
    from keyshelf.app import reconciling  # noqa: PLC0415
    from keyshelf.operations.reconcile.shown import shown  # noqa: PLC0415

    unlocking = hosting.unlocking_as_set()

    async def run() -> "ReportShown":
        with CountDisplay(f"comparing the {role} store", quiet=quiet) as display:

            async def show(done: int) -> None:
                display.show(done, None, "objects")

            report = await reconciling.compare(
                given, role, repair=repair, unlocking=unlocking, on_progress=show
            )
            return shown(report)

    return anyio.run(run)


def _found(report: "ReportShown") -> int:
    return report.orphans + report.missing + report.wrong_sizes


def _lines(report: "ReportShown") -> list[str]:
    looked = f"{count_text(report.objects, 'object')} ({size_text(report.bytes)})"
    head = f"{report.store}: {looked}, {count_text(report.rows, 'object')} expected"
    if not _found(report):
        return [f"{head}: all {'else ' if report.young else ''}as it should be", *_young(report)]
    told = [
        f"{count_text(report.orphans, 'orphan')} ({size_text(report.orphan_bytes)})",
        f"{report.missing:,} missing",
        f"{report.wrong_sizes:,} of a wrong size",
    ]
    lines = [f"{head}: {', '.join(told)}"]
    lines += [f"  {_told(each)}" for each in report.findings[:_SHOWN]]
    if _found(report) > _SHOWN:
        lines.append(f"  and {_found(report) - _SHOWN:,} more: --json names up to 1,000")
    if report.repair:
        lines.append(f"repaired: {report.repaired:,} of these")
    lines += _young(report)
    fixes = {each.kind: each.fix for each in report.findings if each.repair is None}
    return [*lines, *(f"{kind}: {fixes[kind]}" for kind in sorted(fixes))]


def _young(report: "ReportShown") -> list[str]:
    if not report.young:
        return []
    until = output.time_text((report.finished_at or report.started_at) + _YOUNG)
    objects = count_text(report.young, "object")
    why = "differ, but were written within the last hour and may be on their way"
    return [f"  not judged: {objects} that {why}; all are after {until}"]


def _told(found: "FindingShown") -> str:
    sizes = ""
    if found.size is not None and found.expected is not None:
        sizes = f": {found.size:,} bytes instead of {found.expected:,}"
    done = f" ({found.repair})" if found.repair else ""
    return f"{found.kind} {output.printable(found.key)}{sizes}{done}"
