"""Mirroring: what the database knows of a repository, kept beside its chunks as well.

The document in the store is what the database is rebuilt from, so it is written after
every change. Its generation orders writers: an older one never replaces a newer.
"""

from dataclasses import replace
from uuid import UUID

from keyshelf.layout.repository import RepositoryId, repository_key
from keyshelf.repositories.catalog import queries
from keyshelf.repositories.catalog.values import RepositoryRecord
from keyshelf.repositories.formats import documents
from keyshelf.repositories.formats.documents import RepositoryDocument, StoredCutting, StoredRef
from keyshelf.repositories.objects import document_options
from keyshelf.repositories.parts import RepositoryParts
from keyshelf.repositories.refs import queries as ref_rows
from keyshelf.store.base import Condition, IfMatch, WriteCondition
from keyshelf.store.errors import ObjectChangedError, ObjectExistsError, ObjectNotFoundError
from keyshelf.telemetry import get_logger

_log = get_logger(__name__)


async def mirror(parts: RepositoryParts, repository: RepositoryId) -> None:
    """Write what a repository is, and its refs, beside its chunks.

    Does nothing when that is there already. A crash leaves the document as it was, and
    upkeep finds that it is behind. Safe for any number of writers at once.
    """
    while True:
        found = await _document(parts, repository)
        if found is None:
            return
        record, document = found
        if await _write(parts, record, document):
            break
    async with parts.database.transaction() as tx:
        await queries.note_mirrored(tx, record.number, document.generation)


async def _document(
    parts: RepositoryParts, repository: UUID
) -> tuple[RepositoryRecord, RepositoryDocument] | None:
    async with parts.database.read() as tx:
        record = await queries.by_id(tx, repository)
        refs = await ref_rows.refs(tx, record.number) if record else []
    if record is None:
        return None
    document = RepositoryDocument(
        id=record.id,
        name=record.name,
        owner=record.owner,
        created_at=record.created_at,
        cutting=StoredCutting.of(record.cutting),
        level=record.level,
        key_id=record.key_id.hex() if record.key_id else None,
        slots=tuple(record.slots),
        generation=record.generation,
        refs=tuple(
            StoredRef(
                kind=ref.name.kind.value,
                name=ref.name.name,
                commit=ref.commit,
                updated_at=ref.updated_at,
                updated_by=ref.updated_by,
            )
            for ref in refs
        ),
    )
    return record, document


async def _write(
    parts: RepositoryParts, record: RepositoryRecord, document: RepositoryDocument
) -> bool:
    """Write the document unless a newer one is there; False when another came first."""
    condition = await _condition(parts, record, document.generation)
    if condition is None:
        return True
    options = replace(document_options(record, parts.options), condition=condition)
    try:
        await parts.store.put(repository_key(record.id), documents.encode(document), options)
    except (ObjectExistsError, ObjectChangedError):
        return False
    return True


async def _condition(
    parts: RepositoryParts, record: RepositoryRecord, generation: int
) -> WriteCondition | None:
    """Return on what condition the document may be written; None when it need not be."""
    try:
        async with await parts.store.get(repository_key(record.id)) as reader:
            there, etag = await reader.read(), reader.meta.etag
    except ObjectNotFoundError:
        return Condition.CREATE
    try:
        is_behind = documents.decode_repository(there).generation < generation
    except documents.DamagedDocumentError as error:
        # Everything that it said is in the database, so it is written anew.
        _log.warning("a damaged document is replaced", repository=str(record.id), why=error.detail)
        is_behind = True
    return IfMatch(etag) if is_behind else None
