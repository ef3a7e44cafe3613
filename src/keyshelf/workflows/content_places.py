"""Where the drive has some content."""

from keyshelf.database.transactions import ReadTransaction
from keyshelf.drive.content.inspecting import holders
from keyshelf.layout.media import MediaHash
from keyshelf.media.work.parts import Place


async def place_of_content(tx: ReadTransaction, media: MediaHash) -> Place | None:
    """Return a key with some content, and the ETag it has; None when no file has it."""
    for file in await holders(tx, media):
        if file.object_etag is not None:
            return Place(file.key, file.object_etag)
    return None
