"""Keys of repositories.

    v1/chunks/{id[0:2]}/{id[2:4]}/{id}                            a chunk
    v1/manifests/{repo_id}/{commit_hash}.manifest                 a commit
    v1/proxies/{repo_id}/{asset_hash}/{resolution}.{format}       a rendition of a file
    v1/metadata/{repos,bloom,stats}/{repo_id}.{json,bloom,json}   what is known of a repository

Two levels of folders keep each of them small: a billion chunks are about 15,000 in each.
"""

import re
from dataclasses import dataclass
from typing import NewType
from uuid import UUID

from keyshelf.errors import InvalidInputError
from keyshelf.layout.keys import ObjectKey

ChunkId = NewType("ChunkId", str)
"""What a chunk is called: 64 lowercase hex digits, made from its content."""

CommitHash = NewType("CommitHash", str)
"""What a commit is called: 64 lowercase hex digits, made from its manifest."""

AssetHash = NewType("AssetHash", str)
"""What a file's content is called: 64 lowercase hex digits, made from the BLAKE3 of its bytes."""

RepositoryId = NewType("RepositoryId", UUID)

CHUNKS = "v1/chunks/"
MANIFESTS = "v1/manifests/"
PROXIES = "v1/proxies/"
METADATA = "v1/metadata/"
DOCUMENTS = f"{METADATA}repos/"
_DIGEST = re.compile(r"[0-9a-f]{64}")
_PREFIX = re.compile(r"[0-9a-f]{0,64}")
_CHUNK = re.compile(r"v1/chunks/([0-9a-f]{2})/([0-9a-f]{2})/(\1\2[0-9a-f]{60})")
_UUID = r"([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})"
_MANIFEST = re.compile(rf"{MANIFESTS}{_UUID}/([0-9a-f]{{64}})\.manifest")
_MANIFESTS_OF = re.compile(rf"{MANIFESTS}{_UUID}/")
_PROXY_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}\.[a-z0-9]{1,8}")
_PROXY = re.compile(rf"{PROXIES}{_UUID}/([0-9a-f]{{64}})/({_PROXY_NAME.pattern})")
_REPOSITORY = re.compile(rf"{METADATA}repos/{_UUID}\.json")
_BELONGING = re.compile(
    rf"(?:{METADATA}(?:repos/{_UUID}\.json|bloom/{_UUID}\.bloom|stats/{_UUID}\.json)"
    rf"|{PROXIES}{_UUID}/[0-9a-f]{{64}}/{_PROXY_NAME.pattern})"
)


class IllegalDigestError(InvalidInputError):
    """An id or hash that is not 64 lowercase hexadecimal digits."""

    code = "illegal-digest"


class IllegalProxyNameError(InvalidInputError):
    """A proxy is called like `1080p.mp4`: lowercase letters, digits, hyphens, a format."""

    code = "illegal-proxy-name"


@dataclass(frozen=True, slots=True)
class ProxyKey:
    """What the key of a proxy says."""

    repository: RepositoryId
    asset: AssetHash
    name: str


def chunk_id(text: str) -> ChunkId:
    """Return `text` as a chunk id. Raises `IllegalDigestError`."""
    return ChunkId(_digest(text))


def commit_hash(text: str) -> CommitHash:
    """Return `text` as a commit hash. Raises `IllegalDigestError`."""
    return CommitHash(_digest(text))


def asset_hash(text: str) -> AssetHash:
    """Return `text` as the hash of a file's content. Raises `IllegalDigestError`."""
    return AssetHash(_digest(text))


def chunk_key(chunk: ChunkId) -> ObjectKey:
    """Return the key of a chunk."""
    return ObjectKey(f"{CHUNKS}{chunk[:2]}/{chunk[2:4]}/{chunk}")


def parse_chunk_key(key: ObjectKey) -> ChunkId | None:
    """Return the id of the chunk that a key is of; None for any other key."""
    found = _CHUNK.fullmatch(key)
    return ChunkId(found[3]) if found else None


def chunks_prefix(beginning: str) -> str:
    """Return what the keys of all chunks begin with whose ids begin with `beginning`.

    Raises `IllegalDigestError` for what no id begins with.
    """
    if not _PREFIX.fullmatch(beginning):
        raise IllegalDigestError("ids begin with lowercase hexadecimal digits", got=beginning[:64])
    folders = [beginning[:2], beginning[2:4]]
    if len(beginning) < 2:
        return CHUNKS + beginning
    if len(beginning) < 4:
        return f"{CHUNKS}{folders[0]}/{folders[1]}"
    return f"{CHUNKS}{folders[0]}/{folders[1]}/{beginning}"


def manifest_key(repository: RepositoryId, commit: CommitHash) -> ObjectKey:
    """Return the key of the manifest of a commit."""
    return ObjectKey(f"{manifests_prefix(repository)}{commit}.manifest")


def manifests_prefix(repository: RepositoryId) -> str:
    """Return what the keys of all manifests of a repository begin with."""
    return f"{MANIFESTS}{repository}/"


def parse_manifests_prefix(prefix: str) -> RepositoryId | None:
    """Return the repository whose manifests are below a prefix; None for any other prefix."""
    found = _MANIFESTS_OF.fullmatch(prefix)
    return RepositoryId(UUID(found[1])) if found else None


def parse_manifest_key(key: ObjectKey) -> tuple[RepositoryId, CommitHash] | None:
    """Return the repository and the commit that a key is of; None for any other key."""
    found = _MANIFEST.fullmatch(key)
    return (RepositoryId(UUID(found[1])), CommitHash(found[2])) if found else None


def proxy_key(repository: RepositoryId, asset: AssetHash, name: str) -> ObjectKey:
    """Return the key of a proxy called `name`, such as `1080p.mp4` or `thumb-01.jpg`.

    Raises `IllegalProxyNameError`.
    """
    if not _PROXY_NAME.fullmatch(name):
        raise IllegalProxyNameError(
            "a proxy is called like 1080p.mp4: lowercase letters, digits and hyphens, a format",
            got=name[:64],
        )
    return ObjectKey(f"{proxies_prefix(repository, asset)}{name}")


def parse_proxy_key(key: ObjectKey) -> ProxyKey | None:
    """Return what the key of a proxy says; None for any other key."""
    found = _PROXY.fullmatch(key)
    if found is None:
        return None
    return ProxyKey(RepositoryId(UUID(found[1])), AssetHash(found[2]), found[3])


def proxies_prefix(repository: RepositoryId, asset: AssetHash | None = None) -> str:
    """Return what the keys of the proxies of a repository, or of one asset, begin with."""
    return f"{PROXIES}{repository}/{asset}/" if asset else f"{PROXIES}{repository}/"


def repository_key(repository: RepositoryId) -> ObjectKey:
    """Return the key of the document that says what a repository is, with its refs."""
    return ObjectKey(f"{METADATA}repos/{repository}.json")


def parse_repository_key(key: ObjectKey) -> RepositoryId | None:
    """Return the repository whose document a key is of; None for any other key."""
    found = _REPOSITORY.fullmatch(key)
    return RepositoryId(UUID(found[1])) if found else None


def parse_belonging_key(key: ObjectKey) -> RepositoryId | None:
    """Return the repository whose document, filter, statistics or proxy a key is of, or None."""
    found = _BELONGING.fullmatch(key)
    return RepositoryId(UUID(next(filter(None, found.groups())))) if found else None


def bloom_key(repository: RepositoryId) -> ObjectKey:
    """Return the key of the Bloom filter of a repository's chunks."""
    return ObjectKey(f"{METADATA}bloom/{repository}.bloom")


def stats_key(repository: RepositoryId) -> ObjectKey:
    """Return the key of the snapshot of a repository's statistics."""
    return ObjectKey(f"{METADATA}stats/{repository}.json")


def _digest(text: str) -> str:
    if not _DIGEST.fullmatch(text):
        raise IllegalDigestError("an id is 64 lowercase hexadecimal digits", got=text[:80])
    return text
