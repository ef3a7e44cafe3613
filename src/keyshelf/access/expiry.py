"""Sweeping out what has expired."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from keyshelf.access import queries
from keyshelf.database.transactions import Transaction

TOKEN_GRACE = timedelta(days=30)
"""An expired token stays visible to its owner for so long, and is refused by name."""


@dataclass(frozen=True, slots=True)
class Swept:
    """How many rows went."""

    sessions: int
    tokens: int
    idempotency_keys: int


async def sweep(tx: Transaction, *, now: datetime) -> Swept:
    """Delete expired sessions, tokens and idempotency keys. Nothing that works depends on it."""
    return Swept(
        sessions=await queries.delete_expired_sessions(tx, before=now),
        tokens=await queries.delete_expired_tokens(tx, before=now - TOKEN_GRACE),
        idempotency_keys=await queries.delete_expired_keys(tx, before=now),
    )
