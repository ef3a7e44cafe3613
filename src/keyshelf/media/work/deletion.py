"""Undoing all that was made for a hash, and saying exactly what is gone and what is not.

That it is to go is noted first. Until nothing is left nobody is admitted who wants more made
for the hash, and whatever ends this on its way, `unfinished` tells what is to be gone on with.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import anyio

from keyshelf.database.transactions import ReadTransaction
from keyshelf.jobs.values import Job
from keyshelf.layout.keys import ObjectKey
from keyshelf.layout.media import MediaHash, prefixes, work_prefix
from keyshelf.media.removing import Removed, remove_below, remove_keys
from keyshelf.media.work import queries
from keyshelf.media.work.parts import WorkParts

_LOOK_EVERY = 0.1  # seconds
_ROUNDS = 5
"""How often it begins anew because another removal ended sooner, and more was asked for then."""
_LEFT_FOR = timedelta(minutes=1)
"""A removal that takes longer may have ended with its process; two at once do no harm."""


@dataclass(slots=True)
class Deletion:
    """What a deletion did, and what it could not do."""

    hash: MediaHash
    cancelled_jobs: int = 0
    objects: int = 0
    """Objects that were removed."""
    rows: dict[str, int] = field(default_factory=dict[str, int])
    """Rows that were removed, by what they were; none until every object is gone."""
    running_jobs: Sequence[UUID] = ()
    """Jobs that were asked to end and go on still."""
    failed_objects: Mapping[ObjectKey, str] = field(default_factory=dict[ObjectKey, str])
    """Objects that are still there, and what the store said."""

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left."""
        return not self.running_jobs and not self.failed_objects


KeepsFacts = Callable[[ReadTransaction, MediaHash], Awaitable[bool]]
"""Says whether what is known of a hash is to stay when all that was made for it goes."""


async def delete_media(parts: WorkParts, media: MediaHash, *, keeps_facts: KeepsFacts) -> Deletion:
    """Remove the objects, rows, keys and jobs of a hash; its source stays.

    First its jobs are cancelled and waited for, because one that runs makes more; then
    go the objects, then what mentions them. While something is left the rows stay, so
    that it can be repeated: whatever is there then goes. Repeated after the end it
    removes nothing and says so. Whoever wants more made meanwhile is refused.
    What a look at the bytes told stays if `keeps_facts` says so, asked as the rows go.
    """
    told = Deletion(media)
    for _ in range(_ROUNDS):
        jobs = await _cancel(parts, told)
        told.running_jobs = await _wait(parts, media)
        if told.running_jobs:
            return told
        await _remove_objects(parts, told, jobs)
        if told.failed_objects or await _forget(parts, told, jobs, keeps_facts):
            return told
    told.running_jobs = [job.id for job in await _jobs(parts, media)]
    return told


async def unfinished(parts: WorkParts) -> Sequence[MediaHash]:
    """Return hashes whose removal was begun some time ago and has not ended."""
    async with parts.media.database.read() as tx:
        return await queries.removals(tx, before=parts.media.clock() - _LEFT_FOR)


async def _jobs(parts: WorkParts, media: MediaHash) -> Sequence[Job]:
    async with parts.media.database.read() as tx:
        return await parts.media.jobs.of_hash(tx, media)


async def _cancel(parts: WorkParts, told: Deletion) -> Sequence[Job]:
    async with parts.media.database.transaction() as tx:
        # Whoever is admitted before is found among the jobs, whoever comes after is refused.
        await queries.lock(tx, told.hash)
        await queries.note_removal(tx, told.hash)
    jobs = await _jobs(parts, told.hash)
    for job in jobs:
        if not job.state.is_final:
            async with parts.media.database.transaction() as tx:
                await parts.media.jobs.cancel(tx, job.id)
            told.cancelled_jobs += 1
    return jobs


async def _wait(parts: WorkParts, media: MediaHash) -> Sequence[UUID]:
    """Return the jobs that still go on when the patience is over.

    One whose worker died ends when its lease runs out.
    """
    deadline = anyio.current_time() + parts.options.deletion_patience.total_seconds()
    while True:
        going_on = [job.id for job in await _jobs(parts, media) if not job.state.is_final]
        if not going_on or anyio.current_time() >= deadline:
            return going_on
        await anyio.sleep(_LOOK_EVERY)


async def _remove_objects(parts: WorkParts, told: Deletion, jobs: Sequence[Job]) -> None:
    store = parts.media.media
    below = await remove_below(store, *prefixes(told.hash), *(work_prefix(job.id) for job in jobs))
    async with parts.media.database.read() as tx:
        pictures = await queries.cached_pictures(tx, told.hash)
    cached = await remove_keys(store, pictures)
    told.objects += below.removed + cached.removed
    told.failed_objects = {**below.failed, **cached.failed}
    # An attempt that lost its claim may have stored one thing more.
    late = await _late(parts, told)
    told.objects += late.removed
    told.failed_objects = {**told.failed_objects, **late.failed}


async def _late(parts: WorkParts, told: Deletion) -> Removed:
    if told.failed_objects:
        return Removed()
    return await remove_below(parts.media.media, *prefixes(told.hash))


async def _forget(
    parts: WorkParts, told: Deletion, jobs: Sequence[Job], keeps_facts: KeepsFacts
) -> bool:
    """Remove the rows; False, removing none, when there are other jobs than those looked at."""
    async with parts.media.database.transaction() as tx:
        # Whoever asks for work on the hash waits for this, and then finds nothing.
        await queries.lock(tx, told.hash)
        now = await parts.media.jobs.of_hash(tx, told.hash)
        known = {job.id for job in jobs}
        if any(not job.state.is_final or job.id not in known for job in now):
            return False
        rows = await queries.forget_made(tx, told.hash)
        if not await keeps_facts(tx, told.hash):
            rows["assets"] = await queries.forget_asset(tx, told.hash)
        rows["jobs"] = await parts.media.jobs.forget(tx, list(known))
        await queries.end_removal(tx, told.hash)
    told.rows = rows
    return True
