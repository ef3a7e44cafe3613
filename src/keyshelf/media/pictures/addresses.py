"""Signed addresses of pictures, originals and what was made: read, and written.

    /img/{signature}/{options}/{source}.{format}
    /original/{signature}/{source}
    /thumb/{signature}/{key}

What is signed is the text behind the signature as it is after one percent-decoding, so
`%2F` is a slash. `docs/reference/image-urls.md` describes them for those who sign.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, unquote_to_bytes

from keyshelf.delivery.key_ring import KeyRing
from keyshelf.delivery.url_signatures import Domain, UrlSignatureError, signing, verify
from keyshelf.layout.keys import ObjectKey
from keyshelf.media.images.grammar import options_text
from keyshelf.media.images.options import ImageOptions


@dataclass(frozen=True, slots=True)
class SignedText:
    """What somebody with a key signed, and until when it holds; None is for ever."""

    text: str
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class PictureAddress:
    """What the address of a picture asks for."""

    options: str
    """As they are written: the reader of options judges them."""
    source: ObjectKey
    extension: str


@dataclass(frozen=True, slots=True)
class Signer:
    """Makes addresses that this service serves."""

    base: str
    """Where browsers reach the service, without a slash at the end."""
    ring: KeyRing

    def picture_url(
        self,
        source: ObjectKey,
        options: ImageOptions,
        extension: str,
        *,
        expires_at: datetime | None = None,
    ) -> str:
        """Return the address of a picture made of a source; `extension` may be `auto`."""
        text = f"{options_text(options)}/{source}.{extension}"
        return self._urls("img", expires_at)(text)

    def original_url(self, source: ObjectKey, *, expires_at: datetime | None = None) -> str:
        """Return the address of a source as it is."""
        return self._urls("original", expires_at)(source)

    def thumb_urls(self, *, expires_at: datetime | None = None) -> Callable[[ObjectKey], str]:
        """Return what tells the addresses of pictures in the media store; lists ask for many."""
        return self._urls("thumb", expires_at)

    def _urls(self, domain: Domain, expires_at: datetime | None) -> Callable[[str], str]:
        signature = signing(self.ring, domain, expires_at=expires_at)
        begin = f"{self.base}/{domain}/"
        return lambda text: f"{begin}{signature(text)}/{quote(text)}"


def read_signed(raw_path: bytes, domain: Domain, ring: KeyRing, *, now: datetime) -> SignedText:
    """Return what was signed in the path of an address, as it came over the wire.

    Raises `UrlSignatureError`, whatever is wrong with it, and `UrlExpiredError`.
    """
    parts = raw_path.split(b"/", 3)
    try:
        signature, text = parts[2].decode("ascii"), unquote_to_bytes(parts[3]).decode("utf-8")
    except (IndexError, UnicodeDecodeError) as error:
        raise UrlSignatureError("the address is not signed by this service") from error
    return SignedText(text, verify(ring, domain, text, signature, now=now))


def picture_address(text: str) -> PictureAddress:
    """Read `{options}/{source}.{format}`; what is missing is empty."""
    options, _, rest = text.partition("/")
    source, _, extension = rest.rpartition(".")
    return PictureAddress(options, ObjectKey(source), extension)
