"""Hashes of what is looked up without being kept."""

import hashlib
import hmac


def secret_digest(secret: str) -> bytes:
    """Return the SHA-256 of a secret that is random enough not to be guessed.

    It stands in for the secret in tables and caches. Never for passwords.
    """
    return hashlib.sha256(secret.encode("utf-8", errors="surrogatepass")).digest()


def keyed_digest(key: bytes, message: bytes) -> bytes:
    """Return the HMAC-SHA256 of `message`: nobody without the key can make or check it."""
    return hmac.digest(key, message, "sha256")
