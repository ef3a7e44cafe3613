"""Bringing back what was deleted or overwritten in a bucket that keeps versions."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from keyshelf.concurrency import for_each, map_each
from keyshelf.errors import Error, IntegrityError
from keyshelf.layout.keys import ObjectKey
from keyshelf.operations.versions.choosing import (
    Step,
    choice,
    objects_of,
    reversion,
    undeletion,
    version_at,
)
from keyshelf.operations.versions.healing import Judge, healing
from keyshelf.operations.versions.values import Action, Change, Recovered, VersionsOffError
from keyshelf.store.versions import ObjectVersion, VersionedStore

_AT_ONCE = 16
_READ_AT_ONCE = 8
"""Comparing two versions may hold a few MiB."""
_STEPS_AT_ONCE = 64
_KEYS_AT_ONCE = 1000

OnProgress = Callable[[int], Awaitable[None]]
"""Told how many keys have been looked at."""
OnChanged = Callable[[Sequence[Change]], Awaitable[None]]
"""Told what was changed just now, and what a run that broke off had changed; not in a dry run."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which objects are to be as they were."""

    prefix: str = ""
    at: datetime | None = None
    """Without, what is deleted comes back and nothing else changes."""
    removes: bool = False
    """Whether what was not there then is deleted; versions of it stay."""
    judge: Judge | None = None
    """For objects whose names tell what their bytes are: what was there then is only to be
    there again, in the newest version that is sound. It is asked where versions differ."""
    is_thorough: bool = False
    """Whether the judge is asked of every key, and what cannot be healed is a problem."""
    role: str = "repository"
    """Which store it is, for what a person is told to do."""
    keeps: Callable[[ObjectKey], bool] = lambda _key: True
    """Which keys are looked at."""

    @property
    def may_overwrite(self) -> bool:
        """Whether it may take more than delete markers."""
        return self.at is not None and self.judge is None


async def recover(
    store: VersionedStore,
    wanted: Wanted,
    *,
    dry_run: bool = False,
    on_progress: OnProgress | None = None,
    on_changed: OnChanged | None = None,
) -> Recovered:
    """Make objects be again what they were: deleted ones there, with `at` all as then.

    Nothing is lost by it: markers go, older versions are copied over newer ones, which stay
    as versions; where none are kept any more, only what is damaged is copied over. One pass
    over the versions below the prefix, in bounded memory. A key that fails is a problem of
    the report and ends nothing. A crash leaves some keys done; twice is once.

    Raises `VersionsOffError` for a bucket that never kept versions, or keeps none now and
    would lose what is overwritten; and what listing raises.
    """
    done = Recovered(dry_run=dry_run)
    keeps_versions = await store.keeps_versions()
    if wanted.may_overwrite and not keeps_versions:
        raise VersionsOffError(
            "this bucket keeps no versions, so what is there now would be lost:"
            f" `keyshelf versioning apply --store {wanted.role}` turns them on"
        )
    seen_versions = False
    steps: list[Step] = []
    async for history in histories(store, wanted.prefix):
        seen_versions = seen_versions or len(history) > 1 or history[0].is_marker
        if not wanted.keeps(history[0].key):
            continue
        done.looked_at += 1
        step = _step(history, wanted, done)
        if step is not None:
            steps.append(step)
        if len(steps) == _STEPS_AT_ONCE:
            await _take(store, wanted, steps, done, on_changed)
            steps.clear()
        if on_progress is not None and done.looked_at % _KEYS_AT_ONCE == 0:
            await on_progress(done.looked_at)
    await _take(store, wanted, steps, done, on_changed)
    if not keeps_versions and not seen_versions:
        raise VersionsOffError(
            "this bucket keeps no versions, so nothing can be brought back: `keyshelf versioning"
            f" apply --store {wanted.role}` turns them on for what happens from now on"
        )
    return done


async def recover_keys(
    store: VersionedStore,
    keys: Sequence[ObjectKey],
    *,
    judge: Judge | None = None,
    dry_run: bool = False,
) -> Recovered:
    """Bring deleted objects back by their keys, with a judge damaged ones too; see `recover`.

    A key that no version is left of, or no sound one, is a problem of the report.
    """
    done = Recovered(dry_run=dry_run)
    for key in keys:
        wanted = Wanted(key, judge=judge, is_thorough=judge is not None, keeps=key.__eq__)
        one = await recover(store, wanted, dry_run=dry_run)
        if not one.looked_at:
            one.note_problem(key, "no version of it is left in the bucket")
        done.add(one)
    return done


async def histories(
    store: VersionedStore, prefix: str = ""
) -> AsyncIterator[Sequence[ObjectVersion]]:
    """Give the versions of each key below a prefix together, the newest first."""
    history: list[ObjectVersion] = []
    async for page in store.versions(prefix):
        for version in page:
            if history and history[0].key != version.key:
                yield history
                history = []
            history.append(version)
    if history:
        yield history


def _step(history: Sequence[ObjectVersion], wanted: Wanted, done: Recovered) -> Step | None:
    if wanted.judge is not None:
        if wanted.at is not None and version_at(history, wanted.at) is None:
            return None
        is_open = wanted.is_thorough or len(objects_of(history)) > 1
        return choice(history) if is_open else undeletion(history)
    if wanted.at is None:
        return undeletion(history)
    step = reversion(history, wanted.at)
    if step is not None and step.change.action is Action.REMOVE and not wanted.removes:
        done.newer += 1
        return None
    return step


async def _take(
    store: VersionedStore,
    wanted: Wanted,
    steps: Sequence[Step],
    done: Recovered,
    on_changed: OnChanged | None,
) -> None:
    failed: dict[str, str] = {}
    judged = partial(_judged, store, wanted, failed)
    steps = await map_each(list(steps), judged, at_once=_READ_AT_ONCE)
    if not done.dry_run:
        await for_each(steps, partial(_apply, store, failed), at_once=_AT_ONCE)
    for step in steps:
        if step.change.key in failed:
            done.note_problem(step.change.key, failed[step.change.key])
        elif not step.is_done:
            done.note(step.change)
    changes = [step.change for step in steps if step.change.key not in failed]
    if on_changed is not None and changes and not done.dry_run:
        await on_changed(changes)


async def _judged(
    store: VersionedStore, wanted: Wanted, failed: dict[str, str], step: Step
) -> Step:
    """Return the step, or that it is done where the newest version has the bytes already."""
    if step.choices and wanted.judge is not None:
        return await _healing(step, wanted.judge, failed, is_thorough=wanted.is_thorough)
    if step.version is None or step.rival is None:
        return step
    try:
        is_same = await store.is_same(step.rival, step.version)
    except Error:
        # One copy too many loses nothing, and tells itself what is wrong.
        return step
    return replace(step, version=None, is_done=True) if is_same else step


async def _healing(step: Step, judge: Judge, failed: dict[str, str], *, is_thorough: bool) -> Step:
    is_nothing = replace(step, choices=(), is_done=True)
    try:
        return await healing(step.choices, judge) or is_nothing
    except IntegrityError as error:
        # Who did not ask for this key learns from a check whether it hurts anybody.
        if is_thorough:
            failed[step.change.key] = error.detail
    except Error as error:
        failed[step.change.key] = error.detail
    return is_nothing


async def _apply(store: VersionedStore, failed: dict[str, str], step: Step) -> None:
    try:
        for marker in step.markers:
            await store.drop(marker)
        if step.version is not None:
            await store.bring_back(step.version)
        if step.change.action is Action.REMOVE:
            await store.delete(step.change.key)
    except Error as error:
        failed[step.change.key] = error.detail
