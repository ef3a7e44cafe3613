"""What a content key is."""

from dataclasses import dataclass, field
from uuid import UUID

from keyshelf.errors import (
    ForbiddenError,
    IntegrityError,
    NotFoundError,
    UnauthenticatedError,
    UnavailableError,
)
from keyshelf.layout.media import MediaHash

KEY_BYTES = KID_BYTES = 16


class ContentKeyNotFoundError(NotFoundError):
    """No stream has a key of this id: it was deleted, or replaced by a later encode."""

    code = "content-key-not-found"


class ContentKeyUnreadableError(IntegrityError):
    """The key-encryption key that wrapped this key is not set, or the row was changed."""

    code = "content-key-unreadable"


class KekNotSetError(UnavailableError):
    """The key that wraps new content keys is not in this process' KEYSHELF_CONTENT_KEKS. Add it."""

    code = "content-kek-not-set"


class PlaybackTokenError(ForbiddenError):
    """The playback token is mistyped, expired, or of other media. Get a new one."""

    code = "playback-token-invalid"


class PlaybackTokenMissingError(UnauthenticatedError):
    """The request needs `Authorization: Bearer` and a playback token."""

    code = "playback-token-missing"


@dataclass(frozen=True, slots=True)
class ContentKey:
    """The key of one encode, and what players call it."""

    id: UUID
    """Names it in addresses: `/api/key/{id}`."""
    hash: MediaHash
    encode_id: UUID
    kid: bytes
    """16 bytes that the packager writes into the streams."""
    key: bytes = field(repr=False)
    """16 bytes."""


@dataclass(frozen=True, slots=True)
class WrappedKey:
    """A content key as its row holds it."""

    id: UUID
    hash: MediaHash
    encode_id: UUID
    kid: bytes
    wrapped_key: bytes
    wrap_nonce: bytes
    kek_version: str
