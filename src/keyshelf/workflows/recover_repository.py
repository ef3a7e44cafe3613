"""Getting a repository back to what it was at a time, from the versions of its bucket."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from keyshelf.errors import NotFoundError, UnauthenticatedError
from keyshelf.layout.drive import OwnerId
from keyshelf.layout.keys import ObjectKey
from keyshelf.layout.repository import (
    CHUNKS,
    ChunkId,
    CommitHash,
    RepositoryId,
    chunk_key,
    manifest_key,
    manifests_prefix,
    repository_key,
)
from keyshelf.operations.versions.healing import Judge
from keyshelf.operations.versions.service import (
    OnProgress,
    Wanted,
    histories,
    recover,
    recover_keys,
)
from keyshelf.operations.versions.values import Recovered
from keyshelf.repositories import managing
from keyshelf.repositories.catalog.values import RepositoryRecord
from keyshelf.repositories.check.service import check
from keyshelf.repositories.check.values import Report
from keyshelf.repositories.direct.carrier import DirectCarrier
from keyshelf.repositories.formats.documents import DamagedDocumentError, RepositoryDocument
from keyshelf.repositories.formats.ids import Keys
from keyshelf.repositories.parts import RepositoryParts
from keyshelf.repositories.rebuild.service import rebuild
from keyshelf.repositories.rebuild.values import Rebuilt
from keyshelf.repositories.unlocking import Unlocking, keys_of
from keyshelf.repositories.values import Ref, RefKind, RefName, RepositoryNotFoundError
from keyshelf.store.versions import ObjectVersion, VersionedStore
from keyshelf.workflows.bucket_documents import all_documents, newest_sound
from keyshelf.workflows.judge_objects import RepositoryJudge

IDENTITY = "recover"
_NAMED = 10


class NotThereThenError(NotFoundError):
    """The bucket does not know what the repository was at that time: choose a later one."""

    code = "repository-not-there-then"


@dataclass(frozen=True, slots=True)
class RecoveredRef:
    """A branch or tag that leads again to where it led."""

    kind: str
    name: str
    commit: str
    was: str | None
    """Where it led until now; None when it had gone."""
    kept_as: str | None = None
    """The tag that leads there from now on, so that nothing is lost."""


@dataclass(slots=True)
class RecoveredRepository:
    """What a recovery of a repository did, or with `dry_run` would do."""

    id: str
    name: str
    at: datetime
    dry_run: bool
    objects: Recovered
    refs: list[RecoveredRef] = field(default_factory=list[RecoveredRef])
    rebuilt: Rebuilt | None = None
    """Rows of commits and chunks; None in a dry run."""
    report: Report | None = None
    """What a check of the recovered repository found; None in a dry run."""


async def recover_repository(
    parts: RepositoryParts,
    versions: VersionedStore,
    repository: RepositoryId,
    *,
    at: datetime,
    unlocking: Unlocking,
    dry_run: bool = False,
    on_progress: OnProgress | None = None,
) -> RecoveredRepository:
    """Make the branches and tags of a repository lead again to where they led at a time.

    First its document, manifests and chunks that were there then come back, deleted ones and
    those that are not what their names say, in the newest version that is sound; then the rows
    of what they hold; refs move last, by compare and swap, and what they led to until now is
    kept by a tag. Refs that are younger stay. At last all is checked, and what is damaged all
    the same comes back from whatever version is sound. A crash leaves it where it stood;
    twice is once.

    Raises `NotThereThenError`, `DamagedDocumentError`, `VersionsOffError`, `RefMovedError` when
    somebody commits meanwhile, and what unlocking raises: it takes a passphrase or key of now,
    whatever opened the repository then. A dry run needs none.
    """
    document, then = await _document(versions, repository, at)
    judge = RepositoryJudge(versions, unlocking)
    keys: Keys | None = None
    try:
        # What it takes to check all at the end is asked for before anything changes.
        keys = await _keys(parts, versions, document, unlocking)
    except UnauthenticatedError:
        if not dry_run:
            raise
    if keys is not None:
        judge.trust(keys)
    objects = Recovered(dry_run=dry_run)
    for wanted in _wanted(document, then, judge):
        objects.add(await recover(versions, wanted, dry_run=dry_run, on_progress=on_progress))
    done = RecoveredRepository(str(repository), document.name, at, dry_run, objects)
    if dry_run:
        done.refs = [_kept(each) for each in _different(document, await _refs(parts, document))]
        return done
    commits = [CommitHash(each.commit) for each in document.refs]

    async def add_rows() -> Rebuilt:
        return await rebuild(parts, unlockings=(unlocking,), also={repository: commits})

    done.rebuilt = await add_rows()
    record = await _record(parts, document)
    carrier = DirectCarrier(parts, record, record.opened(keys), IDENTITY)
    for each in _different(document, await carrier.refs()):
        done.refs.append(await _move(carrier, each))
    done.report = await check(carrier)
    while (healed := await _heal(versions, judge, repository, done.report)).changed:
        # What was healed may name more that nobody could look for before.
        objects.add(healed)
        done.rebuilt = await add_rows()
        done.report = await check(carrier)
    return done


async def find_repository(versions: VersionedStore, name: str) -> RepositoryId:
    """Return the repository of a name that the bucket has, or ever had, a document of.

    For when the database knows of none. The one that was written last counts; a document that
    cannot be read is passed by, for an older version of it. Raises `RepositoryNotFoundError`,
    which names the documents that no version can be read of.
    """
    unread = list[ObjectKey]()
    found = [
        (each.written_at, each.repository)
        async for each in all_documents(versions, unread)
        if each.document.name == name
    ]
    if not found:
        detail = f"the bucket never had a repository called {name}"
        if unread:
            detail += f"; no version can be read of {', '.join(unread[:_NAMED])}"
        raise RepositoryNotFoundError(detail)
    return max(found)[1]


async def _document(
    versions: VersionedStore, repository: RepositoryId, at: datetime
) -> tuple[RepositoryDocument, datetime]:
    """Return what a repository was at a time, and when to look for its objects.

    Of a document that had been deleted by then, that is the last moment before.
    """
    key = repository_key(repository)
    async for history in histories(versions, key):
        found = await newest_sound(versions, history, at=at)
        if found is not None:
            return found.document, _when_there(history, at)
        if any(not each.is_marker and each.modified_at <= at for each in history):
            raise DamagedDocumentError(f"no version of {key} of that time or before can be read")
    raise NotThereThenError(
        f"the bucket has no document of the repository {repository} of that time: it may not have"
        f" been made yet, or the versions of {key} have expired"
    )


def _when_there(history: Sequence[ObjectVersion], at: datetime) -> datetime:
    deleted_at: datetime | None = None
    for each in history:
        if each.modified_at > at:
            continue
        if not each.is_marker:
            break
        deleted_at = each.modified_at
    return at if deleted_at is None else deleted_at - timedelta(microseconds=1)


def _wanted(document: RepositoryDocument, at: datetime, judge: Judge) -> list[Wanted]:
    """Return what is to be there: all that was, and what the refs lead to in any case."""
    repository = RepositoryId(document.id)
    prefix = manifests_prefix(repository)
    tips = {manifest_key(repository, CommitHash(each.commit)) for each in document.refs}
    return [
        Wanted(repository_key(repository), judge=judge),
        Wanted(prefix, at=at, judge=judge, keeps=lambda key: key not in tips),
        Wanted(prefix, judge=judge, keeps=tips.__contains__),
        Wanted(CHUNKS, at=at, judge=judge),
    ]


async def _heal(
    versions: VersionedStore, judge: Judge, repository: RepositoryId, report: Report
) -> Recovered:
    """Bring back what a check names, in whatever version is sound."""
    keys = [
        manifest_key(repository, CommitHash(each.id))
        if each.kind == "manifest"
        else chunk_key(ChunkId(each.id))
        for each in report.damaged
    ]
    healed = await recover_keys(versions, keys, judge=judge)
    healed.looked_at = 0  # all of them had been looked at before
    return healed


async def _keys(
    parts: RepositoryParts,
    versions: VersionedStore,
    document: RepositoryDocument,
    unlocking: Unlocking,
) -> Keys | None:
    """Return the keys of a repository, which its newest slots open; None without encryption.

    Those are the database's, unless it is older than the newest document or has none.
    """
    if document.key_id is None:
        return None
    newest = document
    async for history in histories(versions, repository_key(RepositoryId(document.id))):
        found = await newest_sound(versions, history)
        newest = newest if found is None else found.document
    slots = newest.slots
    with suppress(RepositoryNotFoundError):
        record = await _record(parts, document)
        if record.generation >= newest.generation:
            slots = record.slots
    return await keys_of(bytes.fromhex(document.key_id), slots, unlocking)


async def _record(parts: RepositoryParts, document: RepositoryDocument) -> RepositoryRecord:
    return await managing.get(parts, document.id, [OwnerId(document.owner)])


async def _refs(parts: RepositoryParts, document: RepositoryDocument) -> Sequence[Ref]:
    try:
        record = await _record(parts, document)
    except RepositoryNotFoundError:
        return []
    return await DirectCarrier(parts, record, record.opened(None), IDENTITY).refs()


def _different(document: RepositoryDocument, now: Sequence[Ref]) -> list[RecoveredRef]:
    """Return the refs that led elsewhere then."""
    there = {(ref.name.kind, ref.name.name): ref.commit for ref in now}
    return [
        RecoveredRef(ref.kind, ref.name, ref.commit, was)
        for ref in document.refs
        if (was := there.get((RefKind(ref.kind), ref.name))) != ref.commit
    ]


def _kept(ref: RecoveredRef) -> RecoveredRef:
    """Name the tag that keeps what a ref led to until now."""
    return ref if ref.was is None else replace(ref, kept_as=f"before-recovery/{ref.was[:16]}")


async def _move(carrier: DirectCarrier, ref: RecoveredRef) -> RecoveredRef:
    ref = _kept(ref)
    was = None if ref.was is None else CommitHash(ref.was)
    if was is not None and ref.kept_as is not None:
        tag = RefName(RefKind.TAG, ref.kept_as)
        await carrier.move_ref(tag, expected=None, to=was)
    name = RefName(RefKind(ref.kind), ref.name)
    await carrier.move_ref(name, expected=was, to=CommitHash(ref.commit))
    return ref
