"""Removing what was made of content that no file of the drive has any longer."""

from keyshelf.drive.content.inspecting import holders, schedule_inspection
from keyshelf.drive.content.releasing import release_content
from keyshelf.drive.parts import DriveParts
from keyshelf.layout.media import MediaHash
from keyshelf.media.assets import service as assets
from keyshelf.media.work.deletion import delete_media
from keyshelf.media.work.failures import MediaNotGoneError
from keyshelf.media.work.parts import WorkParts
from keyshelf.media.work.showing import look
from keyshelf.store.errors import ObjectNotFoundError


async def release_media(drive: DriveParts, work: WorkParts) -> int:
    """Remove what was made of content that was let go of; return of how much.

    What could not be removed is tried again the next time, and raised as
    `MediaNotGoneError` when all else had its turn. A file that got the content meanwhile,
    or while it was half removed, has it inspected again.
    """

    async def release(content_hash: str, *, is_held: bool) -> None:
        media = MediaHash(content_hash)
        if await (_is_broken if is_held else _has_traces)(work, media):
            told = await delete_media(work, media)
            if not told.is_complete:
                raise MediaNotGoneError("something is left of released media", hash=media)
        await _make_again(drive, media)

    return await release_content(drive, release)


async def _has_traces(work: WorkParts, media: MediaHash) -> bool:
    async with work.media.database.read() as tx:
        return await assets.has_traces(tx, media) or bool(await work.media.jobs.of_hash(tx, media))


async def _is_broken(work: WorkParts, media: MediaHash) -> bool:
    """Whether a removal that did not come to its end took some of what was made."""
    async with work.media.database.read() as tx:
        known = await look(tx, media)
    for row in known.renditions:
        try:
            await work.media.media.head(row["key"])
        except ObjectNotFoundError:
            return True
    return False


async def _make_again(drive: DriveParts, media: MediaHash) -> None:
    async with drive.database.transaction() as tx:
        await assets.hold(tx, media)
        held = await holders(tx, media)
        if held and not await assets.is_known(tx, media):
            await schedule_inspection(tx, drive, held[0], asked_by=held[0].owner_id)
