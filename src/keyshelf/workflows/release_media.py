"""Removing what was made of content that no file of the drive has any longer."""

from keyshelf.drive.content.inspecting import holders, schedule_inspection
from keyshelf.drive.content.releasing import release_content
from keyshelf.drive.parts import DriveParts
from keyshelf.layout.media import MediaHash
from keyshelf.media.assets import service as assets
from keyshelf.media.work.parts import WorkParts
from keyshelf.workflows.derive_media import DeriveOptions, derive_missing
from keyshelf.workflows.remove_media import remove_whole


async def release_media(drive: DriveParts, work: WorkParts, options: DeriveOptions) -> int:
    """Remove what was made of content that was let go of; return of how much.

    What could not be removed is tried again the next time, and raised as
    `MediaNotGoneError` when all else had its turn. A file that got the content meanwhile
    has made of it again what is missing.
    """

    async def release(content_hash: str, *, is_held: bool) -> None:
        media = MediaHash(content_hash)
        if not is_held and await _has_traces(work, media):
            await remove_whole(work, media)
        await _make_again(drive, work, media, options)

    return await release_content(drive, release)


async def _has_traces(work: WorkParts, media: MediaHash) -> bool:
    async with work.media.database.read() as tx:
        return await assets.has_traces(tx, media) or bool(await work.media.jobs.of_hash(tx, media))


async def _make_again(
    drive: DriveParts, work: WorkParts, media: MediaHash, options: DeriveOptions
) -> None:
    async with drive.database.transaction() as tx:
        await assets.hold(tx, media)
        for file in (await holders(tx, media))[:1]:
            if await assets.is_known(tx, media):
                await derive_missing(tx, work, file, media, options=options)
            else:
                await schedule_inspection(tx, drive, file, asked_by=file.owner_id)
