"""Shows how transfers and jobs go, on stderr."""

from types import TracebackType
from typing import TYPE_CHECKING, Self

from keyshelf.cli import output
from keyshelf.cli.output import Output
from keyshelf.client.transfers.observing import Observer, Outcome
from keyshelf.client.values import Job

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

SHOWN_FILES = 8
"""Files with a bar of their own; the others are only in the total."""


class TransferDisplay(Observer):
    """Bars while files move, on a terminal; plain lines where there is none.

    Lines of the result are printed as files end, or after the bars are gone.
    """

    def __init__(self, out: Output, *, done_word: str, quiet: bool) -> None:
        self._out = out
        self._done_word = done_word
        self._held: list[Outcome] = []
        self._tasks: dict[str, TaskID] = {}
        self._bars: Progress | None = None
        self._total: TaskID | None = None
        if output.is_live() and not quiet and not out.as_json:
            # Imported where there is a terminal to draw on: it costs a tenth of a second.
            from keyshelf.cli.bars import transfer_bars  # noqa: PLC0415

            self._bars = transfer_bars()

    def __enter__(self) -> Self:
        if self._bars:
            self._bars.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bars:
            self._bars.stop()
        for outcome in self._held:
            self._print(outcome)

    def began(self, name: str, *, size: int, already: int) -> None:
        """Give the file a bar, and add its size to the total."""
        bars = self._bars
        if bars is None:
            return
        if self._total is None:
            self._total = bars.add_task("total", total=0)
        whole = bars.tasks[0].total or 0
        # What was moved by an earlier run is no part of this run's rate.
        bars.update(self._total, total=whole + size - already)
        if len(self._tasks) < SHOWN_FILES:
            label = output.printable(name.rpartition("/")[2])
            self._tasks[name] = bars.add_task(label, total=size, completed=already)

    def moved(self, name: str, count: int) -> None:
        """Advance the bars."""
        if self._bars is None:
            return
        if self._total is not None:
            self._bars.advance(self._total, count)
        if name in self._tasks:
            self._bars.advance(self._tasks[name], count)

    def noticed(self, name: str, text: str) -> None:
        """Tell a person, above the bars."""
        line = f"{name}: {text}"
        if self._bars:
            self._bars.console.print(output.printable(line), markup=False, highlight=False)
        else:
            output.message(line)

    def ended(self, outcome: Outcome) -> None:
        """Take the file's bar away, and print its line."""
        if self._bars is None:
            self._print(outcome)
            return
        self._held.append(outcome)
        task = self._tasks.pop(outcome.source, None)
        if task is not None:
            self._bars.remove_task(task)

    def _print(self, outcome: Outcome) -> None:
        if outcome.error is not None:
            detail = outcome.error.detail
            named = detail if outcome.source in detail else f"{outcome.source}: {detail}"
            output.message(f"keyshelf: {named}")
        elif not self._out.as_json:
            word = self._done_word if outcome.state == "transferred" else "skipped"
            size = output.size_text(outcome.size)
            self._out.line(f"{word} {outcome.source} -> {outcome.target} ({size})")


class _Bar:
    """One bar, on a terminal; nothing where there is none."""

    def __init__(self, title: str, kind: str, *, quiet: bool) -> None:
        self._bars: Progress | None = None
        if output.is_live() and not quiet:
            # As above: only a terminal is worth the time that this import takes.
            from keyshelf.cli import bars  # noqa: PLC0415

            self._bars = {"jobs": bars.job_bars, "content": bars.content_bars}[kind]()
            self._task = self._bars.add_task(title, total=None, more="")

    def __enter__(self) -> Self:
        if self._bars:
            self._bars.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bars:
            self._bars.stop()

    def show(self, done: int, total: int | None, more: str = "") -> None:
        """Draw how much is done of how much, and more in words."""
        if self._bars:
            self._bars.update(self._task, completed=done, total=total, more=more)


class CountDisplay(_Bar):
    """A bar for what is counted: how many of how many, and time left."""

    def __init__(self, title: str, *, quiet: bool) -> None:
        super().__init__(title, "jobs", quiet=quiet)

    def show_job(self, job: Job) -> None:
        """Draw where a job is."""
        progress = job.progress
        message = output.printable(progress.message or progress.unit)
        self.show(progress.done, progress.total, message)


class ContentDisplay(_Bar):
    """A bar for a commit or checkout: sizes, rate and time left."""

    def __init__(self, title: str, *, quiet: bool) -> None:
        super().__init__(title, "content", quiet=quiet)
