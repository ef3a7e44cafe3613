"""Where a drive has some content."""

from keyshelf.database.transactions import ReadTransaction
from keyshelf.drive.content.inspecting import holders
from keyshelf.layout.drive import OwnerId
from keyshelf.layout.media import MediaHash
from keyshelf.media.work.parts import Place


async def place_of_content(tx: ReadTransaction, media: MediaHash, drive: OwnerId) -> Place | None:
    """Return a key of a drive with some content, and its ETag; None when no file there has it."""
    # What others have of the same content is never read for whoever named its hash.
    for file in await holders(tx, media, owner=drive):
        if file.object_etag is not None:
            return Place(file.key, file.object_etag)
    return None
