"""Having what a version needs restored: from its chunks to their classes, cost and time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import anyio

from keyshelf.layout.repository import CHUNKS, ChunkId, chunk_key
from keyshelf.operations.classes import Cloud
from keyshelf.operations.prices.values import PriceTable
from keyshelf.operations.restoring import reckoning, service
from keyshelf.operations.restoring.service import ColdObjects, OnProgress
from keyshelf.operations.restoring.values import ColdObject, RestorePlan
from keyshelf.repositories.formats.entries import FolderEntry
from keyshelf.repositories.needing import needed
from keyshelf.repositories.reading import Reader
from keyshelf.store.base import ObjectStore
from keyshelf.store.restoring import ColdStore, RestoreTier

DAYS = 7
"""How long S3 keeps a copy, unless told."""
_ASK_AGAIN = {
    RestoreTier.EXPEDITED: timedelta(seconds=20),
    RestoreTier.STANDARD: timedelta(minutes=5),
    RestoreTier.BULK: timedelta(minutes=15),
}


@dataclass(frozen=True, slots=True)
class RestoreParts:
    """What restoring stands on."""

    store: ObjectStore
    """The repository store itself, and no copy of it."""
    cold: ColdStore | None
    """None where nothing must be restored, because no class is such."""
    cloud: Cloud
    prices: PriceTable | None = None
    currency: str = "USD"
    pause: Callable[[RestoreTier], timedelta] = _ASK_AGAIN.__getitem__
    """How long is waited before the store is asked again."""


@dataclass(frozen=True, slots=True)
class RestoreOptions:
    """How things are restored."""

    tier: RestoreTier = RestoreTier.STANDARD
    days: int = DAYS
    """How long S3 keeps a copy."""


@dataclass(frozen=True, slots=True)
class VersionPlan:
    """What a version, or some paths of it, needs restored."""

    plan: RestorePlan
    objects: Sequence[ColdObject] = ()
    paths: Sequence[bytes] = ()
    """The files that cannot be read, sorted; folders with a slash."""
    looked_at: int = 0
    is_partial: bool = False
    """More may be needed, which is known when folders or lists can be read."""
    restored: int = 0
    """How many more can be read, as they were restored: until their copies go."""
    restored_bytes: int = 0


async def plan(
    parts: RestoreParts,
    reader: Reader,
    root: FolderEntry,
    paths: Sequence[bytes],
    *,
    days: int = DAYS,
) -> VersionPlan:
    """Return what paths of a commit, or all of it, need restored. Changes nothing.

    Raises as `needing.needed` does.
    """
    if parts.cold is None:
        return VersionPlan(RestorePlan())
    looked = ColdObjects(parts.store, parts.cold, parts.cloud, CHUNKS)
    found: dict[ChunkId, ColdObject] = {}

    async def unreadable(chunks: Sequence[ChunkId]) -> set[ChunkId]:
        by_key = {chunk_key(chunk): chunk for chunk in chunks}
        cold = {by_key[key]: each for key, each in (await looked.of(list(by_key))).items()}
        found.update(cold)
        return set(cold)

    needs = await needed(reader, root, paths, unreadable)
    objects = [found[chunk] for chunk in sorted(needs.chunks)]
    return VersionPlan(
        reckoning.plan(objects, parts.prices, days=days),
        objects,
        sorted(needs.paths),
        needs.looked_at,
        needs.is_partial,
        restored=len(looked.restored),
        restored_bytes=sum(looked.restored.values()),
    )


async def request(
    parts: RestoreParts, planned: VersionPlan, options: RestoreOptions, *, on_progress: OnProgress
) -> int:
    """Ask for what a plan has; returns how many objects were asked for.

    Twice is once. Raises `NoSuchTierError` before anything is asked for.
    """
    reckoning.require_tier(planned.plan, options.tier)
    if parts.cold is None:
        return 0
    return await service.request(
        parts.cold,
        planned.objects,
        tier=options.tier,
        days=options.days,
        on_progress=on_progress,
    )


async def wait(
    parts: RestoreParts, planned: VersionPlan, options: RestoreOptions, *, on_progress: OnProgress
) -> None:
    """Return when all that a plan has can be read. Stopped, the same again goes on waiting."""
    pause = parts.pause(options.tier).total_seconds()

    async def sleep() -> None:
        await anyio.sleep(pause)

    if parts.cold is not None:
        await service.wait(parts.cold, planned.objects, sleep=sleep, on_progress=on_progress)
