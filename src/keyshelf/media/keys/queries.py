"""Statements on content keys."""

from collections.abc import Mapping, Sequence
from typing import LiteralString
from uuid import UUID

from keyshelf.database.transactions import ReadTransaction, Row, Transaction
from keyshelf.layout.media import MediaHash
from keyshelf.media.keys.values import WrappedKey

_COLUMNS: LiteralString = "id, hash, encode_id, kid, wrapped_key, wrap_nonce, kek_version"


async def present_kek(tx: Transaction, *, first: str) -> str:
    """Return which key-encryption key wraps new keys; `first` when none has yet.

    Until the transaction ends it stays that one.
    """
    await tx.execute(
        "INSERT INTO present_kek (kek_version) VALUES (%(first)s) ON CONFLICT DO NOTHING",
        {"first": first},
    )
    return str(await tx.value("SELECT kek_version FROM present_kek FOR SHARE"))


async def replace_present_kek(tx: Transaction, version: str) -> None:
    """Have another key-encryption key wrap new keys, after the transactions that have the last."""
    await tx.execute(
        """
        INSERT INTO present_kek (kek_version) VALUES (%(version)s)
        ON CONFLICT (is_only) DO UPDATE SET kek_version = excluded.kek_version
        """,
        {"version": version},
    )


async def keks_in_use(tx: ReadTransaction) -> Mapping[str, int]:
    """Return how many keys each key-encryption key wrapped, and 0 for one that is to wrap more."""
    rows = await tx.all(
        """
        SELECT kek_version, count(id) AS keys
        FROM present_kek FULL JOIN content_keys USING (kek_version)
        GROUP BY kek_version ORDER BY kek_version
        """
    )
    return {row["kek_version"]: row["keys"] for row in rows}


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
