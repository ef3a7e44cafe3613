"""Making folders."""

from keyshelf.database.transactions import ReadTransaction
from keyshelf.drive.failures import NameTakenError
from keyshelf.drive.parts import DriveParts
from keyshelf.drive.settle.schedule import follow
from keyshelf.drive.tree import places, queries
from keyshelf.drive.tree.places import Place
from keyshelf.drive.values import FOLDER_MIMETYPE, Changed, DriveFile, OnConflict, Target, Viewer
from keyshelf.layout.names import FileName, file_name


async def create_folder(
    parts: DriveParts,
    viewer: Viewer,
    *,
    name: str,
    target: Target,
    on_conflict: OnConflict = OnConflict.FAIL,
) -> tuple[Changed, bool]:
    """Make a folder, or with `EXISTING` return the one that is there; says whether it is new.

    Raises `NameTakenError`. The folder's marker object is written before its row,
    so a crash leaves at most an empty folder in the bucket that backfill finds.
    """
    wanted = file_name(name)
    async with parts.database.read() as tx:
        place = await places.place_of(tx, target, viewer)
        there = await _existing(tx, place, wanted, on_conflict)
        if there is not None:
            return Changed(there), False
        likely = await places.claim_name(tx, place, wanted, on_conflict=on_conflict)
    await parts.markers.put(place.key_of(likely, is_folder=True))
    async with parts.database.transaction() as tx:
        place = await places.lock_place(tx, target, viewer)
        there = await _existing(tx, place, wanted, on_conflict)
        if there is not None:
            return Changed(there), False
        free = await places.claim_name(tx, place, wanted, on_conflict=on_conflict)
        folder_id = parts.new_id()
        claimed = await places.claim_key(tx, place, free, file_id=folder_id, is_folder=True)
        moving = claimed.moving or free != likely
        folder = await queries.insert_file(
            tx,
            queries.NewFile(
                id=folder_id,
                key=claimed.key,
                filename=free,
                mimetype=FOLDER_MIMETYPE,
                owner=place.owner,
                parent_id=place.parent_id,
                is_folder=True,
                at=parts.clock(),
                moving=moving,
            ),
        )
        if not moving:
            return Changed(folder), True
        return Changed(folder, await follow(tx, parts, [place.owner], asked_by=viewer.id)), True


async def _existing(
    tx: ReadTransaction, place: Place, name: FileName, on_conflict: OnConflict
) -> DriveFile | None:
    if on_conflict is not OnConflict.EXISTING:
        return None
    holder = await queries.name_holder(tx, owner=place.owner, parent_id=place.parent_id, name=name)
    if holder is not None and not holder.is_folder:
        raise NameTakenError.of(
            name=name,
            existing_id=holder.id,
            state=holder.state,
            is_folder=False,
            suggested=await places.free_name(tx, place, name),
        )
    return holder
