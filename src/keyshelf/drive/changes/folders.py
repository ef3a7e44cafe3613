"""Making folders."""

from dataclasses import dataclass

from keyshelf.database.transactions import ReadTransaction, Transaction
from keyshelf.drive.parts import DriveParts
from keyshelf.drive.settle.schedule import follow
from keyshelf.drive.tree import places, queries
from keyshelf.drive.tree.places import Place
from keyshelf.drive.values import FOLDER_MIMETYPE, Changed, DriveFile, OnConflict, Target, Viewer
from keyshelf.errors import Error
from keyshelf.layout.keys import ObjectKey
from keyshelf.layout.names import FileName, file_name


@dataclass(frozen=True, slots=True)
class _Wish:
    name: FileName
    target: Target
    on_conflict: OnConflict


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
    wish = _Wish(file_name(name), target, on_conflict)
    while True:
        async with parts.database.read() as tx:
            place = await places.place_of(tx, target, viewer)
            likely = await _look(tx, place, wish)
        if isinstance(likely, DriveFile):
            return Changed(likely), False
        marker = place.key_of(likely, is_folder=True)
        await parts.markers.put(marker)
        try:
            async with parts.database.transaction() as tx:
                place = await places.lock_place(tx, target, viewer, likely=place.owner)
                made = await _make(tx, parts, viewer, wish, place=place, marker=marker)
        except Error:
            await _give_up(parts, place, marker)
            raise
        if made is not None:
            return made
        await _give_up(parts, place, marker)


async def _look(tx: ReadTransaction, place: Place, wish: _Wish) -> DriveFile | FileName:
    """Return the folder that is meant, or the name of a new one.

    One look decides both: without the lock, somebody may take the name at any moment.
    """
    holder = await places.holder_of(tx, place, wish.name)
    if holder is None:
        return wish.name
    if holder.is_folder and wish.on_conflict is OnConflict.EXISTING:
        return holder
    return await places.name_beside(tx, place, wish.name, holder, on_conflict=wish.on_conflict)


async def _make(
    tx: Transaction,
    parts: DriveParts,
    viewer: Viewer,
    wish: _Wish,
    *,
    place: Place,
    marker: ObjectKey,
) -> tuple[Changed, bool] | None:
    """Make the row; None when it needs another marker than the one that was put."""
    found = await _look(tx, place, wish)
    if isinstance(found, DriveFile):
        return (Changed(found), False) if found.key == marker else None
    folder_id = parts.new_id()
    claimed = await places.claim_key(tx, place, found, file_id=folder_id, is_folder=True)
    if claimed.key != marker and not claimed.moving:
        return None
    folder = await queries.insert_file(
        tx,
        queries.NewFile(
            id=folder_id,
            key=claimed.key,
            filename=found,
            mimetype=FOLDER_MIMETYPE,
            owner=place.owner,
            parent_id=place.parent_id,
            is_folder=True,
            at=parts.clock(),
            moving=claimed.moving,
        ),
    )
    if not claimed.moving:
        return Changed(folder), True
    return Changed(folder, await follow(tx, parts, [place.owner], asked_by=viewer.id)), True


async def _give_up(parts: DriveParts, place: Place, marker: ObjectKey) -> None:
    # Under the lock: a row that is about to name the key is seen by whoever deletes.
    async with parts.database.transaction() as tx:
        await queries.lock_drives(tx, [place.owner])
        await queries.request_deletions(tx, [marker], parts.clock())
