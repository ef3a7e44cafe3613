"""Making objects follow the names of their files, a batch at a time.

The order of the writes, and what a crash leaves between them:

1. `pending_key` is committed.  Nothing is copied yet; the next run goes on.
2. The object is copied.        It is at both keys; the row names the old one.
3. `s3_key` is swapped, the old key is noted for deletion, in one transaction.
                                It is at both keys; the row names the new one.
4. The old object is deleted.   A crash before leaves the note, and the sweeper.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from keyshelf.concurrency import for_each
from keyshelf.database.transactions import Transaction
from keyshelf.drive.parts import DriveParts
from keyshelf.drive.settle import queries
from keyshelf.drive.settle.adopt import adopt_beside
from keyshelf.drive.settle.deletions import delete_noted
from keyshelf.drive.settle.plan import Plan, Step, make_plan
from keyshelf.drive.settle.queries import Swap
from keyshelf.drive.settle.schedule import follow
from keyshelf.drive.tree import queries as tree
from keyshelf.errors import Error
from keyshelf.layout.drive import OwnerId
from keyshelf.layout.keys import ObjectKey
from keyshelf.store.errors import ObjectNotFoundError

if TYPE_CHECKING:
    from keyshelf.store.base import ObjectMeta


@dataclass(slots=True)
class BatchResult:
    """What one batch did. `progressed` is false when nothing could be done."""

    settled: int = 0
    missing: list[ObjectKey] = field(default_factory=list[ObjectKey])
    """Objects that were not there to be moved; their rows stop moving."""
    progressed: bool = False
    waiting: int = 0
    """Rows whose wanted key is still another's."""
    error: Error | None = None
    """Why some objects could not be copied; the others were."""


async def settle_batch(parts: DriveParts, owner: OwnerId, *, limit: int) -> BatchResult:
    """Bring up to `limit` objects of a drive to the keys that their names spell.

    Only one may run for a drive at a time. Nothing is overwritten that the drive
    does not know: such an object becomes a file of its own beside the one that
    wants its key.
    """
    result = BatchResult()
    async with parts.database.transaction() as tx:
        await tree.lock_drives(tx, [owner])
        plan = await _plan(tx, owner, limit)
        await _tidy(tx, parts, owner, plan)
    result.settled += len(plan.in_place)
    result.waiting = plan.waiting
    steps = await _adopt_strangers(parts, plan, result)
    steps = await _reserve(parts, owner, steps)
    copied = await _copy_all(parts, steps, result)
    await _swap(parts, owner, copied, result)
    result.progressed = result.progressed or bool(
        plan.in_place or plan.stale or copied or result.missing
    )
    return result


async def _plan(tx: Transaction, owner: OwnerId, limit: int) -> Plan:
    movers = await queries.movers(tx, owner, limit=limit)
    wanted = make_plan(movers, {}, owner=owner)
    keys = [step.target for step in wanted.steps]
    holders = await queries.holders(tx, keys) if keys else {}
    return make_plan(movers, holders, owner=owner)


async def _tidy(tx: Transaction, parts: DriveParts, owner: OwnerId, plan: Plan) -> None:
    """Settle what is in place already and forget copies that nobody wants any more."""
    stale = [each.pending_key for each in plan.stale if each.pending_key is not None]
    if stale:
        await tree.request_deletions(tx, stale, parts.clock())
    for each in plan.stale:
        await queries.drop_reservation(tx, each.file.id)
    # They waited for this to follow their names in the drive that they are in.
    if elsewhere := {each.file.owner_id for each in plan.stale} - {owner}:
        await follow(tx, parts, sorted(elsewhere), asked_by=owner)
    if plan.in_place:
        await queries.mark_settled(tx, [each.file.id for each in plan.in_place])


async def _adopt_strangers(parts: DriveParts, plan: Plan, result: BatchResult) -> list[Step]:
    """Drop the steps that would overwrite an object which no row knows, and adopt that object."""
    fresh = [step for step in plan.steps if step.is_fresh and not step.mover.file.is_folder]
    async with parts.database.read() as tx:
        ours = await queries.garbage_among(tx, [step.target for step in fresh])
    strangers: dict[ObjectKey, ObjectMeta] = {}

    async def look(step: Step) -> None:
        try:
            strangers[step.target] = await parts.store.head(step.target)
        except ObjectNotFoundError:
            return

    unknown = [step for step in fresh if step.target not in ours]
    await for_each(unknown, look, at_once=parts.options.copies_at_once)
    for step in plan.steps:
        if step.target in strangers:
            await adopt_beside(parts, step.mover.file, strangers[step.target])
            result.progressed = True
    return [step for step in plan.steps if step.target not in strangers]


async def _reserve(parts: DriveParts, owner: OwnerId, steps: list[Step]) -> list[Step]:
    reserved: list[Step] = []
    async with parts.database.transaction() as tx:
        await tree.lock_drives(tx, [owner])
        holders = await queries.holders(tx, [step.target for step in steps])
        for step in steps:
            holder = holders.get(step.target)
            if holder is not None and holder.file.id != step.mover.file.id:
                continue
            await tree.forget_deletion(tx, step.target)
            if await queries.reserve_key(
                tx, step.mover.file.id, current=step.mover.file.key, wanted=step.target
            ):
                reserved.append(step)
    return reserved


async def _copy_all(parts: DriveParts, steps: list[Step], result: BatchResult) -> list[Swap]:
    swaps: list[Swap] = []

    async def copy(step: Step) -> None:
        file = step.mover.file
        etag = None
        try:
            if file.is_folder:
                await parts.markers.put(step.target)
            else:
                etag = (await parts.store.copy(file.key, step.target)).etag
        except ObjectNotFoundError:
            result.missing.append(file.key)
            if step.in_place:
                return
            # It only stood in another's way: without an object it goes at once.
        except Error as error:
            result.error = error
            return
        swaps.append(
            Swap(
                file_id=file.id,
                old_key=file.key,
                new_key=step.target,
                etag=etag,
                version=file.version,
                in_place=step.in_place,
            )
        )

    await for_each(steps, copy, at_once=parts.options.copies_at_once)
    return swaps


async def _swap(parts: DriveParts, owner: OwnerId, swaps: list[Swap], result: BatchResult) -> None:
    missing = set(result.missing)
    async with parts.database.transaction() as tx:
        await tree.lock_drives(tx, [owner])
        swapped = await queries.swap_keys(tx, swaps)
        # The copy of a row that vanished or changed meanwhile is garbage; else the original is.
        garbage = [each.old_key if each.file_id in swapped else each.new_key for each in swaps]
        await tree.request_deletions(tx, garbage, parts.clock())
        if missing:
            holders = await queries.holders(tx, list(missing))
            await queries.mark_settled(tx, [each.file.id for each in holders.values()])
    result.settled += sum(each.in_place for each in swaps if each.file_id in swapped)
    if garbage:
        await delete_noted(parts, garbage, patient=True)
