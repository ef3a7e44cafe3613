"""`keyshelf cost`: what storage costs, what it will, and what it would."""

from typing import TYPE_CHECKING, Annotated, Literal

import anyio
import typer

from keyshelf import settings
from keyshelf.cli.options import Json
from keyshelf.cli.output import Output
from keyshelf.errors import InvalidInputError
from keyshelf.settings import Settings

if TYPE_CHECKING:
    from keyshelf.operations.cost.report import Wish

_By = Literal["repo", "kind", "class", "tenant"]
_DAYS = 31


def cost(
    *,
    by: Annotated[_By, typer.Option("--by", help="What the bill is broken down by.")] = "kind",
    explain: Annotated[
        bool, typer.Option("--explain", help="Every line with its arithmetic.")
    ] = False,
    forecast: Annotated[
        bool, typer.Option("--forecast", help="What it will be in 30, 90 and 365 days.")
    ] = False,
    what_if: Annotated[
        list[str] | None,
        typer.Option(
            "--what-if",
            help="all, or tier=warm:30, class=warm, replicas=1, tags=0, chunk=1MiB,"
            " pack=16MiB; several of one case with commas. May be repeated.",
        ),
    ] = None,
    now: Annotated[
        bool, typer.Option("--now", help="Count now, which replaces today's snapshot.")
    ] = False,
    daily: Annotated[
        bool, typer.Option("--daily", help="What repositories cost on each of the last 31 days.")
    ] = False,
    prices: Annotated[
        bool, typer.Option("--prices", help="Print the price book in use, to be edited.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Show what a month of storage costs, by the last daily snapshot and the price book.

    Works where the stores are. Changes nothing but the snapshot: the first is taken by itself.
    """
    out, given = Output(as_json=as_json), settings.load()
    if prices:
        _show_prices(out, given)
        return
    if given.text("KEYSHELF_URL") is not None:
        raise InvalidInputError(
            "cost works where the stores are: unset KEYSHELF_URL, or ask /api/operations/cost"
        )
    if daily:
        anyio.run(_daily, out, given)
    else:
        # Imported when asked for: no other command need pay for it.
        from keyshelf.operations.cost.report import By, Wish  # noqa: PLC0415

        wish = Wish(By(by), tuple(what_if or ()), forecast, now)
        anyio.run(_report, out, given, wish, explain)


async def _report(out: Output, given: Settings, wish: "Wish", explain: bool) -> None:
    from keyshelf.app.costs import cost_report, open_stats  # noqa: PLC0415 -- as above
    from keyshelf.cli import cost_text  # noqa: PLC0415
    from keyshelf.operations.cost.shown import shown  # noqa: PLC0415

    async with open_stats(given) as parts:
        report = await cost_report(given, parts, wish)
    document = shown(report)
    out.result(document, cost_text.report_lines(report, explain=explain, is_now=wish.now))
    if not out.as_json:
        for note in document.notes:
            out.message(f"keyshelf: {note}")


async def _daily(out: Output, given: Settings) -> None:
    from keyshelf.app.costs import open_stats, tables  # noqa: PLC0415 -- as above
    from keyshelf.app.price_tables import price_book  # noqa: PLC0415 -- as above
    from keyshelf.cli import cost_text  # noqa: PLC0415
    from keyshelf.operations.stats import service as stats  # noqa: PLC0415

    book = price_book(given)
    table = tables(given, book)["repository"]
    async with open_stats(given) as parts:
        await stats.latest(parts)
        days = await stats.daily_cost(parts, table, days=_DAYS)
    items = [
        {
            "date": each.day.isoformat(),
            "total_bytes": each.total_bytes,
            "estimated_cost": each.estimated_cost,
        }
        for each in days
    ]
    document = {"currency": book.currency, "table": table.name, "items": items}
    out.result(document, cost_text.daily_lines(days, book))


def _show_prices(out: Output, given: Settings) -> None:
    from keyshelf.app.price_tables import price_book  # noqa: PLC0415 -- as above
    from keyshelf.operations.prices.reading import document  # noqa: PLC0415

    book = price_book(given)
    out.result(document(book), book.text.splitlines())
