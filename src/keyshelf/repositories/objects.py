"""The objects of chunks and manifests, with what a store is told about them."""

from collections.abc import Mapping
from datetime import datetime

from keyshelf.layout.repository import AssetHash, ChunkId, CommitHash, chunk_key, manifest_key
from keyshelf.repositories.catalog.values import RepositoryRecord
from keyshelf.repositories.formats import frame, headers
from keyshelf.repositories.formats.frame import FrameHeader
from keyshelf.repositories.formats.headers import ObjectType, Tier
from keyshelf.repositories.formats.manifest import Manifest
from keyshelf.repositories.parts import RepositoryOptions
from keyshelf.repositories.values import SealedChunk
from keyshelf.store.base import Attributes, Condition, NewObject, PutOptions


def chunk_object(
    record: RepositoryRecord, chunk: SealedChunk, options: RepositoryOptions, now: datetime
) -> NewObject:
    """Return the object of a chunk, which never replaces another."""
    header = frame.read_header(chunk.frame)
    put = announced_options(
        record, chunk.id, header, stored_size=len(chunk.frame), options=options, now=now
    )
    return NewObject(chunk_key(chunk.id), chunk.frame, put)


def announced_options(
    record: RepositoryRecord,
    chunk: ChunkId,
    header: FrameHeader,
    *,
    stored_size: int,
    options: RepositoryOptions,
    now: datetime,
) -> PutOptions:
    """Return how the object of a chunk is written, from what its frame is said to be."""
    metadata = headers.chunk_metadata(
        chunk, header, stored_size=stored_size, created_at=now, namespace=options.namespace
    )
    return PutOptions(
        attributes=Attributes(metadata=metadata),
        condition=Condition.CREATE,
        tags=_tags(ObjectType.CHUNK, record, options, options.chunks.tier),
        storage_class=options.chunks.storage_class,
    )


def manifest_object(
    record: RepositoryRecord,
    commit: CommitHash,
    framed: bytes,
    manifest: Manifest,
    options: RepositoryOptions,
) -> NewObject:
    """Return the object of a commit's manifest."""
    metadata = headers.manifest_metadata(commit, manifest, namespace=options.namespace)
    return NewObject(
        manifest_key(record.id, commit),
        framed,
        PutOptions(
            attributes=Attributes(metadata=metadata),
            tags=_tags(ObjectType.MANIFEST, record, options),
        ),
    )


def proxy_options(
    record: RepositoryRecord,
    asset: AssetHash,
    content_type: str,
    options: RepositoryOptions,
    now: datetime,
) -> PutOptions:
    """Return how a proxy is written."""
    metadata = headers.proxy_metadata(record.id, asset, created_at=now, namespace=options.namespace)
    return PutOptions(
        attributes=Attributes(content_type=content_type, metadata=metadata),
        tags=_tags(ObjectType.PROXY, record, options, options.proxies.tier),
        storage_class=options.proxies.storage_class,
    )


def document_options(record: RepositoryRecord, options: RepositoryOptions) -> PutOptions:
    """Return how a document about a repository is written, but for its condition."""
    metadata = headers.document_metadata(record.id, namespace=options.namespace)
    return PutOptions(
        attributes=Attributes(content_type="application/json", metadata=metadata),
        tags=_tags(ObjectType.METADATA, record, options),
    )


def _tags(
    kind: ObjectType,
    record: RepositoryRecord,
    options: RepositoryOptions,
    tier: Tier = Tier.HOT,
) -> Mapping[str, str]:
    if not options.tags:
        return {}
    return headers.tags(kind, record.id, tier=tier, namespace=options.namespace)
