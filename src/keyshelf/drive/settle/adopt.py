"""Taking an object that no row knows into the drive."""

from keyshelf.database.transactions import Transaction
from keyshelf.drive.mimetypes import UNKNOWN_MIMETYPE, mimetype_of
from keyshelf.drive.parts import DriveParts
from keyshelf.drive.tree import places, queries
from keyshelf.drive.tree.places import Place
from keyshelf.drive.values import DriveFile
from keyshelf.layout.names import FileName
from keyshelf.store.base import ObjectMeta


async def adopt_beside(parts: DriveParts, wanting: DriveFile, stranger: ObjectMeta) -> None:
    """Make a file of an object that somebody put where `wanting` is to go.

    It gets the first free numbered name in the same folder, so that nothing is
    overwritten and both are seen. Nothing happens when `wanting` changed meanwhile,
    or a row has the key.
    """
    async with parts.database.transaction() as tx:
        await queries.lock_drives(tx, [wanting.owner_id])
        now = await queries.find(tx, wanting.id, viewer_id=wanting.owner_id)
        if now is None or now.version != wanting.version:
            return
        if await queries.key_holder(tx, stranger.key) is not None:
            return
        place = await places.around(tx, wanting)
        name = await places.free_name(tx, place, FileName(wanting.filename))
        await adopt(tx, parts, place, name, stranger, moving=True)


async def adopt(
    tx: Transaction,
    parts: DriveParts,
    place: Place,
    name: FileName,
    stranger: ObjectMeta,
    *,
    moving: bool = False,
) -> None:
    """Make a file called `name` of an object; `moving` when its key is not what that spells.

    The drive must be locked, and neither the name nor the key another row's.
    """
    stated = stranger.attributes.content_type if stranger.attributes else UNKNOWN_MIMETYPE
    await queries.insert_file(
        tx,
        queries.NewFile(
            id=parts.new_id(),
            key=stranger.key,
            filename=name,
            mimetype=mimetype_of(name) or stated,
            owner=place.owner,
            parent_id=place.parent_id,
            is_folder=False,
            at=parts.clock(),
            size=stranger.size,
            object_etag=stranger.etag,
            moving=moving,
        ),
    )
    await queries.add_to_sizes(tx, place.parent_id, stranger.size)
