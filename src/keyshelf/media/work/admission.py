"""Asking for work on media: what is checked, and when the same was asked for before."""

import hashlib
from dataclasses import dataclass

from keyshelf.access.identity import Identity
from keyshelf.access.permissions import Action, require, visible_owners
from keyshelf.database.transactions import Transaction
from keyshelf.jobs.values import BACKGROUND, Job, JobState
from keyshelf.layout.drive import SYSTEM_PREFIX, OwnerId, UnreadableKeyError, parse
from keyshelf.layout.keys import ObjectKey
from keyshelf.layout.media import MediaHash, is_content_hash, media_hash
from keyshelf.media.source_versions import SourceVersion
from keyshelf.media.sources import SourceTooLargeError
from keyshelf.media.work import addresses, options, queries
from keyshelf.media.work.failures import (
    HashClaimedError,
    MediaBeingRemovedError,
    SourceNotFoundError,
)
from keyshelf.media.work.kinds import kind_of, payload_of
from keyshelf.media.work.parts import WorkParts
from keyshelf.media.work.replacing import require_replaceable
from keyshelf.media.work.values import NewWork, Work
from keyshelf.media.work.webhooks import queries as webhook_queries
from keyshelf.store.errors import InvalidKeyError, ObjectNotFoundError

_FINGERPRINT = "keyshelf-media-1"
"""Counted up when equal options come to make other renditions."""


@dataclass(frozen=True, slots=True)
class Admitted:
    """A job that does, or did, what was asked for."""

    job: Job
    is_new: bool


@dataclass(frozen=True, slots=True)
class Asker:
    """On whose behalf work is asked for, and in whose drive its source is."""

    id: str
    drive: str
    is_admin: bool = False


def asker_of(identity: Identity, source: str) -> Asker:
    """Return a caller who may ask for work on a source.

    That is who may write to the drive that has it; administrators may name any key of
    the store. Raises what `require` does: another's drive is not there.
    """
    drive = _drive_of(source)
    if drive is not None and (drive in visible_owners(identity) or not identity.is_admin):
        require(identity, Action.WRITE, drive)
    else:
        require(identity, Action.WRITE, identity.id)
        require(identity, Action.ADMINISTER)
    return Asker(identity.id, drive or identity.id, is_admin=identity.administers)


async def check(parts: WorkParts, wish: NewWork) -> Work:
    """Check what is asked for, and look at its source.

    Raises `IllegalMediaHashError`, `BadMediaOptionsError`, `CallbackRefusedError`,
    `SourceNotFoundError`, `SourceTooLargeError`.
    """
    media = media_hash(wish.hash)
    canonical = options.canonical(wish.type, wish.options)
    if wish.callback_url is not None:
        await addresses.check_url(
            wish.callback_url,
            resolve=parts.resolve,
            allow_private=parts.options.allow_private_callbacks,
        )
    source = ObjectKey(wish.source)
    version = await _look(parts, source)
    return Work(wish.type, media, source, version, canonical)


async def create(parts: WorkParts, wish: NewWork, asker: Asker) -> Admitted:
    """Return the job that does what is asked for: one that does or did the same, or a new one.

    Of two who ask for the same at once, one makes the job and both get it. Raises what
    `check` and `admit` do.
    """
    work = await check(parts, wish)
    fingerprint = fingerprint_of(work)
    media = parts.media
    async with media.database.read() as tx:
        found = await media.jobs.of_fingerprint(tx, fingerprint)
    is_done = found is not None and found.state is JobState.SUCCEEDED
    gone = found if found and is_done and not await _stands(parts, found, work.hash) else None
    async with media.database.transaction() as tx:
        return await admit(tx, parts, work, asker, callback_url=wish.callback_url, gone=gone)


async def admit(
    tx: Transaction,
    parts: WorkParts,
    work: Work,
    asker: Asker,
    *,
    callback_url: str | None = None,
    gone: Job | None = None,
    background: bool = False,
) -> Admitted:
    """Return the job for some work in the caller's transaction.

    `gone` is a job that did the same, and whose renditions are no longer what it made;
    `background` says that nobody asked for it.
    Raises `HashClaimedError` for a name that is somebody else's, `MadeForAnotherError` for
    work that would replace what was made for somebody else, `MediaBeingRemovedError`.
    """
    fingerprint = fingerprint_of(work)
    await hold(tx, work.hash)
    if not is_content_hash(work.hash):
        await _claim(tx, work, asker)
    jobs = parts.media.jobs
    job = await jobs.of_fingerprint(tx, fingerprint)
    is_new = job is None or (gone is not None and gone.id == job.id)
    if job is None or is_new:
        if not background and not asker.is_admin:
            await require_replaceable(tx, parts, work, asked_by=asker.id, drive=asker.drive)
        payload = payload_of(work, owner=asker.drive, fingerprint=fingerprint)
        payload = {**payload, BACKGROUND: True} if background else payload
        job = await jobs.enqueue(
            tx, kind_of(work), payload, owner_id=asker.id, unique_key=fingerprint
        )
    # A job that ended between the look and the note would tell nobody.
    if callback_url is not None and not (job := await jobs.hold(tx, job.id)).state.is_final:
        await webhook_queries.expect(
            tx, parts.media.new_id(), job_id=job.id, media=work.hash, url=callback_url
        )
    return Admitted(job, is_new)


async def hold(tx: Transaction, media: MediaHash) -> None:
    """Keep a removal, and whoever else wants work on a hash, waiting for the commit.

    Raises `MediaBeingRemovedError` when a removal was first.
    """
    await queries.lock(tx, media)
    if await queries.is_being_removed(tx, media):
        raise MediaBeingRemovedError("what was made of these media is being removed", hash=media)


def fingerprint_of(work: Work) -> str:
    """Return what is equal for equal work on equal bytes."""
    told = {
        "type": work.type.value,
        "hash": work.hash,
        "source": work.source,
        "etag": work.version.etag,
        "size": work.version.size,
        "options": work.options,
    }
    return hashlib.sha256(f"{_FINGERPRINT}\n{options.spelled(told)}".encode()).hexdigest()


def _drive_of(source: str) -> OwnerId | None:
    try:
        return parse(ObjectKey(source)).owner
    except UnreadableKeyError:
        return None


async def _look(parts: WorkParts, source: ObjectKey) -> SourceVersion:
    if source.startswith(SYSTEM_PREFIX) or source.endswith("/"):
        raise SourceNotFoundError("the source store has no such media", source=source)
    try:
        meta = await parts.media.source.head(source)
    except (ObjectNotFoundError, InvalidKeyError) as error:
        raise SourceNotFoundError("the source store has no such object", source=source) from error
    if meta.size > parts.options.max_source_bytes:
        raise SourceTooLargeError(
            f"a source has at most {parts.options.max_source_bytes / 2**30:g} GiB", size=meta.size
        )
    return SourceVersion(meta.etag, meta.size)


async def _claim(tx: Transaction, work: Work, asker: Asker) -> None:
    owner = await queries.claim(tx, work.hash, owner_id=asker.id, source=work.source)
    if owner != asker.id and not asker.is_admin:
        raise HashClaimedError("somebody else's media are called so", hash=work.hash)


async def _stands(parts: WorkParts, job: Job, media: MediaHash) -> bool:
    """Whether what a job made is still there, and not replaced by another's."""
    async with parts.media.database.read() as tx:
        kept = set(await queries.outputs(tx, media, job.id))
    told = (job.result or {}).get("outputs")
    if not isinstance(told, list) or not kept.issuperset(told):
        return False
    for key in kept:
        try:
            await parts.media.media.head(key)
        except ObjectNotFoundError:
            return False
    return True
