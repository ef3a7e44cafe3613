"""What a store is told about objects of repositories: metadata and tags.

Nothing reads them back, because the objects say the same of themselves.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache

from keyshelf.layout.namespace import DEFAULT_NAMESPACE, Namespace
from keyshelf.layout.repository import AssetHash, ChunkId, CommitHash, RepositoryId
from keyshelf.repositories.formats.frame import Codec, FrameHeader, Suite
from keyshelf.repositories.formats.manifest import Manifest

VERSION = "1"


class ObjectType(StrEnum):
    """What an object of a repository is."""

    CHUNK = "chunk"
    MANIFEST = "manifest"
    PROXY = "proxy"
    METADATA = "metadata"


class Status(StrEnum):
    """Whether an object is wanted: a lifecycle rule may delete what is marked as deleted."""

    ACTIVE = "active"
    DELETED = "deleted"


class Tier(StrEnum):
    """How quickly an object must be at hand."""

    HOT = "hot"
    WARM = "warm"
    COLD = "cold"
    ARCHIVE = "archive"


def chunk_metadata(
    chunk: ChunkId,
    header: FrameHeader,
    *,
    stored_size: int,
    created_at: datetime,
    namespace: Namespace = DEFAULT_NAMESPACE,
) -> Mapping[str, str]:
    """Return the metadata of a chunk, from the header of its frame and the frame's size."""
    is_encrypted = header.suite is not Suite.NONE
    fields = {
        "hash": chunk,
        "size": str(header.size),
        "compressed-size": str(stored_size - header.overhead),
        "compression": "zstd" if header.codec is Codec.ZSTD else "none",
        "encrypted": "true" if is_encrypted else "false",
        "created-at": _time(created_at),
    }
    if is_encrypted:
        fields["key-id"] = header.key_id.hex()
    return _metadata(ObjectType.CHUNK, fields, namespace)


def manifest_metadata(
    commit: CommitHash, manifest: Manifest, *, namespace: Namespace = DEFAULT_NAMESPACE
) -> Mapping[str, str]:
    """Return the metadata of a manifest. A first commit has no parent, and does not say so."""
    fields = {
        "repo-id": str(manifest.repository),
        "commit": commit,
        "entries": str(manifest.root.files),
        "total-size": str(manifest.root.size),
    }
    if manifest.parents:
        fields["parent"] = ",".join(manifest.parents)
    return _metadata(ObjectType.MANIFEST, fields, namespace)


def proxy_metadata(
    repository: RepositoryId,
    asset: AssetHash,
    *,
    created_at: datetime,
    namespace: Namespace = DEFAULT_NAMESPACE,
) -> Mapping[str, str]:
    """Return the metadata of a proxy."""
    fields = {"repo-id": str(repository), "hash": asset, "created-at": _time(created_at)}
    return _metadata(ObjectType.PROXY, fields, namespace)


def document_metadata(
    repository: RepositoryId, *, namespace: Namespace = DEFAULT_NAMESPACE
) -> Mapping[str, str]:
    """Return the metadata of a document, filter or snapshot about a repository."""
    return _metadata(ObjectType.METADATA, {"repo-id": str(repository)}, namespace)


# Many chunks in a row have the same tags, and the same time below.
@lru_cache(maxsize=64)
def tags(
    kind: ObjectType,
    repository: RepositoryId,
    *,
    status: Status = Status.ACTIVE,
    tier: Tier = Tier.HOT,
    namespace: Namespace = DEFAULT_NAMESPACE,
) -> Mapping[str, str]:
    """Return the tags of an object. A chunk that repositories share has those of the first."""
    fields = {
        "type": kind.value,
        "repo": str(repository),
        "status": status.value,
        "tier": tier.value,
    }
    return {f"{namespace}:{name}": each for name, each in fields.items()}


def is_deleted(tags: Mapping[str, str], *, namespace: Namespace = DEFAULT_NAMESPACE) -> bool:
    """Say whether tags mark an object as deleted."""
    return tags.get(f"{namespace}:status") == Status.DELETED


def marked_deleted(
    tags: Mapping[str, str], *, namespace: Namespace = DEFAULT_NAMESPACE
) -> Mapping[str, str]:
    """Return the tags of an object that is deleted: all that it has, and that."""
    return {**tags, f"{namespace}:status": Status.DELETED.value}


def _metadata(
    kind: ObjectType, fields: Mapping[str, str], namespace: Namespace
) -> Mapping[str, str]:
    everything = {"version": VERSION, "type": kind.value, **fields}
    return {f"{namespace}-{name}": each for name, each in everything.items()}


@lru_cache(maxsize=4)
def _time(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
