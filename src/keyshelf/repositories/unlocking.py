"""Getting at the keys of an encrypted repository."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

import anyio.to_thread

from keyshelf.errors import InvalidInputError, UnauthenticatedError
from keyshelf.repositories.formats import slots
from keyshelf.repositories.formats.ids import SECRET_BYTES, Keys
from keyshelf.repositories.formats.slots import Slot, WrongPassphraseError

LEAST_PASSPHRASE = 8
"""Characters of a new passphrase: who can read the bucket can try short ones."""


class RepositoryLockedError(UnauthenticatedError):
    """The repository is encrypted, and no passphrase or key for it is at hand."""

    code = "repository-locked"


class WeakPassphraseError(InvalidInputError):
    """A new passphrase is too short. Take at least 8 characters; several words are better."""

    code = "weak-passphrase"


@dataclass(frozen=True, slots=True)
class Unlocking:
    """What may open a repository: a passphrase, a key from the settings, or both."""

    passphrase: str | None = field(default=None, repr=False)
    key: bytes | None = field(default=None, repr=False)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to try."""
        return self.passphrase is None and self.key is None


def check_new(passphrase: str) -> None:
    """See that a passphrase is good for a new key slot. Raises `WeakPassphraseError`."""
    if len(passphrase) < LEAST_PASSPHRASE:
        raise WeakPassphraseError(
            f"a new passphrase has at least {LEAST_PASSPHRASE} characters: take several words"
        )


async def secret_of(key_slots: Sequence[Slot], unlocking: Unlocking) -> bytes:
    """Return the secret that a passphrase or key opens.

    Raises `RepositoryLockedError` when there is none to try, `WrongPassphraseError`
    when none of them opens a slot.
    """
    if unlocking.is_empty:
        raise RepositoryLockedError(
            "the repository is encrypted: set KEYSHELF_PASSPHRASE, or KEYSHELF_REPOSITORY_KEY"
        )
    return await anyio.to_thread.run_sync(_secret_of, key_slots, unlocking)


async def keys_of(
    key_id: bytes | None, key_slots: Sequence[Slot], unlocking: Unlocking
) -> Keys | None:
    """Return the keys of a repository; None when it is not encrypted.

    Raises as `secret_of`.
    """
    if key_id is None:
        return None
    keys = Keys.of(await secret_of(key_slots, unlocking))
    if keys.key_id != key_id:
        raise WrongPassphraseError("the key slot holds the secret of another repository")
    return keys


async def new_secret(unlocking: Unlocking, *, slot: UUID, label: str) -> tuple[Keys, Slot]:
    """Make a secret for a new repository, and the first slot that opens it.

    Raises `WeakPassphraseError`.
    """
    secret = os.urandom(SECRET_BYTES)
    made = await anyio.to_thread.run_sync(lambda: _slot(secret, unlocking, slot, label))
    return Keys.of(secret), made


async def another_slot(secret: bytes, unlocking: Unlocking, *, slot: UUID, label: str) -> Slot:
    """Wrap a secret that was opened in one more slot. Raises `WeakPassphraseError`."""
    return await anyio.to_thread.run_sync(lambda: _slot(secret, unlocking, slot, label))


def _slot(secret: bytes, unlocking: Unlocking, slot: UUID, label: str) -> Slot:
    if unlocking.passphrase is not None:
        check_new(unlocking.passphrase)
        return slots.add_slot(secret, passphrase=unlocking.passphrase, id=slot, label=label)
    return slots.add_slot(secret, key=unlocking.key, id=slot, label=label)


def _secret_of(key_slots: Sequence[Slot], unlocking: Unlocking) -> bytes:
    if unlocking.key is not None:
        try:
            return slots.open_slots(key_slots, key=unlocking.key)
        except WrongPassphraseError:
            if unlocking.passphrase is None:
                raise
    return slots.open_slots(key_slots, passphrase=unlocking.passphrase)
