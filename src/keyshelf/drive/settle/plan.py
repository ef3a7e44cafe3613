"""Which object goes where next. Pure: decides, moves nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from keyshelf.drive.settle.queries import Mover
from keyshelf.drive.values import FileState
from keyshelf.layout import drive as layout
from keyshelf.layout.drive import KeyTooLongError, OwnerId
from keyshelf.layout.keys import ObjectKey
from keyshelf.layout.names import FileName


@dataclass(frozen=True, slots=True)
class Step:
    """One object to be copied to `target`; `in_place` when its names spell that key."""

    mover: Mover
    target: ObjectKey
    in_place: bool = True

    @property
    def is_fresh(self) -> bool:
        """Whether nothing of ours can be at the target yet."""
        return self.mover.pending_key != self.target


@dataclass(slots=True)
class Plan:
    """What can be done at once, and what has to wait for it."""

    steps: list[Step] = field(default_factory=list[Step])
    in_place: list[Mover] = field(default_factory=list[Mover])
    """Rows whose key is right already."""
    stale: list[Mover] = field(default_factory=list[Mover])
    """Rows whose half-made copy nobody wants any more."""
    waiting: int = 0


def make_plan(
    movers: Sequence[Mover], holders: Mapping[ObjectKey, Mover], *, owner: OwnerId
) -> Plan:
    """Sort movers into what can be copied now, what is in place, and what must wait.

    A mover that is in the trash, or in another drive than `owner`'s by now, only has its
    half-made copy dropped.

    `holders` says who has the wanted keys. A trashed holder steps aside first; if it
    was only on its way to the key when it was trashed, that copy is dropped. A
    holder that is itself moving is waited for; when every mover waits for another,
    they go round in a circle, and one of them steps aside to open it.
    """
    plan = Plan()
    blocked: list[Mover] = []
    asides: dict[ObjectKey, Step] = {}
    for mover in movers:
        if mover.file.deleted_at is not None or mover.file.owner_id != owner:
            plan.stale.append(mover)
            continue
        wanted = wanted_key(mover)
        if mover.pending_key not in {None, wanted}:
            plan.stale.append(mover)
        if wanted == mover.file.key:
            plan.in_place.append(mover)
            continue
        holder = holders.get(wanted)
        if holder is None or holder.file.id == mover.file.id:
            plan.steps.append(Step(mover, wanted))
            continue
        plan.waiting += 1
        if holder.file.key != wanted and not holder.file.moving:
            plan.stale.append(holder)
            continue
        blocked.append(holder)
        if not holder.file.moving and holder.file.state is FileState.READY:
            asides[holder.file.key] = _aside(holder)
    plan.steps.extend(asides.values())
    if not plan.steps and not plan.in_place and not plan.stale:
        movable = [each for each in blocked if _can_step_aside(each)]
        plan.steps.extend(_aside(each) for each in movable[:1])
    return plan


def wanted_key(mover: Mover) -> ObjectKey:
    """Return the key that a row's names spell, or the one it has where that is too long."""
    names = tuple(FileName(name) for name in mover.names)
    try:
        return layout.key(mover.file.owner_id, names, is_folder=mover.file.is_folder)
    except KeyTooLongError:
        # A number that was added to a name can do this: one such file stays where it is.
        return mover.file.key


def _can_step_aside(holder: Mover) -> bool:
    # One whose object is on its way already gives its key up when it has arrived.
    return holder.file.state is FileState.READY and holder.pending_key is None


def _aside(holder: Mover) -> Step:
    file = holder.file
    key = layout.aside_key(file.id, FileName(file.filename), is_folder=file.is_folder)
    return Step(holder, key, in_place=False)
