"""A cost report as programs read it: plain numbers and text, each figure explained."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from keyshelf.operations.cost.forecast import LEAST_DAYS, Expected
from keyshelf.operations.cost.report import CostReport, Forecast, span
from keyshelf.operations.cost.values import Bill, Line
from keyshelf.operations.cost.what_if import Scenario
from keyshelf.operations.prices.values import PriceBook


@dataclass(frozen=True, slots=True)
class ShownTable:
    """By which prices a store is billed."""

    store: str
    table: str
    as_of: str
    source: str
    classes: Sequence[str]
    """That have prices."""


@dataclass(frozen=True, slots=True)
class ShownGroup:
    """A part of the bill."""

    name: str
    objects: int
    bytes: int
    amount: float
    is_estimate: bool


@dataclass(frozen=True, slots=True)
class ShownLine:
    """One line of a bill."""

    item: str
    store: str
    kind: str
    storage_class: str
    tenant: str
    count: float
    unit: str
    price: float
    amount: float
    explanation: str
    is_estimate: bool


@dataclass(frozen=True, slots=True)
class ShownScenario:
    """What a what-if comes to."""

    name: str
    month: float
    difference: float
    """Against a month as it is."""
    once: float
    """What it takes to get there."""
    writing: float
    """What the requests cost that write all chunks once."""
    reading: float
    """What it costs to read them all once."""
    objects: int
    notes: Sequence[str]
    lines: Sequence[ShownLine]
    once_lines: Sequence[ShownLine]


@dataclass(frozen=True, slots=True)
class ShownExpected:
    """What is to be expected on a day."""

    day: str
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class ShownForecast:
    """Where things are going."""

    days: int
    bytes_a_day: float
    bytes: Sequence[ShownExpected]
    cost: Sequence[ShownExpected]


@dataclass(frozen=True, slots=True)
class ShownReport:
    """A bill, and what was asked about it."""

    day: str
    counted_at: str
    """When what it is of was counted."""
    currency: str
    tables: Sequence[ShownTable]
    total: float
    groups: Sequence[ShownGroup]
    lines: Sequence[ShownLine]
    what_if: Sequence[ShownScenario]
    forecast: ShownForecast | None
    notes: Sequence[str]


def shown(report: CostReport) -> ShownReport:
    """Return a report as programs read it."""
    return ShownReport(
        day=report.at.date().isoformat(),
        counted_at=report.at.isoformat(),
        currency=report.book.currency,
        tables=[
            ShownTable(
                store,
                table.name,
                table.as_of.isoformat(),
                table.source,
                [each.value for each in table.classes],
            )
            for store, table in report.tables.items()
        ],
        total=float(report.bill.total),
        groups=[
            ShownGroup(each.name, each.objects, each.bytes, float(each.amount), each.is_estimate)
            for each in report.groups
        ],
        lines=_lines(report.bill, report.book),
        what_if=[_scenario(each, report) for each in report.scenarios],
        forecast=_forecast(report.forecast) if report.forecast else None,
        notes=_notes(report),
    )


def _lines(bill: Bill, book: PriceBook) -> Sequence[ShownLine]:
    return [_line(each, book) for each in bill.lines]


def _line(line: Line, book: PriceBook) -> ShownLine:
    return ShownLine(
        item=line.item,
        store=line.store,
        kind=line.kind,
        storage_class=line.storage_class,
        tenant=line.tenant,
        count=float(line.count),
        unit=line.measure.noun,
        price=float(line.price),
        amount=float(line.amount),
        explanation=line.explained(book),
        is_estimate=line.is_estimate,
    )


def _scenario(scenario: Scenario, report: CostReport) -> ShownScenario:
    month = scenario.bill.total
    return ShownScenario(
        name=scenario.name,
        month=float(month),
        difference=float(month - report.bill.total),
        once=float(scenario.once.total),
        writing=float(scenario.writing.total),
        reading=float(scenario.reading.total),
        objects=scenario.objects,
        notes=list(scenario.notes),
        lines=_lines(scenario.bill, report.book),
        once_lines=_lines(scenario.once, report.book),
    )


def _forecast(forecast: Forecast) -> ShownForecast:
    return ShownForecast(
        forecast.days,
        forecast.bytes_a_day,
        [_expected(each) for each in forecast.bytes],
        [_expected(each) for each in forecast.cost],
    )


def _expected(expected: Expected) -> ShownExpected:
    return ShownExpected(expected.day.isoformat(), expected.value, expected.low, expected.high)


def _notes(report: CostReport) -> Sequence[str]:
    notes = [
        "what leaves the stores, and what browsers and clients read from them, is not in",
        "versions that were replaced, and unfinished uploads, are not in",
    ]
    if report.requests_of is None:
        notes.append("requests are not in: none are counted yet, which the service does")
    elif report.requests_of < timedelta(days=1):
        notes.append(
            f"requests are those of {span(report.requests_of)} so far, not of a month,"
            " which is told once they were counted for a day"
        )
    if report.wants_forecast and report.forecast is None:
        notes.append(
            f"no forecast yet: it needs {LEAST_DAYS} daily snapshots,"
            f" and there are {report.forecast_days}"
        )
    return notes
