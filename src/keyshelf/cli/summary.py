"""Says how a transfer of several files went."""

from collections.abc import Sequence

from keyshelf.cli import output
from keyshelf.cli.exits import ExitCode, exit_code
from keyshelf.cli.output import Output
from keyshelf.client.transfers.observing import Outcome
from keyshelf.client.wire import JSON


def finish(out: Output, outcomes: Sequence[Outcome], *, done_word: str, quiet: bool) -> ExitCode:
    """Print the end of a transfer and return its exit code.

    One file that failed by itself gives the code of its error; one of several
    gives that of some having failed.
    """
    failed = [outcome for outcome in outcomes if outcome.state == "failed"]
    skipped = sum(outcome.state == "skipped" for outcome in outcomes)
    done = len(outcomes) - len(failed) - skipped
    moved = sum(outcome.size for outcome in outcomes if outcome.state == "transferred")
    if out.as_json:
        out.json(
            {
                "transferred": done,
                "skipped": skipped,
                "failed": len(failed),
                "bytes": moved,
                "items": [_item(outcome) for outcome in outcomes],
            }
        )
    elif not quiet and len(outcomes) != 1:
        parts = [f"{output.count_text(done, 'file')} {done_word} ({output.size_text(moved)})"]
        parts += [f"{skipped:,} skipped"] if skipped else []
        parts += [f"{len(failed):,} failed"] if failed else []
        out.message(", ".join(parts))
    if not failed:
        return ExitCode.OK
    error = failed[0].error
    return exit_code(error) if len(outcomes) == 1 and error else ExitCode.SOME_FAILED


def _item(outcome: Outcome) -> JSON:
    file, error = outcome.file, outcome.error
    return {
        "state": outcome.state,
        "source": outcome.source,
        "target": outcome.target,
        "size": outcome.size,
        "id": str(file.id) if file else None,
        "key": file.key if file else None,
        "error": {"code": error.code, "detail": error.detail} if error else None,
    }
