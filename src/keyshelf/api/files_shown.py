"""Files as answers, with what is known of the media in them."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from keyshelf.api.media_links import pictures
from keyshelf.api.schemas import FileList, FileMediaOut, FileOut, TrashList
from keyshelf.app.service import Keyshelf
from keyshelf.drive.values import DriveFile, Page
from keyshelf.workflows.file_media import may_have_media, media_in


async def file_out(service: Keyshelf, file: DriveFile) -> FileOut:
    """Return a file as it is answered."""
    return (await show_files(service, [file]))[0]


async def show_files(service: Keyshelf, files: Sequence[DriveFile]) -> list[FileOut]:
    """Return files as they are answered, in their order."""
    media = await _media(service, files)
    return [FileOut.of(file, media.get(file.id)) for file in files]


async def show_page(service: Keyshelf, page: Page) -> FileList:
    """Return one page of a list."""
    return FileList(items=await show_files(service, page.items), next_cursor=page.next_cursor)


async def show_trash(service: Keyshelf, page: Page) -> TrashList:
    """Return one page of the trash."""
    kept = service.drive.options.trash_kept
    return TrashList.shown(page, kept=kept, media=await _media(service, page.items))


async def _media(service: Keyshelf, files: Sequence[DriveFile]) -> Mapping[UUID, FileMediaOut]:
    # Folders, and files that nobody reads, cost no statement.
    if not may_have_media(service.drive, files):
        return {}
    async with service.database.read() as tx:
        found = await media_in(tx, service.drive, files)
    link_of = pictures(service)
    return {file_id: FileMediaOut.of(each, link_of=link_of) for file_id, each in found.items()}
