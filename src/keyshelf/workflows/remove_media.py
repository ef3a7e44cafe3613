"""Removing what was made of media whose files may stay."""

from keyshelf.database.transactions import ReadTransaction
from keyshelf.drive.content.inspecting import owners_of
from keyshelf.layout.media import MediaHash
from keyshelf.media.work.deletion import Deletion, delete_media
from keyshelf.media.work.parts import WorkParts


async def remove_made(work: WorkParts, media: MediaHash) -> Deletion:
    """Remove all that was made of media, as `delete_media` does.

    What is known of them stays while a file has them: lists go on to show it.
    """
    return await delete_media(work, media, keeps_facts=_are_held)


async def _are_held(tx: ReadTransaction, media: MediaHash) -> bool:
    return bool(await owners_of(tx, media))
