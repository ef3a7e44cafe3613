"""What chunks, commits and assets are called: ids made from their content."""

from dataclasses import dataclass
from typing import Self

from blake3 import blake3

from keyshelf.layout.repository import AssetHash, ChunkId, CommitHash

Octets = bytes | bytearray | memoryview
"""Bytes, whoever holds them."""

SECRET_BYTES = 32
KEY_ID_BYTES = 8
NO_KEY_ID = bytes(KEY_ID_BYTES)
_COMMIT = "keyshelf repository v1 commit"
_IDENTIFICATION = "keyshelf repository v1 identification"
_VECTOR = "keyshelf repository v1 synthetic vector"
_ENCRYPTION = "keyshelf repository v1 encryption"
_KEY_ID = "keyshelf repository v1 key id"


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of an encrypted repository, each for one purpose, from its one secret."""

    identification: bytes
    vector: bytes
    encryption: bytes
    key_id: bytes
    """Eight bytes that say which secret it was; no secret themselves."""

    @classmethod
    def of(cls, secret: bytes) -> Self:
        """Derive the keys from a repository's secret of 32 bytes."""
        return cls(
            identification=_derive(_IDENTIFICATION, secret),
            vector=_derive(_VECTOR, secret),
            encryption=_derive(_ENCRYPTION, secret),
            key_id=_derive(_KEY_ID, secret)[:KEY_ID_BYTES],
        )


def content_hash(data: Octets) -> bytes:
    """Return the BLAKE3 of bytes."""
    return blake3(data).digest()


def chunk_id(data: Octets, keys: Keys | None) -> ChunkId:
    """Return the id of a chunk or a node; keyed in an encrypted repository.

    A keyed id tells nothing to whoever guesses the content.
    """
    if keys is None:
        return ChunkId(blake3(data).hexdigest())
    return ChunkId(blake3(b"chunk", key=keys.identification).update(data).hexdigest())


def commit_hash(manifest: Octets, keys: Keys | None) -> CommitHash:
    """Return the hash of a commit, from the content of its manifest."""
    if keys is None:
        return CommitHash(blake3(manifest, derive_key_context=_COMMIT).hexdigest())
    return CommitHash(blake3(b"commit", key=keys.identification).update(manifest).hexdigest())


def asset_hash(hash_of_file: bytes, keys: Keys | None) -> AssetHash:
    """Return what a file's content is called in keys, from the BLAKE3 of its bytes."""
    if keys is None:
        return AssetHash(hash_of_file.hex())
    return AssetHash(blake3(b"asset", key=keys.identification).update(hash_of_file).hexdigest())


def _derive(context: str, secret: bytes) -> bytes:
    if len(secret) != SECRET_BYTES:
        raise ValueError(f"a secret has {SECRET_BYTES} bytes")
    return blake3(secret, derive_key_context=context).digest()
