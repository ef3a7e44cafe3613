"""Proving to have the bytes of a chunk, of which an id alone tells nothing."""

from blake3 import blake3

from keyshelf.repositories.formats.ids import Octets


def proof_of(data: Octets, nonce: bytes) -> bytes:
    """Return what proves that somebody has these bytes, in the one push of this nonce."""
    return blake3(data, key=nonce).digest()
