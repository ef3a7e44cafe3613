"""Reading of repositories in the store: their documents, and the manifests of their commits."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from keyshelf.errors import IntegrityError, UnauthenticatedError
from keyshelf.layout.drive import OwnerId
from keyshelf.layout.keys import ObjectKey
from keyshelf.layout.repository import (
    DOCUMENTS,
    CommitHash,
    IllegalDigestError,
    RepositoryId,
    commit_hash,
    manifest_key,
    manifests_prefix,
    parse_manifest_key,
    parse_repository_key,
    repository_key,
)
from keyshelf.repositories.catalog import queries as catalog
from keyshelf.repositories.catalog.values import RepositoryNumber, RepositoryRecord
from keyshelf.repositories.check.judging import Wrong, read_manifest
from keyshelf.repositories.direct.carrier import DirectCarrier
from keyshelf.repositories.formats import documents
from keyshelf.repositories.formats.documents import RepositoryDocument
from keyshelf.repositories.formats.ids import Keys
from keyshelf.repositories.parts import RepositoryParts
from keyshelf.repositories.rebuild.values import FoundRepository, Rebuilt
from keyshelf.repositories.references import root_of
from keyshelf.repositories.refs import queries as ref_rows
from keyshelf.repositories.refs.queries import CommitRow
from keyshelf.repositories.unknown import with_commits
from keyshelf.repositories.unlocking import Unlocking, keys_of
from keyshelf.repositories.values import repository_name

IDENTITY = "rebuild"


async def find_repositories(
    parts: RepositoryParts, unlockings: Sequence[Unlocking], rebuilt: Rebuilt
) -> list[FoundRepository]:
    """Return the repositories that the store has documents of; what cannot be read is noted."""
    found: list[FoundRepository] = []
    orphaned = await with_commits(parts)
    async for page in parts.store.list(DOCUMENTS):
        for each in page.objects:
            orphaned.discard(parse_repository_key(each.key))
            document = await _document(parts, each.key, rebuilt)
            if document is not None:
                rebuilt.found += 1
                found.append(await _found(parts, document, unlockings))
    async with parts.database.read() as tx:
        orphaned -= await catalog.known(tx, list(orphaned))
    for repository in sorted(orphaned):
        rebuilt.note_problem(repository_key(repository), "it is missing, and commits need it")
    return found


async def find_commits(
    parts: RepositoryParts,
    found: FoundRepository,
    rebuilt: Rebuilt,
    *,
    also: Sequence[CommitHash] = (),
) -> None:
    """Read the commits of a repository: all that a new one has, or that refs or `also` lead to."""
    written: dict[CommitHash, datetime] = {}
    async for page in parts.store.list(manifests_prefix(found.record.id)):
        for each in page.objects:
            parsed = parse_manifest_key(each.key)
            if parsed is not None:
                written[parsed[1]] = each.modified_at
    waiting = [*also, *(CommitHash(ref.commit) for ref in found.document.refs)]
    if found.is_new:
        waiting += written
    else:
        async with parts.database.read() as tx:
            waiting += [ref.commit for ref in await ref_rows.refs(tx, found.record.number)]
    seen: set[CommitHash] = set()
    while waiting:
        commit = waiting.pop()
        if commit in seen:
            continue
        seen.add(commit)
        row = await _commit(parts, found, commit, written, rebuilt)
        if row is not None:
            found.commits[commit] = row
            waiting += row.parents
    if found.is_locked:
        _number_generations(found.commits)


async def _document(
    parts: RepositoryParts, key: ObjectKey, rebuilt: Rebuilt
) -> RepositoryDocument | None:
    repository = parse_repository_key(key)
    if repository is None:
        rebuilt.note_problem(key, "it is not called as a repository's document is")
        return None
    try:
        async with await parts.store.get(key) as reader:
            if reader.meta.size > documents.MAX_BYTES:
                rebuilt.note_problem(key, f"it has {reader.meta.size} bytes")
                return None
            document = documents.decode_repository(await reader.read())
        repository_name(document.name)
    except (IntegrityError, ValueError) as error:
        rebuilt.note_problem(key, getattr(error, "detail", str(error)))
        return None
    if document.id != repository:
        rebuilt.note_problem(key, f"it is the document of {document.id}")
        return None
    return document


async def _found(
    parts: RepositoryParts, document: RepositoryDocument, unlockings: Sequence[Unlocking]
) -> FoundRepository:
    async with parts.database.read() as tx:
        there = await catalog.by_id(tx, document.id)
    record = there or _record(document)
    keys = await _keys(parts, record, unlockings)
    return FoundRepository(document, record, is_new=there is None, keys=keys)


def _record(document: RepositoryDocument) -> RepositoryRecord:
    return RepositoryRecord(
        number=RepositoryNumber(0),
        id=RepositoryId(document.id),
        owner=OwnerId(document.owner),
        name=repository_name(document.name),
        created_at=document.created_at,
        cutting=document.cutting.cutting,
        level=document.level,
        key_id=bytes.fromhex(document.key_id) if document.key_id else None,
        slots=document.slots,
        generation=document.generation,
    )


async def _keys(
    parts: RepositoryParts, record: RepositoryRecord, unlockings: Sequence[Unlocking]
) -> Keys | None:
    if not record.is_encrypted:
        return None
    for unlocking in [Unlocking(key=parts.options.key), *unlockings]:
        try:
            return await keys_of(record.key_id, record.slots, unlocking)
        except UnauthenticatedError:
            continue
    return None


async def _commit(
    parts: RepositoryParts,
    found: FoundRepository,
    commit: CommitHash,
    written: Mapping[CommitHash, datetime],
    rebuilt: Rebuilt,
) -> CommitRow | None:
    key = manifest_key(found.record.id, commit)
    if commit not in written:
        found.lost.add(commit)
        rebuilt.note_problem(key, "a branch, a tag or another commit needs it, and it is missing")
        return None
    if found.is_locked:
        row = await _announced(parts, key, commit, written[commit])
        if row is None:
            rebuilt.note_problem(key, "it is encrypted, and its metadata does not tell enough")
        return row
    carrier = DirectCarrier(parts, found.record, found.record.opened(found.keys), IDENTITY)
    manifest = await read_manifest(carrier, commit)
    if isinstance(manifest, Wrong):
        rebuilt.note_problem(key, manifest.detail)
        return None
    found.roots.append(root_of(manifest))
    return CommitRow(
        hash=commit,
        parents=manifest.parents,
        generation=manifest.generation,
        files=manifest.root.files,
        bytes=manifest.root.size,
        written_at=written[commit],
    )


async def _announced(
    parts: RepositoryParts, key: ObjectKey, commit: CommitHash, written_at: datetime
) -> CommitRow | None:
    """Return what the metadata of a manifest says that nobody here can read."""
    attributes = (await parts.store.head(key)).attributes
    metadata: Mapping[str, str] = attributes.metadata if attributes else {}
    name = parts.options.namespace
    try:
        parents = metadata.get(f"{name}-parent", "")
        return CommitRow(
            hash=commit,
            parents=tuple(commit_hash(each) for each in parents.split(",") if each),
            generation=1,
            files=_count(metadata[f"{name}-entries"]),
            bytes=_count(metadata[f"{name}-total-size"]),
            written_at=written_at,
        )
    except (KeyError, ValueError, IllegalDigestError):
        return None


def _count(text: str) -> int:
    number = int(text)
    if not 0 <= number < 2**63:
        raise ValueError(text)
    return number


def _number_generations(commits: dict[CommitHash, CommitRow]) -> None:
    """Give commits the generations that their parents tell.

    Metadata can lie: a parent that comes from the commit itself does not count.
    """
    known: dict[CommitHash, int] = {}
    begun: set[CommitHash] = set()
    waiting = list(commits)
    while waiting:
        commit = waiting[-1]
        parents = [each for each in commits[commit].parents if each in commits]
        unknown = [each for each in parents if each not in known and each not in begun]
        if unknown and commit not in known:
            begun.add(commit)
            waiting += unknown
            continue
        known[commit] = 1 + max((known.get(each, 0) for each in parents), default=0)
        waiting.pop()
    for commit, row in commits.items():
        commits[commit] = CommitRow(
            hash=row.hash,
            parents=row.parents,
            generation=known[commit],
            files=row.files,
            bytes=row.bytes,
            written_at=row.written_at,
        )
