"""What media are handed out with: signed addresses, playback tokens and content keys."""

from dataclasses import dataclass, field
from datetime import timedelta

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from keyshelf.app.kept_secrets import content_keks
from keyshelf.coordination.limiter import RateLimit
from keyshelf.database.pool import Database
from keyshelf.delivery import key_ring
from keyshelf.delivery.key_ring import KEY_BYTES, KeyRing
from keyshelf.media.keys import tokens
from keyshelf.media.keys.service import ContentKeys
from keyshelf.settings import Settings


@dataclass(frozen=True, slots=True)
class Playback:
    """The keys of media, and how they are handed out."""

    content_keys: ContentKeys
    url_keys: KeyRing = field(repr=False)
    """Sign addresses of pictures and originals."""
    token_key: bytes = field(repr=False)
    """Signs playback tokens."""
    needs_token: bool
    """Whether streams are played with a token only."""
    key_requests: RateLimit
    """How often one token may ask for content keys."""


def open_playback(settings: Settings, secret: bytes, database: Database) -> Playback:
    """Return what media are handed out with, as the settings say."""
    return Playback(
        content_keys=ContentKeys(database, key_ring.parse(content_keks(settings))),
        url_keys=_url_keys(settings, secret),
        token_key=tokens.playback_key(secret),
        needs_token=settings.flag("KEYSHELF_SIGNED_PLAYBACK") is True,
        key_requests=RateLimit(
            "content-keys", settings.number("KEYSHELF_KEY_REQUESTS"), timedelta(minutes=1)
        ),
    )


def _url_keys(settings: Settings, secret: bytes) -> KeyRing:
    text = settings.text("KEYSHELF_URL_KEYS")
    if text is not None:
        return key_ring.parse(text)
    derived = HKDF(SHA256(), KEY_BYTES, None, b"keyshelf url signatures 1").derive(secret)
    return key_ring.of_one("0", derived)
