"""Making proxies of the videos of a commit, and keeping them with the repository."""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import anyio

from keyshelf.drive.mimetypes import Category, category_of, mimetype_of
from keyshelf.errors import Error, InvalidInputError, LimitError
from keyshelf.layout.repository import AssetHash
from keyshelf.media.images.formats import ImageFormat
from keyshelf.media.images.options import ImageOptions
from keyshelf.media.images.plans import plan_of
from keyshelf.media.images.pool import RenderPool
from keyshelf.media.tools.failures import NoScratchSpaceError
from keyshelf.media.tools.finding import Tools
from keyshelf.media.tools.probe import probe
from keyshelf.media.tools.probed import Probe
from keyshelf.media.tools.scratch import Scratch
from keyshelf.media.video.cover import make_cover
from keyshelf.media.video.proxies import SIDES, make_proxies, proxy_rungs
from keyshelf.repositories.formats.entries import Entry, FileEntry, FolderEntry
from keyshelf.repositories.formats.ids import asset_hash
from keyshelf.repositories.formats.manifest import Manifest
from keyshelf.repositories.history.content import content
from keyshelf.repositories.history.folders import find, walk
from keyshelf.repositories.paths import path_text
from keyshelf.repositories.proxies import ProxyInPlainError
from keyshelf.repositories.reading import Reader

THUMBNAIL = "thumbnail.jpg"
_THUMBNAIL_WIDTH = 640
_FILMS = tuple(f"{side}p.mp4" for side in SIDES)
_REFUSED = (InvalidInputError, LimitError)
"""What is wrong with a film, and no reason to leave the others."""


class ProxyShelf(Protocol):
    """Where the proxies of a repository are kept."""

    async def names(self, asset: AssetHash) -> Collection[str]:
        """Return what an asset has already."""
        ...

    async def put(self, asset: AssetHash, name: str, path: Path) -> None:
        """Keep a file as a proxy, whole or not at all."""
        ...


@dataclass(frozen=True, slots=True)
class Workshop:
    """What proxies are made with."""

    tools: Tools
    scratch: Scratch
    renders: RenderPool
    """Of pictures in `scratch`."""
    keep_free_bytes: int


@dataclass(frozen=True, slots=True)
class Film:
    """A video of a commit."""

    path: bytes
    asset: AssetHash
    entry: FileEntry


@dataclass(slots=True)
class Outcome:
    """What became of one video."""

    path: str
    asset: AssetHash
    made: Mapping[str, int] = field(default_factory=dict[str, int])
    """Proxies that were made, and their bytes."""
    present: Sequence[str] = ()
    """Those that were there already."""
    wanted: Sequence[str] = ()
    """Those that would be made, where the film reaches their size."""
    error: Error | None = None


FilmProgress = Callable[[Film, float, float], Awaitable[None]]
"""Told how many seconds of how many of a film are done."""


def refuse_encrypted(reader: Reader) -> None:
    """Raise `ProxyInPlainError` for an encrypted repository."""
    if reader.carrier.repository.keys is not None:
        raise ProxyInPlainError(
            "proxies are stored as they are, and this repository is encrypted: keep them elsewhere"
        )


async def make_all(
    reader: Reader,
    manifest: Manifest,
    paths: Sequence[bytes],
    shelf: ProxyShelf,
    workshop: Workshop | None,
    *,
    on_progress: FilmProgress,
) -> AsyncIterator[Outcome]:
    """Make what the videos below some paths of a commit lack, or all of it.

    Without a workshop nothing is made: the outcomes tell what is lacking. Raises what
    reading the repository and keeping proxies raises.
    """
    async for film in films_of(reader, manifest, paths):
        if workshop is None:
            yield await look(film, shelf)
        else:
            yield await make_for(reader, film, shelf, workshop, on_progress=on_progress)


async def films_of(
    reader: Reader, manifest: Manifest, paths: Sequence[bytes]
) -> AsyncIterator[Film]:
    """Give the videos below some paths of a commit, or all of it, each content once.

    What is a video its name says: reading all files to find out would take far longer.
    """
    seen: set[AssetHash] = set()
    for path in paths or [b""]:
        async for where, entry in _below(reader, manifest.root, path):
            if not isinstance(entry, FileEntry) or not entry.hash or not _is_film(where):
                continue
            asset = asset_hash(entry.hash, reader.carrier.repository.keys)
            if asset not in seen:
                seen.add(asset)
                yield Film(where, asset, entry)


async def make_for(
    reader: Reader,
    film: Film,
    shelf: ProxyShelf,
    workshop: Workshop,
    *,
    on_progress: FilmProgress,
) -> Outcome:
    """Make the proxies that a video lacks. What is wrong with the video is in the outcome.

    They are kept when all are made, the thumbnail last: whoever is interrupted and runs
    again makes those that are not there.
    """
    outcome = await look(film, shelf)
    if not outcome.wanted:
        return outcome

    async def on_seconds(done: float, total: float) -> None:
        await on_progress(film, done, total)

    try:
        async with workshop.scratch.folder() as folder:
            source = folder / "source"
            await _bring(reader, film, source, workshop)
            made = await _make(workshop, source, outcome.wanted, folder, on_seconds)
            for name, path in made.items():
                await shelf.put(film.asset, name, path)
            outcome.made = {name: path.stat().st_size for name, path in made.items()}
    except _REFUSED as error:
        outcome.error = error
    return outcome


async def look(film: Film, shelf: ProxyShelf) -> Outcome:
    """Return which proxies a video has and lacks, making none."""
    there = set(await shelf.names(film.asset))
    all_names = (*_FILMS, THUMBNAIL)
    # A film that has a thumbnail was encoded before: sizes that are missing it does not reach.
    is_done = THUMBNAIL in there
    return Outcome(
        path=path_text(film.path),
        asset=film.asset,
        present=[name for name in all_names if name in there],
        wanted=[] if is_done else [name for name in all_names if name not in there],
    )


async def _below(
    reader: Reader, root: FolderEntry, path: bytes
) -> AsyncIterator[tuple[bytes, Entry]]:
    entry = await find(reader, root, path)
    if isinstance(entry, FolderEntry):
        async for where, each in walk(reader, root, path):
            yield where, each
    else:
        yield path, entry


def _is_film(path: bytes) -> bool:
    name = path_text(path.rpartition(b"/")[2])
    return category_of(mimetype_of(name) or "", name) is Category.VIDEO


async def _bring(reader: Reader, film: Film, to: Path, workshop: Workshop) -> None:
    if workshop.scratch.free_bytes < film.entry.size + workshop.keep_free_bytes:
        raise NoScratchSpaceError("the disk has no room for the video and what is made of it")
    pieces = content(reader, film.entry, path=film.path)
    async with await anyio.open_file(to, "xb") as file, aclosing(pieces):
        async for piece in pieces:
            await file.write(piece)


async def _make(
    workshop: Workshop,
    source: Path,
    wanted: Sequence[str],
    folder: Path,
    on_seconds: Callable[[float, float], Awaitable[None]],
) -> Mapping[str, Path]:
    told = await probe(workshop.tools, source, folder=folder)

    async def on_progress(done: float) -> None:
        await on_seconds(min(done, told.duration), told.duration)

    made: dict[str, Path] = {}
    # The thumbnail says that a film is done: it is kept last.
    thumbnail = await _thumbnail(workshop, source, told, folder)
    lacking = {name: rung for name, rung in proxy_rungs(told).items() if f"{name}.mp4" in wanted}
    if lacking:
        films = await make_proxies(
            workshop.tools, source, told, lacking, folder=folder, on_seconds=on_progress
        )
        made = {path.name: path for path in films.values()}
    return {**made, THUMBNAIL: thumbnail}


async def _thumbnail(workshop: Workshop, source: Path, told: Probe, folder: Path) -> Path:
    cover = await make_cover(workshop.tools, source, told, folder=folder)
    plan = plan_of(ImageOptions(width=_THUMBNAIL_WIDTH), ImageFormat.JPG, {})
    rendered = await workshop.renders.render(cover, plan)
    path = folder / THUMBNAIL
    path.write_bytes(rendered.data)
    return path
