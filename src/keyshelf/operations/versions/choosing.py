"""What to do with a key, from its versions alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile

from keyshelf.operations.versions.values import Action, Change
from keyshelf.store.versions import ObjectVersion


@dataclass(frozen=True, slots=True)
class Step:
    """A change with the versions that it takes."""

    change: Change
    markers: Sequence[ObjectVersion] = ()
    """To be dropped, the newest first: a crash between two leaves the object deleted."""
    version: ObjectVersion | None = None
    """To be brought back."""
    is_done: bool = False
    """Whether an earlier recovery took it, and may have told nobody."""
    rival: ObjectVersion | None = None
    """The newest, where only its bytes tell whether an earlier recovery took this step."""
    choices: Sequence[ObjectVersion] = ()
    """The whole history, where only the bytes of its versions tell what is to be done."""


def undeletion(history: Sequence[ObjectVersion]) -> Step | None:
    """Return how a deleted object comes back; None for one that is there, or of no version.

    `history` has the versions of one key, the newest first.
    """
    markers = list(takewhile(lambda each: each.is_marker, history))
    if not markers or len(markers) == len(history):
        return None
    return _undelete(markers, history[len(markers)])


def version_at(history: Sequence[ObjectVersion], at: datetime) -> ObjectVersion | None:
    """Return the object that a key had at a time; None when it had none."""
    then = _state_at(history, at)
    return None if then is None or then.is_marker else then


def reversion(history: Sequence[ObjectVersion], at: datetime) -> Step | None:
    """Return how a key gets back to what it was at a time; None when it never was otherwise.

    What was made later is to be removed; what became of that is for the caller to decide.
    """
    newest = history[0]
    then = _state_at(history, at)
    if then is newest:
        return None
    if then is None or then.is_marker:
        if newest.is_marker:
            return None
        made = history[-1] if then is None else history[history.index(then) - 1]
        change = Change(newest.key, Action.REMOVE, newest.size, made.modified_at)
        return Step(change)
    later = history[: history.index(then)]
    if all(each.is_marker for each in later):
        return _undelete(later, then)
    return _revert(newest, then, since=later[-1].modified_at)


def choice(history: Sequence[ObjectVersion]) -> Step:
    """Return that the bytes of a key's versions are to be looked at before anything is done."""
    newest = history[0]
    change = Change(newest.key, Action.REVERT, newest.size, newest.modified_at)
    return Step(change, choices=tuple(history))


def objects_of(history: Sequence[ObjectVersion]) -> list[ObjectVersion]:
    """Return the objects that a key had, the newest first, each once as far as ETags tell."""
    found: dict[tuple[int, str], ObjectVersion] = {}
    for each in history:
        if not each.is_marker:
            found.setdefault((each.size, each.etag), each)
    return list(found.values())


def return_to(history: Sequence[ObjectVersion], version: ObjectVersion) -> Step | None:
    """Return how one version of a key comes to be there; None when its bytes are."""
    markers = list(takewhile(lambda each: each.is_marker, history))
    below = history[len(markers)]
    if (below.size, below.etag) == (version.size, version.etag):
        return _undelete(markers, below) if markers else None
    return Step(
        Change(
            version.key,
            Action.REVERT,
            version.size,
            history[history.index(version) - 1].modified_at,
        ),
        version=version,
    )


def _state_at(history: Sequence[ObjectVersion], at: datetime) -> ObjectVersion | None:
    return next((each for each in history if each.modified_at <= at), None)


def _undelete(markers: Sequence[ObjectVersion], version: ObjectVersion) -> Step:
    change = Change(version.key, Action.UNDELETE, version.size, markers[-1].modified_at)
    return Step(change, markers=markers)


def _revert(newest: ObjectVersion, then: ObjectVersion, *, since: datetime) -> Step:
    change = Change(then.key, Action.REVERT, then.size, since)
    if newest.is_marker or newest.size != then.size:
        return Step(change, version=then)
    if newest.etag == then.etag:
        return Step(change, is_done=True)
    # A copy of what was uploaded in parts, or under a key of KMS, has an ETag of its own.
    return Step(change, version=then, rival=newest)
