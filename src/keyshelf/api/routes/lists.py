"""Reading the drive: levels, recent files, favourites, search."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query

from keyshelf.api.caller import Reader, Service
from keyshelf.api.files_shown import show_files, show_page
from keyshelf.api.routes.paging import PageWanted
from keyshelf.api.schemas import FileList
from keyshelf.drive.lists import service as lists
from keyshelf.drive.lists.service import SearchQuery
from keyshelf.drive.mimetypes import Category
from keyshelf.drive.values import Sort, Space, Target

router = APIRouter(prefix="/api", tags=["lists"])

Order = Literal["asc", "desc"]
Size = Annotated[int | None, Query(ge=0, le=2**63 - 1)]


class SearchType(StrEnum):
    """The kinds that a search can be narrowed to."""

    FOLDER = "folder"
    DOCUMENT = "document"
    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"
    MODEL = "3d"
    CODE = "code"
    ARCHIVE = "archive"
    OTHER = "other"


@router.get("/files")
async def list_files(
    service: Service,
    viewer: Reader,
    paging: PageWanted,
    parent_id: UUID | None = None,
    space: Space = Space.MY_FILES,
    sort: Sort = Sort.NAME,
    order: Order = "asc",
    folders_only: bool = False,
    name: Annotated[str | None, Query(max_length=255)] = None,
) -> FileList:
    """Return one level: folders first, then files. `name` asks for the one of exactly that name."""
    target = Target(parent_id, space)
    if name is not None:
        found = await lists.find_by_name(service.drive, viewer, target, name)
        return FileList(items=await show_files(service, [found] if found else []), next_cursor=None)
    page = await lists.list_level(
        service.drive,
        viewer,
        target,
        sort=sort,
        descending=order == "desc",
        only_folders=folders_only,
        paging=paging,
    )
    return await show_page(service, page)


@router.get("/folders/{folder_id}/children")
async def list_children(
    service: Service,
    viewer: Reader,
    paging: PageWanted,
    folder_id: UUID,
    sort: Sort = Sort.NAME,
    order: Order = "asc",
    folders_only: bool = False,
) -> FileList:
    """Return what is in a folder: folders first, then files."""
    page = await lists.list_level(
        service.drive,
        viewer,
        Target(folder_id),
        sort=sort,
        descending=order == "desc",
        only_folders=folders_only,
        paging=paging,
    )
    return await show_page(service, page)


@router.get("/folders/{folder_id}/path")
async def show_path(service: Service, viewer: Reader, folder_id: UUID) -> FileList:
    """Return a folder and all above it, the outermost first."""
    found = await lists.breadcrumb(service.drive, viewer, folder_id)
    return FileList(items=await show_files(service, found), next_cursor=None)


@router.get("/recent")
async def list_recent(service: Service, viewer: Reader, paging: PageWanted) -> FileList:
    """Return what I opened, the newest first."""
    return await show_page(service, await lists.list_recent(service.drive, viewer, paging))


@router.get("/favorites")
async def list_favorites(service: Service, viewer: Reader, paging: PageWanted) -> FileList:
    """Return what I marked as a favourite, by name."""
    return await show_page(service, await lists.list_favorites(service.drive, viewer, paging))


@router.get("/search")
async def search(
    service: Service,
    viewer: Reader,
    paging: PageWanted,
    q: Annotated[str, Query(max_length=255)] = "",
    space: Space | None = None,
    type: SearchType | None = None,  # noqa: A002 -- the parameter's name in the interface
    modified_after: datetime | None = None,
    modified_before: datetime | None = None,
    min_size: Size = None,
    max_size: Size = None,
) -> FileList:
    """Return what is called so anywhere: any part of the name, any case, any accents."""
    query = SearchQuery(
        text=q,
        space=space,
        kind=None if type in {None, SearchType.FOLDER} else Category(str(type)),
        only_folders=type is SearchType.FOLDER,
        modified_after=modified_after,
        modified_before=modified_before,
        min_size=min_size,
        max_size=max_size,
    )
    return await show_page(service, await lists.search(service.drive, viewer, query, paging))
