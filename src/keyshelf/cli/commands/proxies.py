"""`keyshelf repo proxies`: small films and thumbnails of the videos of a commit."""

from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from keyshelf import settings
from keyshelf.cli import hosting
from keyshelf.cli.exits import ExitCode
from keyshelf.cli.hosting import AnyHost, Repo
from keyshelf.cli.options import Json, Quiet
from keyshelf.cli.output import Output, printable, size_text
from keyshelf.cli.progress import CountDisplay
from keyshelf.client.wire import JSON
from keyshelf.repositories.history.resolve import resolve
from keyshelf.repositories.paths import path_typed
from keyshelf.repositories.reading import Reader
from keyshelf.repositories.remote.host import RemoteHost

if TYPE_CHECKING:
    from keyshelf.workflows.make_proxies import Film, FilmProgress, Outcome, ProxyShelf


def proxies(
    ref: Annotated[str, typer.Argument(help="A branch, tag or commit.")],
    paths: Annotated[
        list[str] | None, typer.Argument(metavar="[PATH]...", help="Only the videos below these.")
    ] = None,
    *,
    repo: Repo,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what each video lacks.")
    ] = False,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Make 1080p.mp4, 720p.mp4 and thumbnail.jpg of the videos of a commit, where they lack.

    They are kept beside the repository, in the clear: not for an encrypted one. Nothing is
    enlarged: a size that a video does not reach is left out. Works on this machine, also
    for a service elsewhere. Interrupted, it goes on with the next run.
    """
    out = Output(as_json=as_json)
    wanted = [path_typed(path) for path in paths or []]

    async def command(host: AnyHost) -> ExitCode:
        reader = Reader(await hosting.opened(host, repo))
        with CountDisplay(f"proxies of {repo}", quiet=quiet or as_json) as display:

            async def show(film: "Film", done: float, total: float) -> None:
                name = film.entry.name.decode(errors="replace")
                display.show(round(done), round(total), printable(name))

            outcomes = await _make(host, reader, _Wish(repo, ref, wanted, dry_run), show)
        out.result({"items": [_document(each) for each in outcomes]}, _lines(outcomes))
        return ExitCode.SOME_FAILED if any(each.error for each in outcomes) else ExitCode.OK

    hosting.run(command, when_interrupted="interrupted: what was made is kept; run it again")


@dataclass(frozen=True, slots=True)
class _Wish:
    """Of which videos proxies are asked for."""

    repo: str
    ref: str
    paths: Sequence[bytes]
    dry_run: bool


async def _make(
    host: AnyHost, reader: Reader, wish: _Wish, on_progress: "FilmProgress"
) -> Sequence["Outcome"]:
    # Only who makes proxies waits for what encodes to be loaded.
    from keyshelf.app.tools import open_workshop  # noqa: PLC0415
    from keyshelf.telemetry import LogOptions, configure_logging  # noqa: PLC0415
    from keyshelf.workflows.make_proxies import make_all, refuse_encrypted  # noqa: PLC0415

    # What a tool says of a video that it refuses is in that video's outcome.
    configure_logging(LogOptions(level="error", format="pretty"))
    refuse_encrypted(reader)
    manifest = await reader.manifest((await resolve(reader, wish.ref)).commit)
    shelf = await _shelf(host, wish.repo)
    async with AsyncExitStack() as opened:
        workshop = None
        if not wish.dry_run:
            workshop = await opened.enter_async_context(open_workshop(settings.load()))
        found = make_all(reader, manifest, wish.paths, shelf, workshop, on_progress=on_progress)
        return [outcome async for outcome in found]


async def _shelf(host: AnyHost, repo: str) -> "ProxyShelf":
    from keyshelf.workflows.proxy_shelves import OwnShelf, RemoteShelf  # noqa: PLC0415 -- as above

    if isinstance(host, RemoteHost):
        return RemoteShelf(host.client.repositories, (await host.find(repo)).id)
    return OwnShelf(host.parts, await host.record(repo))


def _line(outcome: "Outcome") -> str:
    path = printable(outcome.path)
    if outcome.error is not None:
        return f"{path}: {outcome.error.detail}"
    if outcome.made:
        made = ", ".join(f"{name} ({size_text(size)})" for name, size in outcome.made.items())
        return f"{path}: made {made}"
    if outcome.wanted:
        return f"{path}: lacks {_lacking(outcome.wanted)}"
    return f"{path}: has {', '.join(outcome.present)}"


def _lacking(names: Sequence[str]) -> str:
    # How large a video is shows once all of it is fetched, which a look does not do.
    sizes = [name for name in names if name.endswith(".mp4")]
    sure = [name for name in names if name not in sizes]
    perhaps = [f"of {' and '.join(sizes)} those that it is large enough for"] if sizes else []
    return ", ".join([*sure, *perhaps])


def _lines(outcomes: Sequence["Outcome"]) -> list[str]:
    return [_line(each) for each in outcomes] or ["no videos"]


def _document(outcome: "Outcome") -> JSON:
    error = outcome.error
    return {
        "path": outcome.path,
        "asset": outcome.asset,
        "made": dict(outcome.made),
        "present": list(outcome.present),
        "wanted": list(outcome.wanted),
        "error": {"code": error.code, "detail": error.detail} if error else None,
    }
