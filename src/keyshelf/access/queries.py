"""The SQL of sessions, API tokens, idempotency keys and fingerprints of secrets."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from keyshelf.database.transactions import ReadTransaction, Row, Transaction


async def insert_session(
    tx: Transaction, *, id_digest: bytes, identity_id: str, now: datetime, expires_at: datetime
) -> None:
    """Record a session that begins."""
    await tx.execute(
        """
        INSERT INTO sessions (id_digest, identity_id, created_at, last_used_at, expires_at)
        VALUES (%(id_digest)s, %(identity_id)s, %(now)s, %(now)s, %(expires_at)s)
        """,
        {"id_digest": id_digest, "identity_id": identity_id, "now": now, "expires_at": expires_at},
    )


async def live_session(tx: ReadTransaction, *, id_digest: bytes, now: datetime) -> Row | None:
    """Return a session that has not expired."""
    return await tx.one(
        """
        SELECT identity_id, created_at, last_used_at, expires_at FROM sessions
        WHERE id_digest = %(id_digest)s AND expires_at > %(now)s
        """,
        {"id_digest": id_digest, "now": now},
    )


async def touch_session(
    tx: Transaction, *, id_digest: bytes, now: datetime, expires_at: datetime
) -> None:
    """Record a use; never brings back a session that was signed out meanwhile."""
    await tx.execute(
        """
        UPDATE sessions SET last_used_at = %(now)s, expires_at = %(expires_at)s
        WHERE id_digest = %(id_digest)s AND last_used_at < %(now)s
        """,
        {"id_digest": id_digest, "now": now, "expires_at": expires_at},
    )


async def delete_session(tx: Transaction, *, id_digest: bytes) -> None:
    """End a session; one that is not there is success."""
    await tx.execute(
        "DELETE FROM sessions WHERE id_digest = %(id_digest)s", {"id_digest": id_digest}
    )


async def insert_token(
    tx: Transaction,
    *,
    token_id: UUID,
    token_digest: bytes,
    owner: tuple[str, str, str | None],
    name: str,
    scopes: Sequence[str],
    now: datetime,
    expires_at: datetime,
) -> None:
    """Record a token; `owner` is id, name and e-mail."""
    owner_id, owner_name, owner_email = owner
    await tx.execute(
        """
        INSERT INTO api_tokens
            (id, token_digest, owner_id, owner_name, owner_email, name, scopes, created_at, expires_at)
        VALUES (%(id)s, %(token_digest)s, %(owner_id)s, %(owner_name)s, %(owner_email)s, %(name)s,
            %(scopes)s, %(now)s, %(expires_at)s)
        """,
        {
            "id": token_id,
            "token_digest": token_digest,
            "owner_id": owner_id,
            "owner_name": owner_name,
            "owner_email": owner_email,
            "name": name,
            "scopes": list(scopes),
            "now": now,
            "expires_at": expires_at,
        },
    )


async def count_live_tokens(tx: ReadTransaction, *, owner_id: str, now: datetime) -> int:
    """Return how many tokens of an owner still work."""
    row = await tx.one(
        "SELECT count(*) AS tokens FROM api_tokens WHERE owner_id = %(owner_id)s AND expires_at > %(now)s",
        {"owner_id": owner_id, "now": now},
    )
    return row["tokens"] if row else 0


async def token_by_digest(tx: ReadTransaction, *, token_digest: bytes) -> Row | None:
    """Return a token and its owner, expired or not."""
    return await tx.one(
        """
        SELECT id, owner_id, owner_name, owner_email, scopes, expires_at, last_used_at
        FROM api_tokens WHERE token_digest = %(token_digest)s
        """,
        {"token_digest": token_digest},
    )


async def touch_token(tx: Transaction, *, token_id: UUID, now: datetime) -> None:
    """Record a use."""
    await tx.execute(
        """
        UPDATE api_tokens SET last_used_at = %(now)s
        WHERE id = %(id)s AND (last_used_at IS NULL OR last_used_at < %(now)s)
        """,
        {"id": token_id, "now": now},
    )


async def tokens_of(tx: ReadTransaction, *, owner_id: str) -> list[Row]:
    """Return an owner's tokens, newest first."""
    return await tx.all(
        """
        SELECT id, name, scopes, created_at, expires_at, last_used_at
        FROM api_tokens WHERE owner_id = %(owner_id)s ORDER BY created_at DESC, id
        """,
        {"owner_id": owner_id},
    )


async def delete_token(tx: Transaction, *, owner_id: str, token_id: UUID) -> int:
    """Delete a token of this owner and return how many that were."""
    return await tx.execute(
        "DELETE FROM api_tokens WHERE id = %(id)s AND owner_id = %(owner_id)s",
        {"id": token_id, "owner_id": owner_id},
    )


async def claim_key(
    tx: Transaction,
    *,
    owner_id: str,
    key: str,
    request_digest: bytes,
    claim_id: UUID,
    now: datetime,
    claimed_until: datetime,
    expires_at: datetime,
) -> Row | None:
    """Claim a key that is new, expired, or was left by a crash; None when it is taken.

    A key left by a crash is only given to the same request.
    """
    return await tx.one(
        """
        INSERT INTO idempotency_keys AS held
            (owner_id, key, request_digest, claim_id, claimed_until, expires_at)
        VALUES (%(owner_id)s, %(key)s, %(request_digest)s, %(claim_id)s, %(claimed_until)s, %(expires_at)s)
        ON CONFLICT (owner_id, key) DO UPDATE SET
            request_digest = excluded.request_digest, claim_id = excluded.claim_id,
            claimed_until = excluded.claimed_until, expires_at = excluded.expires_at,
            status = NULL, content_type = NULL, body = NULL
        WHERE held.expires_at <= %(now)s
            OR (held.status IS NULL AND held.claimed_until <= %(now)s
                AND held.request_digest = excluded.request_digest)
        RETURNING claim_id
        """,
        {
            "owner_id": owner_id,
            "key": key,
            "request_digest": request_digest,
            "claim_id": claim_id,
            "now": now,
            "claimed_until": claimed_until,
            "expires_at": expires_at,
        },
    )


async def held_key(tx: ReadTransaction, *, owner_id: str, key: str) -> Row | None:
    """Return what is known of a key."""
    return await tx.one(
        """
        SELECT request_digest, status, content_type, body FROM idempotency_keys
        WHERE owner_id = %(owner_id)s AND key = %(key)s
        """,
        {"owner_id": owner_id, "key": key},
    )


async def answer_key(
    tx: Transaction,
    *,
    owner_id: str,
    key: str,
    claim_id: UUID,
    status: int,
    content_type: str,
    body: bytes,
    about: Sequence[UUID],
) -> int:
    """Store the answer under a claim that still stands; 0 when it was taken over.

    It goes with any file that it is about.
    """
    return await tx.execute(
        """
        UPDATE idempotency_keys
        SET status = %(status)s, content_type = %(content_type)s, body = %(body)s, about = %(about)s
        WHERE owner_id = %(owner_id)s AND key = %(key)s AND claim_id = %(claim_id)s
        """,
        {
            "owner_id": owner_id,
            "key": key,
            "claim_id": claim_id,
            "status": status,
            "content_type": content_type,
            "body": body,
            "about": [*about],
        },
    )


async def release_key(tx: Transaction, *, owner_id: str, key: str, claim_id: UUID) -> None:
    """Forget an unanswered claim; one that is answered or taken over stays."""
    await tx.execute(
        """
        DELETE FROM idempotency_keys
        WHERE owner_id = %(owner_id)s AND key = %(key)s AND claim_id = %(claim_id)s AND status IS NULL
        """,
        {"owner_id": owner_id, "key": key, "claim_id": claim_id},
    )


async def delete_expired_sessions(tx: Transaction, *, before: datetime) -> int:
    """Delete sessions that expired, and return how many."""
    return await tx.execute(
        "DELETE FROM sessions WHERE expires_at <= %(before)s", {"before": before}
    )


async def delete_expired_tokens(tx: Transaction, *, before: datetime) -> int:
    """Delete tokens that expired, and return how many."""
    return await tx.execute(
        "DELETE FROM api_tokens WHERE expires_at <= %(before)s", {"before": before}
    )


async def delete_expired_keys(tx: Transaction, *, before: datetime) -> int:
    """Delete idempotency keys that expired, and return how many."""
    return await tx.execute(
        "DELETE FROM idempotency_keys WHERE expires_at <= %(before)s", {"before": before}
    )


async def note_fingerprint(tx: Transaction, *, name: str, fingerprint: bytes) -> None:
    """Record the fingerprint of a secret, unless there is one."""
    await tx.execute(
        """
        INSERT INTO secret_fingerprints (name, fingerprint) VALUES (%(name)s, %(fingerprint)s)
        ON CONFLICT (name) DO NOTHING
        """,
        {"name": name, "fingerprint": fingerprint},
    )


async def replace_fingerprint(tx: Transaction, *, name: str, fingerprint: bytes) -> None:
    """Record that a secret is another one from here on."""
    await tx.execute(
        """
        UPDATE secret_fingerprints SET fingerprint = %(fingerprint)s, noted_at = now()
        WHERE name = %(name)s
        """,
        {"name": name, "fingerprint": fingerprint},
    )


async def fingerprints(tx: ReadTransaction) -> Mapping[str, bytes]:
    """Return every fingerprint by the name of its secret."""
    rows = await tx.all("SELECT name, fingerprint FROM secret_fingerprints")
    return {row["name"]: bytes(row["fingerprint"]) for row in rows}
