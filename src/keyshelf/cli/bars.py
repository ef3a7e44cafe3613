"""The bars that progress is drawn with: one line each, on every terminal."""

from collections.abc import Iterable, Sequence

from rich.console import Console, RenderableType
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Column
from rich.text import Text

from keyshelf.cli import output

_LEAST_BAR, _MOST_BAR = 10, 40
_LEAST_NAME = 10


def transfer_bars() -> Progress:
    """Return bars for files: size, rate and time left."""
    name, bar, sizes, left = _Name(), _bar(), _sizes(), _time_left()
    part = TaskProgressColumn(table_column=_one_line())
    rate, short = _Rate(), _ShortRate()
    return _Fitting(
        [name, bar, part, sizes, rate, left],
        [name, bar, sizes, short, left],
        [name, sizes, short, left],
        [name, part, short, left],
        [name, part],
    )


def job_bars() -> Progress:
    """Return a bar for a job: how many of how many, and time left."""
    name, bar, left, more = _Name(), _bar(), _time_left(), _more()
    count = MofNCompleteColumn(table_column=_one_line())
    return _Fitting(
        [name, bar, count, more, left],
        [name, count, more, left],
        [name, count, left],
        [count],
    )


def content_bars() -> Progress:
    """Return a bar for the content of a repository: sizes, rate, time left, and more in words."""
    name, bar, sizes, left, more = _Name(), _bar(), _sizes(), _time_left(), _more()
    rate, short = _Rate(), _ShortRate()
    return _Fitting(
        [name, bar, sizes, rate, left, more],
        [name, bar, sizes, short, left, more],
        [name, sizes, short, left, more],
        [name, sizes, short, left],
        [sizes, short, left],
        [sizes, left],
    )


class _Fitting(Progress):
    """Bars with the first of several sets of columns that fits into a line."""

    def __init__(self, *layouts: Sequence[ProgressColumn]) -> None:
        self._layouts = layouts
        super().__init__(
            *layouts[0], console=Console(stderr=True), transient=True, redirect_stdout=False
        )

    def get_renderables(self) -> Iterable[RenderableType]:
        if self.tasks:
            self.columns = self._layout()
        yield self.make_tasks_table(self.tasks)

    def _layout(self) -> tuple[ProgressColumn, ...]:
        width = self.console.width - 1  # the last column of some terminals begins a new line
        layout: Sequence[ProgressColumn] = ()
        for layout in self._layouts:
            for column in layout:
                if isinstance(column, _Name):
                    column.most = max(_LEAST_NAME, width // 4)
            room = width - sum(_width(column, self.tasks) + 1 for column in layout)
            bars = [column for column in layout if isinstance(column, BarColumn)]
            for bar in bars:
                bar.bar_width = max(_LEAST_BAR, min(_MOST_BAR, room))
            if room >= _LEAST_BAR * len(bars):
                break
        return tuple(layout)


class _Name(ProgressColumn):
    """What the bar is of, cut where it is long."""

    most = _LEAST_NAME

    def __init__(self) -> None:
        super().__init__(table_column=_one_line())

    def render(self, task: Task) -> Text:
        text = Text(task.description)
        text.truncate(self.most, overflow="ellipsis")
        return text


class _Rate(ProgressColumn):
    """The speed, in the same units as the sizes."""

    def __init__(self) -> None:
        super().__init__(table_column=_one_line())

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text(self._text(int(speed)) if speed else "", style="dim")

    def _text(self, speed: int) -> str:
        return f"{output.size_text(speed)}/s"


class _ShortRate(_Rate):
    """The speed in few characters, such as `12M/s`."""

    def _text(self, speed: int) -> str:
        count, _, unit = output.size_text(speed).partition(" ")
        return f"{float(count):.0f}{unit[0]}/s"


def _width(column: ProgressColumn, tasks: Sequence[Task]) -> int:
    """Return how much room a column takes; a bar takes what is left."""
    if isinstance(column, BarColumn):
        return 0
    cells = [column(task) for task in tasks]
    return max((cell.cell_len for cell in cells if isinstance(cell, Text)), default=0)


def _one_line() -> Column:
    return Column(no_wrap=True)


def _bar() -> BarColumn:
    return BarColumn(table_column=_one_line())


def _sizes() -> DownloadColumn:
    return DownloadColumn(binary_units=True, table_column=_one_line())


def _time_left() -> TimeRemainingColumn:
    return TimeRemainingColumn(compact=True, table_column=_one_line())


def _more() -> TextColumn:
    return TextColumn("{task.fields[more]}", markup=False, table_column=_one_line())
