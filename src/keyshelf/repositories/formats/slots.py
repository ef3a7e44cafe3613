"""Key slots: the secret of a repository, wrapped by a passphrase or a key.

Whoever opens one slot has the secret. Slots are added and removed without touching data.
"""

import os
import threading
import unicodedata
from base64 import b64decode, b64encode
from collections.abc import Sequence
from typing import Literal
from uuid import UUID

import msgspec
from argon2.low_level import Type, hash_secret_raw
from blake3 import blake3
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from keyshelf.errors import InvalidInputError, UnauthenticatedError
from keyshelf.repositories.formats.ids import SECRET_BYTES

KEY_BYTES = 32
MAX_SLOTS = 32
MAX_LABEL = 100
_NONCE_BYTES, _TAG_BYTES, _SALT_BYTES = 12, 16, 16
_WRAPPED_BYTES = _NONCE_BYTES + SECRET_BYTES + _TAG_BYTES
_WRAPPING = "keyshelf repository v1 key slot"
_MOST_MEMORY_KIB, _MOST_LANES = 1024 * 1024, 16
_MOST_WORK_KIB = 4 * 1024 * 1024  # memory times passes: some seconds of one processor
_MOST_WORK_OF_ALL_KIB = 4 * _MOST_WORK_KIB
_deriving = threading.Lock()


class WrongPassphraseError(UnauthenticatedError):
    """No key slot of the repository opens with this passphrase or key."""

    code = "wrong-passphrase"


class IllegalSlotError(InvalidInputError):
    """A key slot that is none, or whose parameters are beyond reason; opening it is refused."""

    code = "illegal-key-slot"


class IllegalPassphraseError(InvalidInputError):
    """A passphrase that is empty or no text."""

    code = "illegal-passphrase"


class Argon2(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a passphrase becomes a key: Argon2id, RFC 9106. The default is its second choice."""

    memory_kib: int = 64 * 1024
    passes: int = 3
    lanes: int = 4

    def __post_init__(self) -> None:
        is_reasonable = (
            1 <= self.lanes <= _MOST_LANES
            and 8 * self.lanes <= self.memory_kib <= _MOST_MEMORY_KIB
            and 1 <= self.passes <= _MOST_WORK_KIB // self.memory_kib
        )
        if not is_reasonable:
            raise IllegalSlotError(
                f"Argon2 with {self.memory_kib} KiB, {self.passes} passes and {self.lanes} lanes"
                " is beyond reason"
            )


class Slot(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
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
    """Set for passphrases, and only for them."""

    @property
    def work_kib(self) -> int:
        """What it costs to try a passphrase: memory times passes."""
        return self.argon2.memory_kib * self.argon2.passes if self.argon2 else 0

    def __post_init__(self) -> None:
        if (self.kind == "passphrase") != (self.argon2 is not None):
            raise IllegalSlotError("a slot has parameters of Argon2 if it is of a passphrase")
        if len(self.label) > MAX_LABEL:
            raise IllegalSlotError(f"the label of a slot has at most {MAX_LABEL} characters")
        _decoded("salt", self.salt, _SALT_BYTES)
        _decoded("wrapped", self.wrapped, _WRAPPED_BYTES)


def add_slot(
    secret: bytes,
    *,
    passphrase: str | None = None,
    key: bytes | None = None,
    id: UUID,  # noqa: A002 -- the field's name
    label: str,
    argon2: Argon2 | None = None,
) -> Slot:
    """Wrap a secret with a passphrase, or with a key of 32 bytes.

    Raises `IllegalPassphraseError`. `argon2` is for passphrases.
    """
    if (passphrase is None) == (key is None):
        raise ValueError("a slot has a passphrase or a key")
    salt = os.urandom(_SALT_BYTES)
    argon2 = (argon2 or Argon2()) if passphrase is not None else None
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


def require_bearable(slots: Sequence[Slot]) -> None:
    """Raise `IllegalSlotError` for slots that cost more to try than a repository's may."""
    if len(slots) > MAX_SLOTS:
        raise IllegalSlotError(f"a repository has at most {MAX_SLOTS} key slots")
    if sum(slot.work_kib for slot in slots) > _MOST_WORK_OF_ALL_KIB:
        raise IllegalSlotError(
            "the key slots cost too much to try: as memory times passes of Argon2 they have more"
            f" than {_MOST_WORK_OF_ALL_KIB} KiB together"
        )


def open_slots(
    slots: Sequence[Slot], *, passphrase: str | None = None, key: bytes | None = None
) -> bytes:
    """Return the secret that a passphrase or key opens, trying one slot after another.

    Raises `WrongPassphraseError`, and before it tries any `IllegalSlotError` as
    `require_bearable` does. However many open slots at once, one passphrase is tried at a time.
    """
    require_bearable(slots)
    kind = "passphrase" if passphrase is not None else "key"
    for slot in slots:
        if slot.kind != kind:
            continue
        salt = _decoded("salt", slot.salt, _SALT_BYTES)
        wrapped = _decoded("wrapped", slot.wrapped, _WRAPPED_BYTES)
        wrapping = _wrapping_key(passphrase, key, salt, slot.argon2)
        try:
            return AESGCM(wrapping).decrypt(
                wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:], slot.id.bytes
            )
        except InvalidTag:
            continue  # another's slot
    raise WrongPassphraseError(f"no key slot of this repository opens with this {kind}")


def _wrapping_key(
    passphrase: str | None, key: bytes | None, salt: bytes, argon2: Argon2 | None
) -> bytes:
    if passphrase is None or argon2 is None:
        if key is None or len(key) != KEY_BYTES:
            raise ValueError(f"a key has {KEY_BYTES} bytes")
        return blake3(key + salt, derive_key_context=_WRAPPING).digest()
    typed = _normalised(passphrase)
    # One after another: what one takes of memory is bounded, and so is what all take.
    with _deriving:
        return hash_secret_raw(
            typed,
            salt,
            time_cost=argon2.passes,
            memory_cost=argon2.memory_kib,
            parallelism=argon2.lanes,
            hash_len=KEY_BYTES,
            type=Type.ID,
        )


def _normalised(passphrase: str) -> bytes:
    # The same keys pressed on two machines give é as one sign or as two.
    try:
        typed = unicodedata.normalize("NFC", passphrase).encode()
    except UnicodeEncodeError as error:
        raise IllegalPassphraseError("a passphrase must be valid Unicode text") from error
    if not typed:
        raise IllegalPassphraseError("a passphrase cannot be empty")
    return typed


def _decoded(name: str, text: str, size: int) -> bytes:
    try:
        data = b64decode(text, validate=True)
    except ValueError as error:
        raise IllegalSlotError(f"the field {name} of a key slot is not in base 64") from error
    if len(data) != size:
        raise IllegalSlotError(f"the field {name} of a key slot has {size} bytes, not {len(data)}")
    return data
