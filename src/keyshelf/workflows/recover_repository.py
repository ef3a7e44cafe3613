"""Getting a repository back to what it was at a time, from the versions of its bucket."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from keyshelf.errors import NotFoundError
from keyshelf.layout.drive import OwnerId
from keyshelf.layout.repository import (
    CHUNKS,
    DOCUMENTS,
    CommitHash,
    RepositoryId,
    manifests_prefix,
    parse_repository_key,
    repository_key,
)
from keyshelf.operations.versions.choosing import version_at
from keyshelf.operations.versions.service import OnProgress, Wanted, histories, recover
from keyshelf.operations.versions.values import Recovered
from keyshelf.repositories import managing
from keyshelf.repositories.catalog.values import RepositoryRecord
from keyshelf.repositories.check.service import check
from keyshelf.repositories.check.values import Report
from keyshelf.repositories.direct.carrier import DirectCarrier
from keyshelf.repositories.formats import documents
from keyshelf.repositories.formats.documents import RepositoryDocument
from keyshelf.repositories.parts import RepositoryParts
from keyshelf.repositories.rebuild.service import rebuild
from keyshelf.repositories.rebuild.values import Rebuilt
from keyshelf.repositories.unlocking import Unlocking, keys_of
from keyshelf.repositories.values import Ref, RefKind, RefName, RepositoryNotFoundError
from keyshelf.store.versions import VersionedStore

IDENTITY = "recover"


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

    First its document, manifests and chunks that were there then and are deleted now come
    back; then the rows of what they hold; refs move last, by compare and swap, and what they
    led to until now is kept by a tag. Refs that are younger stay. At last all is checked.
    A crash leaves it where it stood; twice is once.

    Raises `NotThereThenError`, `VersionsOffError`, `RefMovedError` when somebody commits
    meanwhile, and what unlocking raises.
    """
    document = await _document(versions, repository, at)
    objects = Recovered(dry_run=dry_run)
    for prefix in (repository_key(repository), manifests_prefix(repository), CHUNKS):
        wanted = Wanted(prefix, at=at, is_immutable=True)
        objects.add(await recover(versions, wanted, dry_run=dry_run, on_progress=on_progress))
    done = RecoveredRepository(str(repository), document.name, at, dry_run, objects)
    if dry_run:
        done.refs = [_kept(each) for each in _different(document, await _refs(parts, document))]
        return done
    commits = [CommitHash(each.commit) for each in document.refs]
    done.rebuilt = await rebuild(parts, unlockings=(unlocking,), also={repository: commits})
    carrier = await _opened(parts, document, unlocking)
    for each in _different(document, await carrier.refs()):
        done.refs.append(await _move(carrier, each))
    done.report = await check(carrier)
    return done


async def find_repository(versions: VersionedStore, name: str) -> RepositoryId:
    """Return the repository of a name that the bucket has, or ever had, a document of.

    For when the database knows of none. The one that was written last counts. Raises
    `RepositoryNotFoundError`.
    """
    found: list[tuple[datetime, RepositoryId]] = []
    async for history in histories(versions, DOCUMENTS):
        newest = next((each for each in history if not each.is_marker), None)
        repository = parse_repository_key(history[0].key)
        if newest is None or repository is None:
            continue
        document = documents.decode_repository(await versions.read(newest))
        if document.name == name:
            found.append((newest.modified_at, repository))
    if not found:
        raise RepositoryNotFoundError(f"the bucket never had a repository called {name}")
    return max(found)[1]


async def _document(
    versions: VersionedStore, repository: RepositoryId, at: datetime
) -> RepositoryDocument:
    async for history in histories(versions, repository_key(repository)):
        then = version_at(history, at)
        if then is not None:
            return documents.decode_repository(await versions.read(then))
    raise NotThereThenError(
        f"the bucket has no document of the repository {repository} of that time: it may not have"
        " been made yet, or its versions have expired"
    )


async def _opened(
    parts: RepositoryParts, document: RepositoryDocument, unlocking: Unlocking
) -> DirectCarrier:
    record = await _record(parts, document)
    keys = await keys_of(record.key_id, record.slots, unlocking)
    return DirectCarrier(parts, record, record.opened(keys), IDENTITY)


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
