"""`keyshelf recover`: bring back what was deleted or overwritten in buckets with versions."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, TypeAlias, TypeVar

import anyio
import typer

from keyshelf import settings
from keyshelf.cli import hosting, output, recover_text
from keyshelf.cli.options import DryRun, Json, Quiet, Yes, confirm
from keyshelf.cli.output import Output
from keyshelf.cli.progress import CountDisplay
from keyshelf.cli.times import past_moment
from keyshelf.client.paths import MY_FILES, DrivePath
from keyshelf.errors import InvalidInputError
from keyshelf.layout import drive as drive_keys
from keyshelf.layout.keys import ObjectKey
from keyshelf.layout.repository import chunk_id, chunk_key, commit_hash, manifest_key
from keyshelf.settings import Settings
from keyshelf.settings.values import ROLES

if TYPE_CHECKING:
    from keyshelf.app import recovery
    from keyshelf.operations.versions.service import OnProgress
    from keyshelf.operations.versions.values import Recovered

app = typer.Typer(
    help="Bring back what was deleted or overwritten, from a bucket that keeps versions.",
    no_args_is_help=True,
)
T = TypeVar("T")
Work: TypeAlias = "Callable[[OnProgress, bool], Awaitable[T]]"
"""Does it, or with True says what it would do."""
_AT = "As it was then: 2026-11-23T14:30 in local time, or 2h for two hours ago."
At = Annotated[str | None, typer.Option("--at", help=_AT)]
Then = Annotated[str, typer.Option("--at", help=_AT)]
Store = Annotated[str, typer.Option("--store", help="Which bucket: repository, source or media.")]
Owner = Annotated[str | None, typer.Option(help="Whose drive; KEYSHELF_LOCAL_IDENTITY's.")]


@dataclass(frozen=True, slots=True)
class _How:
    """How a person wants it done."""

    yes: bool = True
    dry_run: bool = False
    quiet: bool = False
    as_json: bool = False


@app.command("list")
def list_deleted(
    prefix: Annotated[str, typer.Argument(help="Only keys that begin so.")] = "",
    *,
    store: Store = "source",
    at: At = None,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """List what could be brought back: deleted objects, with --at all that differs from then."""
    how = _How(dry_run=True, quiet=quiet, as_json=as_json)
    _carry_out(_objects(store, prefix, at=at), recover_text.objects, how)


@app.command()
def chunk(
    ids: Annotated[list[str], typer.Argument(metavar="ID...", help="Ids of chunks.")],
    *,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Bring deleted or damaged chunks of repositories back, by their ids: `check` names them.

    The newest version comes back whose bytes are what its id says. Of an encrypted repository
    that is told for sure with KEYSHELF_PASSPHRASE or KEYSHELF_REPOSITORY_KEY.
    """
    keys = [chunk_key(chunk_id(each)) for each in ids]
    _carry_out(_keys(keys), recover_text.objects, _How(dry_run=dry_run, as_json=as_json))


@app.command()
def manifest(
    commits: Annotated[list[str], typer.Argument(metavar="COMMIT...", help="Whole hashes.")],
    *,
    repo: hosting.Repo,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Bring deleted or damaged manifests of commits back, as `chunk` does."""
    # As in `_objects`.
    from keyshelf.app import recovery  # noqa: PLC0415

    hashes = [commit_hash(each) for each in commits]
    repository = anyio.run(recovery.repository_id, _loaded(), repo)
    keys = [manifest_key(repository, each) for each in hashes]
    _carry_out(_keys(keys), recover_text.objects, _How(dry_run=dry_run, as_json=as_json))


@app.command()
def file(
    path: Annotated[str, typer.Argument(metavar="DRIVE", help="A file or folder, as it was.")],
    *,
    at: At = None,
    owner: Owner = None,
    yes: Yes = False,
    dry_run: DryRun = False,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Bring a purged file back, or a folder with all below; with --at, what they held then.

    What is only in the trash comes back by `keyshelf restore`.
    """
    place = DrivePath.parse(path)
    if place.is_root:
        raise InvalidInputError("that is a whole drive: use `keyshelf recover drive`")
    key = drive_keys.key(_owner(owner, place), place.names, is_folder=False)
    _carry_out(_files(key, at=at), recover_text.drive, _How(yes, dry_run, quiet, as_json))


@app.command()
def drive(
    *,
    at: At = None,
    owner: Owner = None,
    shared: Annotated[bool, typer.Option("--shared", help="What everybody shares.")] = False,
    yes: Yes = False,
    dry_run: DryRun = False,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Bring all purged files of a drive back; with --at, what every file held then.

    Files that are younger stay, and so do files that were renamed since, beside what
    they were called then.
    """
    place = DrivePath("shared" if shared else MY_FILES)
    root = drive_keys.root(_owner(owner, place))
    _carry_out(_files(root, at=at), recover_text.drive, _How(yes, dry_run, quiet, as_json))


@app.command()
def prefix(
    beginning: Annotated[str, typer.Argument(metavar="PREFIX", help="Keys that begin so.")],
    *,
    store: Store,
    at: At = None,
    exact: Annotated[
        bool, typer.Option("--exact", help="Delete what was not there then; versions stay.")
    ] = False,
    yes: Yes = False,
    dry_run: DryRun = False,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Bring objects back by their keys, and nothing else: no row of the database changes.

    Use `file`, `drive` or `repository` for what belongs to these.
    """
    if exact and at is None:
        raise InvalidInputError("--exact needs a time: say --at")
    work = _objects(store, beginning, at=at, removes=exact)
    _carry_out(work, recover_text.objects, _How(yes, dry_run, quiet, as_json))


@app.command()
def repository(
    name: Annotated[str, typer.Argument(help="Its name or id, also of one that is gone.")],
    *,
    at: Then,
    yes: Yes = False,
    dry_run: DryRun = False,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Make branches and tags lead to where they led at a time, with all that they need.

    What they lead to now is kept by tags `before-recovery/…`. All is checked at the end.
    Encrypted ones need KEYSHELF_PASSPHRASE or KEYSHELF_REPOSITORY_KEY.
    """
    # As in `_objects`.
    from keyshelf.app import recovery  # noqa: PLC0415

    given, moment, unlocking = _loaded(), past_moment(at), hosting.unlocking_as_set()

    async def work(show: "OnProgress", is_dry: bool) -> "recovery.RecoveredRepository":
        return await recovery.repository(
            given, name, at=moment, unlocking=unlocking, dry_run=is_dry, on_progress=show
        )

    _carry_out(work, recover_text.repository, _How(yes, dry_run, quiet, as_json))


def _loaded() -> Settings:
    given = settings.load()
    if given.text("KEYSHELF_URL"):
        raise InvalidInputError("recover works where the stores are: unset KEYSHELF_URL")
    return given


def _owner(owner: str | None, place: DrivePath) -> drive_keys.OwnerId:
    if place.space != MY_FILES:
        return drive_keys.SHARED
    return drive_keys.owner_id(owner or _loaded().required("KEYSHELF_LOCAL_IDENTITY"))


def _objects(
    store: str, prefix: str, *, at: str | None = None, removes: bool = False
) -> "Work[Recovered]":
    if store not in ROLES:
        raise InvalidInputError(f"--store is one of {', '.join(ROLES)}")
    # Imported when asked for: the drivers of stores take longer to load than most commands.
    from keyshelf.app import recovery  # noqa: PLC0415
    from keyshelf.operations.versions.service import Wanted  # noqa: PLC0415

    given = _loaded()
    wanted = Wanted(prefix, at=past_moment(at) if at else None, removes=removes)

    async def work(show: "OnProgress", is_dry: bool) -> "Recovered":
        return await recovery.objects(given, store, wanted, dry_run=is_dry, on_progress=show)

    return work


def _keys(keys: Sequence[ObjectKey]) -> "Work[Recovered]":
    # As in `_objects`.
    from keyshelf.app import recovery  # noqa: PLC0415

    given, unlocking = _loaded(), hosting.unlocking_as_set()

    async def work(_show: "OnProgress", is_dry: bool) -> "Recovered":
        return await recovery.keys(given, keys, unlocking=unlocking, dry_run=is_dry)

    return work


def _files(prefix: str, *, at: str | None) -> "Work[recovery.RecoveredDrive]":
    # As in `_objects`.
    from keyshelf.app import recovery  # noqa: PLC0415

    given = _loaded()
    moment = past_moment(at) if at else None

    async def work(show: "OnProgress", is_dry: bool) -> "recovery.RecoveredDrive":
        return await recovery.drive(given, prefix, at=moment, dry_run=is_dry, on_progress=show)

    return work


def _carry_out(work: "Work[T]", lines: Callable[[T], recover_text.Told], how: _How) -> None:
    """Say what would be done, ask, do it and tell; ends with the exit code."""

    async def run(is_dry: bool) -> T:
        with CountDisplay("looking" if is_dry else "recovering", quiet=how.quiet) as display:

            async def show(done: int) -> None:
                display.show(done, None, "objects")

            return await work(show, is_dry)

    if not how.dry_run and not how.yes:
        planned = lines(anyio.run(run, True))
        # With nothing to ask about it goes on all the same: rows that a run which broke off
        # did not reach are made now.
        if not planned.is_nothing:
            for line in planned.lines:
                output.message(line)
            confirm("Bring this back?", yes=False)
    done = anyio.run(run, how.dry_run)
    told = lines(done)
    Output(as_json=how.as_json).result(done, told.lines)
    raise typer.Exit(told.code)
