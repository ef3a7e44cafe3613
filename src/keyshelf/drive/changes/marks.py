"""What one person notes about a file: that it is a favourite, that it was opened."""

from uuid import UUID

from keyshelf.drive.changes import queries
from keyshelf.drive.parts import DriveParts
from keyshelf.drive.tree import places
from keyshelf.drive.values import Viewer


async def set_favorite(
    parts: DriveParts, viewer: Viewer, file_id: UUID, *, favorited: bool
) -> None:
    """Mark or unmark a file for this person; saying it twice is the same as once."""
    async with parts.database.transaction() as tx:
        await places.live(tx, file_id, viewer)
        await queries.set_favorite(tx, viewer.id, file_id, favorited=favorited)


async def note_opened(parts: DriveParts, viewer: Viewer, file_id: UUID) -> None:
    """Put a file at the top of this person's recent files."""
    async with parts.database.transaction() as tx:
        await places.live(tx, file_id, viewer)
        await queries.set_last_opened(tx, viewer.id, file_id, parts.clock())
