"""A push as the database knows it."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

NONCE_BYTES = 32


@dataclass(frozen=True, slots=True)
class OpenPush:
    """Somebody writes to a repository."""

    id: UUID
    nonce: bytes = field(repr=False)
    """What a proof of having the bytes of a chunk is keyed with."""
    expires_at: datetime
    """When it is over unless it sends something before."""
