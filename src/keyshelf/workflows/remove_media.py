"""Removing what was made of media whose files may stay, to the end whatever comes between."""

from keyshelf.database.transactions import ReadTransaction
from keyshelf.drive.content.inspecting import owners_of
from keyshelf.layout.media import MediaHash
from keyshelf.media.work.deletion import Deletion, delete_media, unfinished
from keyshelf.media.work.failures import MediaNotGoneError
from keyshelf.media.work.parts import WorkParts
from keyshelf.telemetry import get_logger

_log = get_logger(__name__)


async def remove_made(work: WorkParts, media: MediaHash) -> Deletion:
    """Remove all that was made of media, as `delete_media` does.

    What is known of them stays while a file has them: lists go on to show it.
    """
    return await delete_media(work, media, keeps_facts=_are_held)


async def finish_removals(work: WorkParts) -> int:
    """Go on with removals that did not come to their end; return how many did now.

    What is left then is tried again the next time. The first error of a removal is raised
    when all others had their turn.
    """
    ended = 0
    failure: Exception | None = None
    for media in await unfinished(work):
        try:
            await remove_whole(work, media)
        except Exception as error:  # noqa: BLE001 -- raised below
            failure = failure or error
        else:
            ended += 1
    if ended:
        _log.info("removals of media finished", count=ended)
    if failure is not None:
        raise failure
    return ended


async def remove_whole(work: WorkParts, media: MediaHash) -> None:
    """Remove all that was made of media. Raises `MediaNotGoneError` when something is left."""
    told = await remove_made(work, media)
    if not told.is_complete:
        raise MediaNotGoneError("something is left of removed media", hash=media)


async def _are_held(tx: ReadTransaction, media: MediaHash) -> bool:
    return bool(await owners_of(tx, media))
