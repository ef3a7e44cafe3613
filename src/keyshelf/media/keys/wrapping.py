"""Wrapping content keys by a key-encryption key.

    wrapped_key = AES-256-GCM(KEK, wrap_nonce, content key, associated data)
    associated data = "keyshelf content key 1" NUL kek_version NUL hash NUL id (16 bytes) kid (16)

Bound to its asset and id, a row that is copied to another asset opens nothing.
"""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from keyshelf.delivery.key_ring import KeyRing
from keyshelf.media.keys.values import (
    ContentKey,
    ContentKeyUnreadableError,
    KekNotSetError,
    WrappedKey,
)

_NONCE_BYTES = 12
_LABEL = b"keyshelf content key 1"


def wrap(ring: KeyRing, key: ContentKey, version: str) -> WrappedKey:
    """Wrap a content key by the ring's key `version`, under a fresh nonce.

    Raises `KekNotSetError` when the ring does not have it.
    """
    kek = ring.keys.get(version)
    if kek is None:
        raise KekNotSetError(
            f"new streams are encrypted by the key {version!r}, which this process does not have:"
            " set the same KEYSHELF_CONTENT_KEKS for every process and restart it; if that key is"
            " lost for good, `keyshelf keys rotate` has the first of the setting take its place"
        )
    nonce = os.urandom(_NONCE_BYTES)
    return WrappedKey(
        id=key.id,
        hash=key.hash,
        encode_id=key.encode_id,
        kid=key.kid,
        wrapped_key=AESGCM(kek).encrypt(nonce, key.key, _bound_to(key, version)),
        wrap_nonce=nonce,
        kek_version=version,
    )


def unwrap(ring: KeyRing, wrapped: WrappedKey) -> ContentKey:
    """Open a wrapped key. Raises `ContentKeyUnreadableError`."""
    kek = ring.keys.get(wrapped.kek_version)
    if kek is None:
        raise ContentKeyUnreadableError(
            f"this key was wrapped by the key {wrapped.kek_version!r}, which is not set:"
            " add it to KEYSHELF_CONTENT_KEKS"
        )
    try:
        key = AESGCM(kek).decrypt(
            wrapped.wrap_nonce, wrapped.wrapped_key, _bound_to(wrapped, wrapped.kek_version)
        )
    except InvalidTag as error:
        raise ContentKeyUnreadableError(
            f"the key {wrapped.kek_version!r} is not the one that wrapped this key,"
            " or its row was changed"
        ) from error
    return ContentKey(wrapped.id, wrapped.hash, wrapped.encode_id, wrapped.kid, key)


def _bound_to(key: ContentKey | WrappedKey, version: str) -> bytes:
    parts = (_LABEL, version.encode(), key.hash.encode(), key.id.bytes + key.kid)
    return b"\0".join(parts)
