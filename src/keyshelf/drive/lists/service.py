"""Reading the drive page by page."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from keyshelf.database.transactions import ReadTransaction
from keyshelf.drive.lists import queries
from keyshelf.drive.lists.cursors import Cursor, decode
from keyshelf.drive.lists.queries import Found, SearchTerms
from keyshelf.drive.mimetypes import Category, extensions_of, known_extensions
from keyshelf.drive.parts import DriveParts
from keyshelf.drive.tree import places
from keyshelf.drive.tree import queries as tree
from keyshelf.drive.values import DriveFile, FileState, Page, Sort, Space, Target, Viewer
from keyshelf.errors import InvalidInputError
from keyshelf.layout.names import file_name, search_form

MAX_PAGE = 500


@dataclass(frozen=True, slots=True)
class Paging:
    """How much of a list is asked for, and where it begins."""

    limit: int = 100
    cursor: str | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.limit <= MAX_PAGE:
            raise InvalidInputError(f"limit must be 1 to {MAX_PAGE}")


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """What somebody looks for. All that is given must hold."""

    text: str = ""
    space: Space | None = None
    kind: Category | None = None
    """None for any kind; folders are found with `only_folders`."""
    only_folders: bool = False
    modified_after: datetime | None = None
    modified_before: datetime | None = None
    min_size: int | None = None
    max_size: int | None = None


async def list_level(
    parts: DriveParts,
    viewer: Viewer,
    target: Target,
    *,
    sort: Sort = Sort.NAME,
    descending: bool = False,
    only_folders: bool = False,
    paging: Paging,
) -> Page:
    """Return one level of a drive: its folders, then its files, each in the order asked for."""
    order = f"level:{sort}:{'desc' if descending else 'asc'}"
    after = decode(paging.cursor, order=order)
    found: list[Found] = []
    async with parts.database.read() as tx:
        place = await places.place_of(tx, target, viewer)
        for folders in (True, False):
            if (not folders and only_folders) or (folders and after and not after.in_folders):
                continue
            found += await queries.level(
                tx,
                viewer_id=viewer.id,
                owner=place.owner,
                parent_id=place.parent_id,
                folders=folders,
                sort=sort,
                descending=descending,
                after=after if after and after.in_folders == folders else None,
                limit=paging.limit + 1 - len(found),
            )
            if len(found) > paging.limit:
                break
    return _page(found, order, paging)


async def find_by_name(
    parts: DriveParts, viewer: Viewer, target: Target, name: str
) -> DriveFile | None:
    """Return the file or folder of exactly this name in a place, or None."""
    wanted = file_name(name)
    async with parts.database.read() as tx:
        place = await places.place_of(tx, target, viewer)
        holder = await tree.name_holder(
            tx, owner=place.owner, parent_id=place.parent_id, name=wanted
        )
        if holder is None or holder.state is FileState.PENDING:
            return None
        return await tree.find(tx, holder.id, viewer_id=viewer.id)


async def list_recent(parts: DriveParts, viewer: Viewer, paging: Paging) -> Page:
    """Return what the viewer opened, the newest first."""
    return await _list_across(parts, viewer, paging, "recent", queries.recent)


async def list_favorites(parts: DriveParts, viewer: Viewer, paging: Paging) -> Page:
    """Return what the viewer marked as a favourite, by name."""
    return await _list_across(parts, viewer, paging, "favorites", queries.favorites)


async def list_trash(parts: DriveParts, viewer: Viewer, paging: Paging) -> Page:
    """Return what was thrown away, the newest first; what lies below it is not listed."""
    return await _list_across(parts, viewer, paging, "trash", queries.trash)


async def search(parts: DriveParts, viewer: Viewer, query: SearchQuery, paging: Paging) -> Page:
    """Return what is called so, in any place that the viewer sees, by name.

    Any part of the name counts; case and accents do not.
    """
    after = decode(paging.cursor, order="search")
    async with parts.database.read() as tx:
        found = await queries.search(
            tx, _terms(viewer, query), viewer_id=viewer.id, after=after, limit=paging.limit + 1
        )
        page = _page(found, "search", paging)
        return await _with_paths(tx, page)


async def breadcrumb(parts: DriveParts, viewer: Viewer, folder_id: UUID) -> list[DriveFile]:
    """Return a folder and all above it, the outermost first."""
    async with parts.database.read() as tx:
        folder = await places.live(tx, folder_id, viewer)
        await places.inside(tx, folder)
        return await tree.ancestors(tx, folder_id)


async def show(parts: DriveParts, viewer: Viewer, file_id: UUID) -> DriveFile:
    """Return one file or folder, also one in the trash, with its path."""
    async with parts.database.read() as tx:
        file = await places.visible(tx, file_id, viewer)
        return replace(file, path=(await queries.paths(tx, [file.id])).get(file.id))


def _terms(viewer: Viewer, query: SearchQuery) -> SearchTerms:
    extensions = without = None
    if query.kind is Category.OTHER:
        without = [each for each in known_extensions() if each not in extensions_of(query.kind)]
    elif query.kind is not None:
        extensions = extensions_of(query.kind)
    folders = True if query.only_folders else (False if query.kind is not None else None)
    return SearchTerms(
        owners=viewer.owners if query.space is None else [viewer.owner_of(query.space)],
        contains=search_form(query.text.strip()),
        folders=folders,
        extensions=extensions,
        without_extensions=without,
        modified_after=query.modified_after,
        modified_before=query.modified_before,
        min_size=query.min_size,
        max_size=query.max_size,
    )


async def _list_across(
    parts: DriveParts,
    viewer: Viewer,
    paging: Paging,
    order: str,
    read: Callable[..., Awaitable[list[Found]]],
) -> Page:
    after = decode(paging.cursor, order=order)
    async with parts.database.read() as tx:
        found = await read(
            tx,
            viewer_id=viewer.id,
            owners=viewer.owners,
            after=after,
            limit=paging.limit + 1,
        )
        return await _with_paths(tx, _page(found, order, paging))


async def _with_paths(tx: ReadTransaction, page: Page) -> Page:
    paths = await queries.paths(tx, [each.id for each in page.items])
    items = [replace(each, path=paths.get(each.id)) for each in page.items]
    return replace(page, items=items)


def _page(found: list[Found], order: str, paging: Paging) -> Page:
    items = found[: paging.limit]
    cursor = None
    if len(found) > paging.limit:
        last = items[-1]
        cursor = Cursor(order, last.value, last.file.id, last.file.is_folder).encode()
    return Page(items=[each.file for each in items], next_cursor=cursor)
