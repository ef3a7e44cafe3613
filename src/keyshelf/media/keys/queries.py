"""Statements on content keys."""

from collections.abc import Sequence
from typing import LiteralString
from uuid import UUID

from keyshelf.database.transactions import ReadTransaction, Row, Transaction
from keyshelf.layout.media import MediaHash
from keyshelf.media.keys.values import WrappedKey

_COLUMNS: LiteralString = "id, hash, encode_id, kid, wrapped_key, wrap_nonce, kek_version"


async def insert(tx: Transaction, key: WrappedKey) -> None:
    """Add a key."""
    await tx.execute(
        """
        INSERT INTO content_keys (
            id, hash, encode_id, kid, scheme, wrapped_key, wrap_nonce, kek_version
        ) VALUES (
            %(id)s, %(hash)s, %(encode)s, %(kid)s, 'cbcs', %(wrapped)s, %(nonce)s, %(version)s
        )
        """,
        {
            "id": key.id,
            "hash": key.hash,
            "encode": key.encode_id,
            "kid": key.kid,
            "wrapped": key.wrapped_key,
            "nonce": key.wrap_nonce,
            "version": key.kek_version,
        },
    )


async def find(tx: ReadTransaction, key_id: UUID) -> WrappedKey | None:
    """Return a key."""
    row = await tx.one(f"SELECT {_COLUMNS} FROM content_keys WHERE id = %(id)s", {"id": key_id})
    return _from_row(row) if row else None


async def of_encode(tx: ReadTransaction, encode_id: UUID) -> WrappedKey | None:
    """Return the key of an encode; None for one in the clear."""
    row = await tx.one(
        f"SELECT {_COLUMNS} FROM content_keys WHERE encode_id = %(id)s", {"id": encode_id}
    )
    return _from_row(row) if row else None


async def wrapped_by_others(
    tx: Transaction, version: str, *, after: UUID, limit: int
) -> Sequence[WrappedKey]:
    """Lock and return keys that another key-encryption key than `version` wrapped, by their ids."""
    rows = await tx.all(
        f"""
        SELECT {_COLUMNS} FROM content_keys WHERE kek_version <> %(version)s AND id > %(after)s
        ORDER BY id LIMIT %(limit)s FOR UPDATE
        """,
        {"version": version, "after": after, "limit": limit},
    )
    return [_from_row(row) for row in rows]


async def rewrap(tx: Transaction, key: WrappedKey) -> None:
    """Replace how a key is wrapped."""
    await tx.execute(
        """
        UPDATE content_keys
        SET wrapped_key = %(wrapped)s, wrap_nonce = %(nonce)s, kek_version = %(version)s
        WHERE id = %(id)s
        """,
        {
            "id": key.id,
            "wrapped": key.wrapped_key,
            "nonce": key.wrap_nonce,
            "version": key.kek_version,
        },
    )


async def delete_of_encodes(tx: Transaction, encode_ids: Sequence[UUID]) -> None:
    """Delete the keys of encodes."""
    await tx.execute(
        "DELETE FROM content_keys WHERE encode_id = ANY(%(ids)s)", {"ids": [*encode_ids]}
    )


async def versions(tx: ReadTransaction) -> Sequence[str]:
    """Return which key-encryption keys are in use."""
    rows = await tx.all("SELECT DISTINCT kek_version FROM content_keys ORDER BY 1")
    return [row["kek_version"] for row in rows]


def _from_row(row: Row) -> WrappedKey:
    return WrappedKey(
        id=row["id"],
        hash=MediaHash(row["hash"]),
        encode_id=row["encode_id"],
        kid=bytes(row["kid"]),
        wrapped_key=bytes(row["wrapped_key"]),
        wrap_nonce=bytes(row["wrap_nonce"]),
        kek_version=row["kek_version"],
    )
