"""How bills, forecasts, what-ifs and capacities are printed."""

from collections.abc import Sequence
from decimal import Decimal

from keyshelf.cli import output
from keyshelf.operations import sizes
from keyshelf.operations.capacity import Between, Capacity
from keyshelf.operations.cost.forecast import Expected
from keyshelf.operations.cost.report import CostReport
from keyshelf.operations.cost.values import Bill
from keyshelf.operations.prices.values import PriceBook
from keyshelf.operations.stats.values import DailyCost

_ESTIMATE = "~"
_CENT = Decimal("0.01")
_STEPS = ((10**12, "T"), (10**9, "B"), (10**6, "M"), (10**3, "K"))


def report_lines(report: CostReport, *, explain: bool, is_now: bool) -> list[str]:
    """Return a bill, and what was asked about it; `is_now` where it was counted for this."""
    lines = [*_heading(report, is_now=is_now), "", *_groups(report)]
    if explain:
        lines += ["", *_explained(report.bill, report.book)]
    if report.forecast is not None:
        lines += ["", *_forecast(report)]
    if report.scenarios:
        lines += ["", *_scenarios(report)]
        if explain:
            for each in report.scenarios:
                if each.once.lines:
                    lines += ["", f"once, for {each.name}:", *_explained(each.once, report.book)]
    return lines


def _heading(report: CostReport, *, is_now: bool) -> list[str]:
    tables = {each.name: each for each in report.tables.values()}
    stores: dict[str, list[str]] = {name: [] for name in tables}
    for store, table in report.tables.items():
        stores[table.name].append(store)
    again = "" if is_now else "; --now counts again"
    return [f"counted on {report.at:%Y-%m-%d at %H:%M} UTC{again}"] + [
        f"prices of {name} as of {table.as_of} ({', '.join(stores[name])})"
        for name, table in tables.items()
    ]


def _groups(report: CostReport) -> list[str]:
    book = report.book
    rows = [["", "OBJECTS", "SIZE", "A MONTH", ""]]
    rows += [
        [
            each.name,
            f"{each.objects:,}" if each.objects else "-",
            output.size_text(each.bytes) if each.bytes else "-",
            book.money(each.amount),
            _ESTIMATE if each.is_estimate else "",
        ]
        for each in report.groups
    ]
    rows.append(["total", "", "", book.money(report.bill.total), ""])
    lines = output.table(rows, right=[1, 2, 3])
    if any(each.is_estimate for each in report.groups):
        lines.append(f"{_ESTIMATE} estimated")
    return lines


def _explained(bill: Bill, book: PriceBook) -> list[str]:
    rows = [
        [
            " ".join(filter(None, [line.store, line.kind, line.storage_class, line.item])),
            line.tenant,
            f"{line.explained(book)} =",
            book.money(line.amount, digits=2 if line.amount >= _CENT else 6),
        ]
        for line in bill.lines
    ]
    return output.table(rows, right=[3])


def _forecast(report: CostReport) -> list[str]:
    forecast = report.forecast
    if forecast is None:
        return []
    a_day = round(forecast.bytes_a_day)
    grows = f"{'grows' if a_day >= 0 else 'shrinks'} by {output.size_text(abs(a_day))} a day"
    rows = [["IN", "SIZE", "19 OF 20 TIMES", "STORAGE A MONTH", "19 OF 20 TIMES"]]
    for size, cost in zip(forecast.bytes, forecast.cost, strict=True):
        rows.append(
            [
                f"{(size.day - report.at.date()).days} days",
                output.size_text(round(size.value)),
                f"{output.size_text(round(size.low))} to {output.size_text(round(size.high))}",
                report.book.money(Decimal(cost.value)),
                _money_between(cost, report.book),
            ]
        )
    return [f"{grows}, as {forecast.days} daily snapshots tell", *output.table(rows, right=[1, 3])]


def _money_between(expected: Expected, book: PriceBook) -> str:
    return f"{book.money(Decimal(expected.low))} to {book.money(Decimal(expected.high))}"


def _scenarios(report: CostReport) -> list[str]:
    book = report.book
    now = report.scenarios[0].bill.total
    head = ["WHAT IF", "CHUNK OBJECTS", "A MONTH", "DIFFERENCE", "ONCE"]
    rows = [[*head, "WRITING ALL", "READING ALL"]]
    rows += [
        [
            each.name,
            f"{each.objects:,}",
            book.money(each.bill.total),
            book.money(each.bill.total - now),
            book.money(each.once.total),
            book.money(each.writing.total),
            book.money(each.reading.total),
        ]
        for each in report.scenarios
    ]
    notes = [f"{each.name}: {note}" for each in report.scenarios for note in each.notes]
    return [*output.table(rows, right=[1, 2, 3, 4, 5, 6]), *notes]


def daily_lines(days: Sequence[DailyCost], book: PriceBook) -> list[str]:
    """Return the specification's daily storage cost estimate."""
    rows = [["DAY", "REPOSITORIES", "COST OF THE DAY"]]
    rows += [
        [
            each.day.isoformat(),
            output.size_text(each.total_bytes),
            book.money(Decimal(each.estimated_cost), digits=4),
        ]
        for each in days
    ]
    return output.table(rows, right=[1, 2])


def capacity_lines(plans: Sequence[Capacity], book: PriceBook) -> list[str]:
    """Return what content of some sizes takes, a row each."""
    head = ["SIZE", "CHUNK", "CHUNKS", "STORAGE", "OBJECTS", "FOLDERS", "WRITING", "READING"]
    rows = [[*head, "INDEX ROWS", "INDEX", "A MONTH", "WRITES"]]
    rows += [
        [
            sizes.size_text(each.size),
            sizes.size_text(each.chunk_bytes),
            rounded(each.chunks),
            between_sizes(each.storage_bytes),
            _between([rounded(count) for count in _both(each.objects)]),
            f"{each.prefixes:,}",
            _joined([duration(seconds) for seconds in _both(each.put_seconds)]),
            duration(each.get_seconds),
            _between([rounded(count) for count in _both(each.index_rows)]),
            between_sizes(each.index_bytes),
            _between([book.money(amount) for amount in each.month]),
            _between([book.money(amount) for amount in each.writing]),
        ]
        for each in plans
    ]
    return output.table(rows, right=range(len(rows[0])))


def rounded(count: float) -> str:
    """Return a number to two digits: 1,562,500 is `1.6M`."""
    if count < 1000:
        return f"{count:,.0f}"
    value = float(f"{count:.1e}")
    step, letter = next((step, letter) for step, letter in _STEPS if value >= step)
    value /= step
    return f"{value:.1f}{letter}" if value < 10 and value % 1 else f"{value:,.0f}{letter}"


def between_sizes(between: Between) -> str:
    """Return bounds of a number of bytes: `50-80 GB`."""
    return _joined([sizes.size_text(round(each)) for each in _both(between)])


def duration(seconds: float) -> str:
    """Return a length of time by its largest unit: `12 h`."""
    for length, unit in ((86_400, "days"), (3_600, "h"), (60, "min")):
        if seconds >= 2 * length:
            return f"{seconds / length:,.0f} {unit}"
    return f"{seconds:,.0f} s"


def _both(between: Between) -> tuple[float, float]:
    return between.least, between.most


def _between(texts: Sequence[str]) -> str:
    return "-".join(dict.fromkeys(texts))


def _joined(texts: Sequence[str]) -> str:
    """Return bounds with their unit once, where it is the same."""
    (least, unit), (_, other) = (text.split(" ") for text in texts)
    return f"{least}-{texts[1]}" if unit == other and texts[0] != texts[1] else _between(texts)
