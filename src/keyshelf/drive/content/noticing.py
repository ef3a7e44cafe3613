"""Noticing that other hands replaced the bytes of a file."""

from keyshelf.drive.content import queries
from keyshelf.drive.content.inspecting import schedule_inspection
from keyshelf.drive.parts import DriveParts
from keyshelf.drive.tree import places
from keyshelf.drive.tree import queries as tree
from keyshelf.drive.values import FileState
from keyshelf.layout.keys import ObjectKey
from keyshelf.store.errors import ObjectNotFoundError


async def notice(parts: DriveParts, key: ObjectKey, *, asked_by: str) -> bool:
    """Make the file at a key tell of the bytes that its object has now, and have them read.

    False when no file has the key, or it tells of them already. What it told before is
    released, as by an upload. Twice is once.
    """
    try:
        meta = await parts.store.head(key)
    except ObjectNotFoundError:
        return False
    async with parts.database.transaction() as tx:
        file = await places.read_locked(
            tx,
            lambda: tree.key_holder(tx, key),
            lambda found: [] if found is None else [found.owner_id],
        )
        is_file = file is not None and file.state is FileState.READY and not file.is_folder
        if file is None or not is_file or file.object_etag == meta.etag:
            return False
        shown = await queries.replace_bytes(tx, file, meta, at=parts.clock())
        await schedule_inspection(tx, parts, shown, asked_by=asked_by)
    return True
