"""Streaming folders and selections as archives."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from keyshelf.database.transactions import ReadTransaction
from keyshelf.delivery.archives import Member, archive
from keyshelf.drive.parts import DriveParts
from keyshelf.drive.tree import places
from keyshelf.drive.tree.queries import find
from keyshelf.drive.values import DriveFile, FileState, Viewer
from keyshelf.drive.zips import queries
from keyshelf.errors import IntegrityError, InvalidInputError, NotFoundError
from keyshelf.layout.names import FileName, numbered
from keyshelf.store.base import ObjectReader
from keyshelf.store.errors import ObjectNotFoundError, StoreUnavailableError

MAX_SELECTED = 1000
_SELECTION_KEPT = timedelta(hours=1)
_PAGE = 500
_DEEPEST = 1500
_PACKABLE = frozenset(
    {
        "application/json",
        "application/javascript",
        "application/rtf",
        "application/sql",
        "application/toml",
        "application/wasm",
        "application/x-ndjson",
        "application/x-sh",
        "application/xml",
        "image/bmp",
        "image/x-portable-pixmap",
        "model/obj",
        "model/ply",
        "model/stl",
    }
)


@dataclass(frozen=True, slots=True)
class ZipDownload:
    """An archive that is made while it is read."""

    filename: str
    stream: AsyncGenerator[bytes]
    """Ends with an error, and without the end of an archive, when an object is gone."""


class SelectionNotFoundError(NotFoundError):
    """The link of an archive has expired, or is another person's: choose its files again."""

    code = "selection-not-found"


@dataclass(frozen=True, slots=True)
class Selection:
    """What was chosen for an archive, and until when it is kept."""

    id: UUID
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class _Item:
    file: DriveFile
    path: str


async def open_zip(parts: DriveParts, viewer: Viewer, ids: Sequence[UUID]) -> ZipDownload:
    """Return an archive of files and folders, each with all that is below it.

    Each lies at the top under its own name, numbered where two have the same. Files
    whose upload is not complete are left out. Memory does not grow with the number
    or the size of files. Raises `FileNotFoundInDriveError` before anything is sent.
    """
    async with parts.database.read() as tx:
        chosen = await _chosen(tx, viewer, ids)
    roots = _named([file for file in chosen if file.state is FileState.READY])
    name = chosen[0].filename if len(chosen) == 1 else "files"
    return ZipDownload(f"{name}.zip", archive(_members(parts, roots)))


async def keep_selection(parts: DriveParts, viewer: Viewer, ids: Sequence[UUID]) -> Selection:
    """Keep what was chosen for an archive, so that a short link can name it.

    Raises what `open_zip` raises, and adds a selection each time that it is called.
    """
    now = parts.clock()
    kept = Selection(parts.new_id(), now + _SELECTION_KEPT)
    async with parts.database.transaction() as tx:
        chosen = await _chosen(tx, viewer, ids)
        await queries.insert_selection(
            tx,
            selection_id=kept.id,
            viewer_id=viewer.id,
            file_ids=[file.id for file in chosen],
            now=now,
            expires_at=kept.expires_at,
        )
    return kept


async def open_selection(parts: DriveParts, viewer: Viewer, selection_id: UUID) -> ZipDownload:
    """Return the archive of a kept selection; it can be opened again until it expires.

    Raises `SelectionNotFoundError` and what `open_zip` raises.
    """
    async with parts.database.read() as tx:
        ids = await queries.selection(tx, selection_id, viewer_id=viewer.id, now=parts.clock())
    if ids is None:
        raise SelectionNotFoundError("this link has expired: choose the files again")
    return await open_zip(parts, viewer, ids)


async def _chosen(tx: ReadTransaction, viewer: Viewer, ids: Sequence[UUID]) -> list[DriveFile]:
    if not 1 <= len(ids) <= MAX_SELECTED:
        raise InvalidInputError(f"an archive is made of 1 to {MAX_SELECTED} files or folders")
    return [await places.live(tx, each, viewer) for each in dict.fromkeys(ids)]


def _named(files: Sequence[DriveFile]) -> list[_Item]:
    taken: set[str] = set()
    items: list[_Item] = []
    for file in files:
        name = FileName(file.filename)
        number = 2
        while name in taken:
            name = numbered(FileName(file.filename), number)
            number += 1
        taken.add(name)
        items.append(_Item(file, name))
    return items


async def _members(parts: DriveParts, roots: Sequence[_Item]) -> AsyncGenerator[Member]:
    levels = [_each(roots)]
    while levels:
        item = await anext(levels[-1], None)
        if item is None:
            levels.pop()
        elif item.file.is_folder:
            if len(levels) > _DEEPEST:
                raise IntegrityError(f"{item.file.filename!r} lies deeper than folders can")
            files = _children(parts, item, folders=False)
            folders = _children(parts, item, folders=True)
            first_file, first_folder = await anext(files, None), await anext(folders, None)
            if first_file is None and first_folder is None:
                yield Member(item.path.encode(), item.file.updated_at)
            levels += [_led_by(first_folder, folders), _led_by(first_file, files)]
        else:
            async with await _open(parts, item.file) as reader:
                yield Member(
                    item.path.encode(),
                    item.file.updated_at,
                    size=reader.meta.size,
                    body=_whole(item, reader),
                    is_packable=_is_packable(item.file.mimetype),
                )


async def _each(items: Sequence[_Item]) -> AsyncGenerator[_Item]:
    for item in items:
        yield item


async def _led_by(first: _Item | None, rest: AsyncGenerator[_Item]) -> AsyncGenerator[_Item]:
    if first is not None:
        yield first
        async for item in rest:
            yield item


async def _children(parts: DriveParts, item: _Item, *, folders: bool) -> AsyncGenerator[_Item]:
    after: DriveFile | None = None
    while True:
        async with parts.database.read() as tx:
            page = await queries.children(tx, item.file, folders=folders, after=after, limit=_PAGE)
        for child in page:
            yield _Item(child, f"{item.path}/{child.filename}")
        if len(page) < _PAGE:
            return
        after = page[-1]


async def _whole(item: _Item, reader: ObjectReader) -> AsyncGenerator[bytes]:
    received = 0
    async for piece in reader:
        received += len(piece)
        yield piece
    if received != (size := reader.meta.size):
        raise StoreUnavailableError(f"{item.path!r} ended after {received} of {size} bytes")


async def _open(parts: DriveParts, file: DriveFile) -> ObjectReader:
    """Open a file's object, wherever it moved since its row was read.

    Its key may be another file's by now: other bytes than the row speaks of count
    only when the row still says the same afterwards.
    """
    while True:
        reader = None
        try:
            reader = await parts.store.get(file.key)
            if reader.meta.etag == file.object_etag:
                return reader
        except ObjectNotFoundError:
            pass  # gone, or moved: the row tells
        again = await _row(parts, file)
        if (again.key, again.object_etag) == (file.key, file.object_etag):
            return reader or await parts.store.get(file.key)
        if reader is not None:
            async with reader:  # closes it unread
                pass
        file = again


async def _row(parts: DriveParts, file: DriveFile) -> DriveFile:
    async with parts.database.read() as tx:
        found = await find(tx, file.id, viewer_id="")
    if found is None:
        raise ObjectNotFoundError(f"{file.filename!r} was deleted while it was read")
    return found


def _is_packable(mimetype: str) -> bool:
    bare = mimetype.partition(";")[0]
    return bare.startswith("text/") or bare.endswith(("+xml", "+json")) or bare in _PACKABLE
