"""What a service can open by itself: repositories with a slot for the key of its settings."""

from keyshelf.repositories.catalog.values import RepositoryRecord
from keyshelf.repositories.formats import slots
from keyshelf.repositories.formats.ids import Keys
from keyshelf.repositories.formats.slots import WrongPassphraseError
from keyshelf.repositories.parts import RepositoryParts
from keyshelf.repositories.unlocking import RepositoryLockedError


def readable_with(parts: RepositoryParts, record: RepositoryRecord) -> Keys | None:
    """Return the keys that the service has to a repository; None when it is not encrypted.

    Raises `RepositoryLockedError` when only its users can open it.
    """
    if not record.is_encrypted:
        return None
    keys = keys_at_hand(parts, record)
    if keys is None:
        raise RepositoryLockedError(
            "the repository is encrypted, and this service has no key to it: give it one by"
            " `keyshelf repo key add`, or work where its passphrase is at hand"
        )
    return keys


def keys_at_hand(parts: RepositoryParts, record: RepositoryRecord) -> Keys | None:
    """Return the keys that the service has to a repository; None when it has none."""
    if not record.is_encrypted or parts.options.key is None:
        return None
    try:
        keys = Keys.of(slots.open_slots(record.slots, key=parts.options.key))
    except WrongPassphraseError:
        return None
    return keys if keys.key_id == record.key_id else None


def is_readable(parts: RepositoryParts, record: RepositoryRecord) -> bool:
    """Say whether the service can show what is in a repository."""
    return not record.is_encrypted or keys_at_hand(parts, record) is not None
