"""Does something to several items, and says how it went."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from keyshelf.cli import output
from keyshelf.cli.exits import ExitCode, exit_code
from keyshelf.cli.output import Output
from keyshelf.client.transfers.observing import Outcome
from keyshelf.client.transfers.trees import STOPPING
from keyshelf.client.wire import JSON
from keyshelf.errors import Error

T = TypeVar("T")
R = TypeVar("R")


async def for_all(
    items: Sequence[T], action: Callable[[T], Awaitable[R]], *, name: Callable[[T], object]
) -> tuple[list[tuple[T, R]], ExitCode]:
    """Run `action` for each item; return what succeeded, and the exit code.

    One of several that fails is told to the person and does not stop the others;
    a single one's error is raised, and so is what makes going on senseless.
    """
    done: list[tuple[T, R]] = []
    for item in items:
        try:
            done.append((item, await action(item)))
        except STOPPING:
            raise
        except Error as error:
            if len(items) == 1:
                raise
            output.message(f"keyshelf: {name(item)}: {error.detail}")
    return done, ExitCode.OK if len(done) == len(items) else ExitCode.SOME_FAILED


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
