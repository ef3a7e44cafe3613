"""`keyshelf report`: whether the stores hold what the database says."""

from collections.abc import Sequence
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
    from keyshelf.operations.reconcile.values import Finding, Report

app = typer.Typer(help="Say whether the stores hold what the database says.", no_args_is_help=True)
_SHOWN = 20


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
    if repair and not yes:
        planned = [_compare(given, each, repair=False, quiet=is_quiet) for each in roles]
        for report in planned:
            for line in _lines(report):
                out.message(line)
        if not any(each.counts.findings for each in planned):
            return
        confirm("Repair what can be?", yes=False)
    reports = [_compare(given, each, repair=repair, quiet=is_quiet) for each in roles]
    out.result(_shown(reports), [line for each in reports for line in _lines(each)])
    is_bad = any(each.counts.findings > each.counts.repaired for each in reports)
    raise typer.Exit(ExitCode.SOME_FAILED if is_bad else ExitCode.OK)


def _compare(given: Settings, role: str, *, repair: bool, quiet: bool) -> "Report":
    # Imported when asked for: the drivers of stores take longer to load than most commands.
    from keyshelf.app import reconciling  # noqa: PLC0415

    unlocking = hosting.unlocking_as_set()

    async def run() -> "Report":
        with CountDisplay(f"comparing the {role} store", quiet=quiet) as display:

            async def show(done: int) -> None:
                display.show(done, None, "objects")

            return await reconciling.compare(
                given, role, repair=repair, unlocking=unlocking, on_progress=show
            )

    return anyio.run(run)


def _lines(report: "Report") -> list[str]:
    counts = report.counts
    looked = f"{count_text(counts.objects, 'object')} ({size_text(counts.bytes)})"
    head = f"{report.store}: {looked}, {count_text(counts.rows, 'object')} expected"
    if not counts.findings:
        return [f"{head}: all as it should be"]
    told = [
        f"{count_text(counts.orphans, 'orphan')} ({size_text(counts.orphan_bytes)})",
        f"{counts.missing:,} missing",
        f"{counts.wrong_sizes:,} of a wrong size",
    ]
    lines = [f"{head}: {', '.join(told)}"]
    if report.repairs:
        lines.append(f"  {counts.repaired:,} of these repaired")
    lines += [f"  {_told(each)}" for each in report.findings[:_SHOWN]]
    if counts.findings > _SHOWN:
        lines.append(f"  and {counts.findings - _SHOWN:,} more: --json names up to 1,000")
    return [*lines, *_fixes(report)]


def _told(found: "Finding") -> str:
    key = output.printable(found.key)
    sizes = ""
    if found.size is not None and found.expected is not None:
        sizes = f": {found.size:,} bytes instead of {found.expected:,}"
    done = f" ({found.repair})" if found.repair else ""
    return f"{found.kind} {key}{sizes}{done}"


def _fixes(report: "Report") -> list[str]:
    # As in `_compare`.
    from keyshelf.app.reconciling import FIXES  # noqa: PLC0415

    kinds = sorted({each.kind for each in report.findings if each.repair is None})
    return [f"  {kind}: {FIXES[report.store, kind]}" for kind in kinds]


def _shown(reports: Sequence["Report"]) -> dict[str, Sequence["Report"]]:
    return {"items": reports}
