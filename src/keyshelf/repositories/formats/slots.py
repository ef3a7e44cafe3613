"""Key slots: the secret of a repository, wrapped by a passphrase or a key.

Whoever opens one slot has the secret. Slots are added and removed without touching data.
"""

import os
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from argon2.low_level import Type, hash_secret_raw
from blake3 import blake3
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from keyshelf.errors import InvalidInputError, UnauthenticatedError
from keyshelf.repositories.formats.ids import SECRET_BYTES

KEY_BYTES = 32
_NONCE_BYTES = 12
_SALT_BYTES = 16
_WRAPPING = "keyshelf repository v1 key slot"
_MOST_MEMORY_KIB, _MOST_PASSES, _MOST_LANES = 4 * 1024 * 1024, 64, 64


class WrongPassphraseError(UnauthenticatedError):
    """No key slot of the repository opens with this passphrase or key."""

    code = "wrong-passphrase"


class IllegalSlotError(InvalidInputError):
    """A key slot whose parameters are beyond reason, so that opening it is refused."""

    code = "illegal-key-slot"


@dataclass(frozen=True, slots=True)
class Argon2:
    """How a passphrase becomes a key: Argon2id, RFC 9106. The default is its second choice."""

    memory_kib: int = 64 * 1024
    passes: int = 3
    lanes: int = 4

    def __post_init__(self) -> None:
        reasonable = (
            8 * self.lanes <= self.memory_kib <= _MOST_MEMORY_KIB
            and 1 <= self.passes <= _MOST_PASSES
            and 1 <= self.lanes <= _MOST_LANES
        )
        if not reasonable:
            raise IllegalSlotError(f"Argon2 with {self} is not reasonable")


@dataclass(frozen=True, slots=True)
class Slot:
    """One way to the secret."""

    id: UUID
    kind: Literal["passphrase", "key"]
    label: str
    """Whose it is, for people: `Anna`, `the service`."""
    salt: str
    """16 bytes in base 64; for a key it only tells slots apart."""
    wrapped: str
    """Nonce, sealed secret and tag in base 64: AES-256-GCM, bound to `id`."""
    argon2: Argon2 | None = None
    """Set for passphrases."""


def add_slot(
    secret: bytes,
    *,
    passphrase: str | None = None,
    key: bytes | None = None,
    id: UUID,  # noqa: A002 -- the field's name
    label: str,
) -> Slot:
    """Wrap a secret with a passphrase, or with a key of 32 bytes."""
    if (passphrase is None) == (key is None):
        raise ValueError("a slot has a passphrase or a key")
    salt = os.urandom(_SALT_BYTES)
    argon2 = Argon2() if passphrase is not None else None
    wrapping = _wrapping_key(passphrase, key, salt, argon2)
    nonce = os.urandom(_NONCE_BYTES)
    sealed = AESGCM(wrapping).encrypt(nonce, secret, id.bytes)
    return Slot(
        id=id,
        kind="passphrase" if argon2 else "key",
        label=label,
        salt=b64encode(salt).decode(),
        wrapped=b64encode(nonce + sealed).decode(),
        argon2=argon2,
    )


def open_slots(
    slots: Sequence[Slot], *, passphrase: str | None = None, key: bytes | None = None
) -> bytes:
    """Return the secret that a passphrase or key opens. Raises `WrongPassphraseError`."""
    kind = "passphrase" if passphrase is not None else "key"
    for slot in slots:
        if slot.kind != kind:
            continue
        wrapping = _wrapping_key(passphrase, key, b64decode(slot.salt), slot.argon2)
        wrapped = b64decode(slot.wrapped)
        try:
            secret = AESGCM(wrapping).decrypt(
                wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:], slot.id.bytes
            )
        except InvalidTag:
            continue  # another's slot
        if len(secret) == SECRET_BYTES:
            return secret
    raise WrongPassphraseError(f"no key slot of this repository opens with this {kind}")


def _wrapping_key(
    passphrase: str | None, key: bytes | None, salt: bytes, argon2: Argon2 | None
) -> bytes:
    if passphrase is None or argon2 is None:
        if key is None or len(key) != KEY_BYTES:
            raise IllegalSlotError(f"a key has {KEY_BYTES} bytes")
        return blake3(key + salt, derive_key_context=_WRAPPING).digest()
    return hash_secret_raw(
        passphrase.encode(),
        salt,
        time_cost=argon2.passes,
        memory_cost=argon2.memory_kib,
        parallelism=argon2.lanes,
        hash_len=KEY_BYTES,
        type=Type.ID,
    )
