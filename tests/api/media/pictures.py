"""Pictures of tests, where the service finds them, and their signed addresses."""

from datetime import datetime
from io import BytesIO
from urllib.parse import quote

from PIL import Image

from keyshelf.delivery.url_signatures import Domain, sign
from keyshelf.layout.keys import ObjectKey
from keyshelf.store.base import Attributes, PutOptions
from tests.served import Served

YEAR = "public, max-age=31536000, immutable"
CHANGING = "public, no-cache"


def jpeg(width: int = 64, height: int = 48, color: str = "red") -> bytes:
    out = BytesIO()
    Image.new("RGB", (width, height), color).save(out, "JPEG")
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    return Image.open(BytesIO(data))


def put(
    shelf: Served, key: str, body: bytes, *, kind: str = "image/jpeg", role: str = "source"
) -> ObjectKey:
    options = PutOptions(Attributes(content_type=kind))
    shelf.portal.call(shelf.service.stores[role].put, ObjectKey(key), body, options)
    return ObjectKey(key)


def url(shelf: Served, text: str, domain: Domain = "img", *, ends: datetime | None = None) -> str:
    """Return an address as a host makes it that has a key."""
    signature = sign(shelf.service.playback.url_keys, domain, text, expires_at=ends)
    return f"/{domain}/{signature}/{quote(text)}"
