"""`keyshelf capacity`: what content of some size takes."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from keyshelf import settings
from keyshelf.cli import hosting
from keyshelf.cli.exits import ExitCode
from keyshelf.cli.hosting import AnyHost
from keyshelf.cli.options import Json
from keyshelf.cli.output import Output

if TYPE_CHECKING:
    from keyshelf.operations.capacity import Assumptions


_Sizes = Annotated[
    list[str] | None,
    typer.Option("--size", help="Of the content, such as 10TB or 500GiB. May be repeated."),
]
_Repo = Annotated[
    str | None,
    typer.Option("--repo", "-R", help="With chunks and savings as this repository has them."),
]
_Saved = Annotated[
    str | None,
    typer.Option(
        "--saved", help="Percent that deduplication and compression save; 20-50 unless said."
    ),
]
_Prices = Annotated[
    str | None,
    typer.Option("--prices", help="A table of the price book; the repository store's unless said."),
]


def capacity(
    *,
    size: _Sizes = None,
    repo: _Repo = None,
    chunk: Annotated[
        str | None, typer.Option("--chunk", help="Of an average chunk; 64KB unless said.")
    ] = None,
    saved: _Saved = None,
    pack: Annotated[
        str | None,
        typer.Option("--pack", help="As though chunks were packed into objects of this size."),
    ] = None,
    replicas: Annotated[int, typer.Option("--replicas", help="Copies in other regions.")] = 0,
    partitions: Annotated[
        int, typer.Option("--partitions", help="Prefixes that S3 gave partitions of their own.")
    ] = 1,
    prices: _Prices = None,
    as_json: Json = False,
) -> None:
    """Show how many chunks, objects, index rows, hours and how much money content takes.

    Without options, the table of the specification. Changes nothing.
    """
    # Imported when asked for: no other command need pay for it.
    from keyshelf.operations import capacity as planning  # noqa: PLC0415
    from keyshelf.operations import sizes  # noqa: PLC0415

    out = Output(as_json=as_json)
    wanted = [sizes.size(each) for each in size or []]
    assumed = planning.Assumptions(replicas=replicas, partitions=partitions)

    def show(wanted: Sequence[int], assumed: "Assumptions") -> None:
        told = planning.said(assumed, chunk=chunk, saved=saved, pack=pack)
        _show(out, wanted, told, prices)

    if repo is None:
        show(wanted or planning.TABLE_SIZES, assumed)
        return

    async def command(host: AnyHost) -> ExitCode:
        filled = (await host.find(repo)).filled
        show(wanted or [filled.logical_bytes], planning.measured(filled, assumed))
        return ExitCode.OK

    hosting.run(command)


def _show(out: Output, wanted: Sequence[int], assumed: "Assumptions", prices: str | None) -> None:
    from keyshelf.app.costs import tables  # noqa: PLC0415 -- as above
    from keyshelf.app.price_tables import price_book  # noqa: PLC0415 -- as above
    from keyshelf.cli import cost_text  # noqa: PLC0415
    from keyshelf.operations import capacity as planning  # noqa: PLC0415

    given = settings.load()
    book = price_book(given)
    table = book.table(prices) if prices else tables(given, book)["repository"]
    plans = planning.plans(wanted, assumed, table)
    document = planning.document(plans, assumed, table, book)
    out.result(document, cost_text.capacity_lines(plans, book))
