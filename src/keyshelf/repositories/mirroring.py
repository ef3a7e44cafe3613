"""Mirroring: what the database knows of a repository, kept beside its chunks as well.

The document in the store is what the database is rebuilt from, so it is written after
every change. Its generation orders writers: an older one never replaces a newer. A document
that is ahead of the database is of a database that was lost: nothing is changed then.
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from uuid import UUID

from keyshelf.database.transactions import Transaction
from keyshelf.errors import ConflictError
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


class DatabaseBehindError(ConflictError):
    """The store knows a later state of the repository than the database, which was restored.

    Nothing was changed. Run `keyshelf rebuild` where the stores are, then try again.
    """

    code = "database-behind"


@asynccontextmanager
async def changing(parts: RepositoryParts, record: RepositoryRecord) -> AsyncGenerator[Transaction]:
    """Open a transaction that changes what the mirror tells, and mirror it after the commit.

    Raises `DatabaseBehindError` when the mirror tells of changes that the database does not
    know: a change beside them would never be in the mirror, or take them out of it.
    """
    # Read before the repository is locked: a database that wrote the document had the
    # generation by then, so only one that did not is behind it for sure.
    told = await _generation(parts, record.id)
    async with parts.database.transaction() as tx:
        if await ref_rows.begin_change(tx, record.number) <= told:
            raise _behind(record)
        tx.on_commit(lambda: mirror(parts, record.id))
        yield tx


async def require_not_behind(parts: RepositoryParts, record: RepositoryRecord) -> None:
    """Raise `DatabaseBehindError` when the mirror is ahead of the database."""
    # Read before the row: a change that comes between is in the row first.
    told = await _generation(parts, record.id)
    async with parts.database.read() as tx:
        now = await queries.by_id(tx, record.id)
    if now is not None and now.generation < told:
        raise _behind(record)


async def mirror(parts: RepositoryParts, repository: RepositoryId) -> None:
    """Write what a repository is, and its refs, beside its chunks.

    Does nothing when that is there already, and only warns when what is there is ahead of the
    database. A crash leaves the document as it was, and upkeep finds that it is behind. Safe
    for any number of writers at once.
    """
    while True:
        found = await _document(parts, repository)
        if found is None:
            return
        record, document = found
        there, condition = await _there(parts, repository)
        if there is not None and there.generation >= document.generation:
            break
        if await _write(parts, record, document, condition):
            there = document
            break
    async with parts.database.transaction() as tx:
        now = await queries.by_id(tx, repository)
        if now is None or now.generation < there.generation or _parted(there, document):
            _log.warning(
                "the store knows a later state of a repository than the database: rebuild",
                repository=str(repository),
            )
            return
        await queries.note_mirrored(tx, record.number, document.generation)


def _behind(record: RepositoryRecord) -> DatabaseBehindError:
    return DatabaseBehindError(
        f"the store knows a later state of {record.name} than the database, as after a"
        " restored backup: `keyshelf rebuild`, where the stores are, brings it; then again"
    )


async def _generation(parts: RepositoryParts, repository: RepositoryId) -> int:
    there, _ = await _there(parts, repository)
    return there.generation if there else 0


def _parted(there: RepositoryDocument, document: RepositoryDocument) -> bool:
    """Say whether two documents of one generation tell of different refs."""
    return there.generation == document.generation and positions(there) != positions(document)


def positions(document: RepositoryDocument) -> dict[tuple[str, str], str]:
    """Return where the branches and tags of a document lead, by their kinds and names."""
    return {(ref.kind, ref.name): ref.commit for ref in document.refs}


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
    parts: RepositoryParts,
    record: RepositoryRecord,
    document: RepositoryDocument,
    condition: WriteCondition,
) -> bool:
    """Write the document; False when another came first."""
    options = replace(document_options(record, parts.options), condition=condition)
    try:
        await parts.store.put(repository_key(record.id), documents.encode(document), options)
    except (ObjectExistsError, ObjectChangedError):
        return False
    return True


async def _there(
    parts: RepositoryParts, repository: RepositoryId
) -> tuple[RepositoryDocument | None, WriteCondition]:
    """Return the document in the store, if it can be read, and on what condition to replace it."""
    try:
        async with await parts.store.get(repository_key(repository)) as reader:
            body, condition = await reader.read(), IfMatch(reader.meta.etag)
    except ObjectNotFoundError:
        return None, Condition.CREATE
    try:
        return documents.decode_repository(body), condition
    except documents.DamagedDocumentError as error:
        # Everything that it said is in the database, so it is written anew.
        _log.warning("a damaged document is replaced", repository=str(repository), why=error.detail)
        return None, condition
