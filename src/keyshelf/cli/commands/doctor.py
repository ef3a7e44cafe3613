"""`keyshelf doctor`: check each part of this machine's Keyshelf, and name the fix."""

from dataclasses import asdict

import anyio
import typer

from keyshelf import settings
from keyshelf.cli import output
from keyshelf.cli.exits import ExitCode
from keyshelf.cli.options import Json
from keyshelf.cli.output import Output

_MARKS = {"ok": "ok", "warning": "warning", "failed": "FAILED"}


def doctor(as_json: Json = False) -> None:
    """Check database, stores, their rules, clock, CORS, tools and versions; name each fix.

    Changes nothing. Exits with 1 when a check failed; warnings are no failure.
    """
    # Imported when asked for: the service costs time that no other command need pay.
    from keyshelf.app.diagnosis import Check, diagnose  # noqa: PLC0415
    from keyshelf.telemetry import LogOptions, configure_logging  # noqa: PLC0415

    # What is wrong is told by the checks.
    configure_logging(LogOptions(level="error"))
    out = Output(as_json=as_json)

    def show(check: Check) -> None:
        out.line(f"{_MARKS[check.status]:8} {check.name}: {check.detail}")
        if check.fix and check.status != "ok":
            out.line(f"{'':8} fix: {check.fix}")

    async def checked() -> list[Check]:
        checks: list[Check] = []
        async for check in diagnose(settings.load()):
            checks.append(check)
            if not as_json:
                show(check)
        return checks

    checks = anyio.run(checked)
    failed = sum(check.status == "failed" for check in checks)
    if as_json:
        out.json({"failed": failed, "items": [asdict(check) for check in checks]})
    elif failed:
        out.message(f"keyshelf: {output.count_text(failed, 'check')} failed")
    raise typer.Exit(ExitCode.FAILURE if failed else ExitCode.OK)
