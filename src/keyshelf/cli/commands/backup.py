"""`keyshelf backup`: the database in an object store, and back."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import anyio
import typer

from keyshelf import settings
from keyshelf.cli import output
from keyshelf.cli.exits import ExitCode
from keyshelf.cli.options import Json, Yes, confirm
from keyshelf.cli.output import Output, size_text, time_text
from keyshelf.errors import InvalidInputError
from keyshelf.settings import Settings
from keyshelf.settings.table_regions import REPLICAS, replica_ids
from keyshelf.settings.values import ROLES

if TYPE_CHECKING:
    from keyshelf.operations.backups.service import Backup

app = typer.Typer(help="Write the database to a store, and load it back.", no_args_is_help=True)
Store = Annotated[
    str | None, typer.Option("--store", help="source, media or repository; KEYSHELF_BACKUP_STORE.")
]
Copies = Annotated[
    str | None,
    typer.Option(
        "--store",
        help="source, media, repository, or a replica by its id; KEYSHELF_BACKUP_STORE.",
    ),
]


@app.command()
def create(store: Store = None, as_json: Json = False) -> None:
    """Write a backup of the database to a store. Others may go on working meanwhile."""
    # Imported when asked for, as below: the drivers take longer to load than most commands.
    from keyshelf.app import backups  # noqa: PLC0415

    made = anyio.run(backups.create, _loaded(store), store)
    Output(as_json=as_json).result(asdict(made), [f"wrote {made.name}, {size_text(made.size)}"])


@app.command("list")
def list_backups(store: Copies = None, as_json: Json = False) -> None:
    """List the backups in a store or a replica, the newest first."""
    from keyshelf.app import backups  # noqa: PLC0415

    found = anyio.run(backups.find_all, _loaded(store, copies=True), store)
    Output(as_json=as_json).result({"items": [asdict(each) for each in found]}, _rows(found))


@app.command()
def restore(
    name: Annotated[str, typer.Argument(help="As `list` names it, or `latest`.")],
    *,
    store: Copies = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Also when the database holds something.")
    ] = False,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Load a backup into an empty database: all of it, or nothing happens.

    Stop the service before, and run `keyshelf rebuild` after, before anybody works: it brings
    what the stores have and the backup did not know. Until then commits to repositories that
    went on after the backup are refused.
    """
    from keyshelf.app import backups  # noqa: PLC0415

    given = _loaded(store, copies=True)
    if replace:
        confirm("All that the database holds is replaced by the backup. Go on?", yes=yes)

    async def command() -> "Backup":
        return await backups.restore(given, name, store, replace=replace)

    loaded = anyio.run(command)
    Output(as_json=as_json).result(asdict(loaded), [f"loaded {loaded.name}"])
    output.message(
        "keyshelf: run `keyshelf rebuild` before the service starts: it adds what the stores have"
        " and the backup did not know; commits beside that are refused until then"
    )
    raise typer.Exit(ExitCode.OK)


def _loaded(store: str | None, *, copies: bool = False) -> Settings:
    given = settings.load()
    replicas = replica_ids(given.text(REPLICAS) or "") if copies else ()
    if store is not None and store not in (*ROLES, *replicas):
        raise InvalidInputError(f"--store is one of {', '.join((*ROLES, *replicas))}")
    if given.text("KEYSHELF_URL"):
        raise InvalidInputError("backups are made where the stores are: unset KEYSHELF_URL")
    return given


def _rows(found: "Sequence[Backup]") -> list[str]:
    if not found:
        return ["there are no backups: `keyshelf backup create` makes one"]
    return output.table(
        [[each.name, time_text(each.at), size_text(each.size)] for each in found], right=[2]
    )
