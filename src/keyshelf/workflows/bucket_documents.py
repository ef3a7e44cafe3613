"""Documents of repositories, from the versions of their bucket: what is rubbish is passed by."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from datetime import datetime

from keyshelf.errors import IntegrityError, LimitError
from keyshelf.layout.keys import ObjectKey
from keyshelf.layout.repository import DOCUMENTS, RepositoryId, parse_repository_key
from keyshelf.operations.versions.service import histories
from keyshelf.repositories.formats import documents
from keyshelf.repositories.formats.documents import DamagedDocumentError, RepositoryDocument
from keyshelf.store.versions import ObjectVersion, VersionedStore


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A document as one version has it."""

    repository: RepositoryId
    document: RepositoryDocument
    written_at: datetime


async def all_documents(
    versions: VersionedStore, unread: list[ObjectKey]
) -> AsyncGenerator[StoredDocument]:
    """Give the newest sound document of every repository that the bucket has, or ever had.

    The keys of those of which there is none are added to `unread`.
    """
    async for history in histories(versions, DOCUMENTS):
        if parse_repository_key(history[0].key) is None:
            continue
        try:
            found = await newest_sound(versions, history)
        except (IntegrityError, LimitError):
            found = None
        if found is not None:
            yield found
        elif not all(each.is_marker for each in history):
            unread.append(history[0].key)


async def newest_sound(
    versions: VersionedStore, history: Sequence[ObjectVersion], *, at: datetime | None = None
) -> StoredDocument | None:
    """Return the newest document of one key's versions that is none of rubbish, up to `at`.

    Raises `UnknownVersionError` for one of a newer Keyshelf, and what reading does.
    """
    for each in history:
        if each.is_marker or (at is not None and each.modified_at > at):
            continue
        found = await read_document(versions, each)
        if found is not None:
            return StoredDocument(RepositoryId(found.id), found, each.modified_at)
    return None


async def read_document(
    versions: VersionedStore, version: ObjectVersion
) -> RepositoryDocument | None:
    """Return the document that a version is; None for rubbish. Raises as `newest_sound`."""
    try:
        document = documents.decode_repository(await versions.read(version))
    except DamagedDocumentError:
        return None
    return document if document.id == parse_repository_key(version.key) else None
