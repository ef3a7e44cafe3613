"""Azure's Shared Key signatures and shared access signatures. No input or output."""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from hashlib import sha256
from hmac import digest as hmac_digest
from urllib.parse import unquote

from keyshelf.store.sigv4 import Address, quote_path, quote_query

API_VERSION = "2021-12-02"
_SIGNED_HEADERS = (
    *("content-encoding", "content-language", "content-length", "content-md5", "content-type"),
    *("date", "if-modified-since", "if-match", "if-none-match", "if-unmodified-since", "range"),
)


@dataclass(frozen=True, slots=True)
class SharedKey:
    """An account and its key."""

    account: str
    key: str = field(repr=False)
    """In base64, as Azure shows it."""

    def sign(self, text: str) -> str:
        """Return the signature of a text, in base64."""
        return b64encode(hmac_digest(b64decode(self.key), text.encode(), sha256)).decode()


@dataclass(frozen=True, slots=True)
class AccessSignature:
    """What a shared access signature of one blob allows. An empty text leaves a field out."""

    permissions: str
    expires_at: datetime
    content_disposition: str = ""
    content_type: str = ""


def sign_headers(
    key: SharedKey,
    method: str,
    target: str,
    *,
    headers: Mapping[str, str],
    size: int,
    at: datetime,
) -> dict[str, str]:
    """Return `headers` with what proves that we sent them. Names are in lower case."""
    sent = {
        **headers,
        "x-ms-date": format_datetime(at, usegmt=True),
        "x-ms-version": API_VERSION,
    }
    covered = {**sent, "content-length": str(size) if size else ""}
    plain = "".join(f"{covered.get(name, '')}\n" for name in _SIGNED_HEADERS)
    own = "".join(f"{name}:{sent[name]}\n" for name in sorted(sent) if name.startswith("x-ms-"))
    path, _, query = target.partition("?")
    resource = f"/{key.account}{path}"
    pairs = sorted(each.partition("=") for each in query.split("&")) if query else []
    resource += "".join(f"\n{name.lower()}:{unquote(value)}" for name, _, value in pairs)
    signature = key.sign(f"{method}\n{plain}{own}{resource}")
    sent["authorization"] = f"SharedKey {key.account}:{signature}"
    return sent


def signed_url(
    key: SharedKey,
    address: Address,
    *,
    container: str,
    blob: str,
    allowed: AccessSignature,
    query: Mapping[str, str],
) -> str:
    """Return a URL that allows what the signature says on one blob."""
    expiry = allowed.expires_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    fields = [
        *(allowed.permissions, "", expiry, f"/blob/{key.account}/{container}/{blob}"),
        *("", "", "", API_VERSION, "b", "", ""),
        *("", allowed.content_disposition, "", "", allowed.content_type),
    ]
    parameters = {
        **query,
        "sv": API_VERSION,
        "se": expiry,
        "sr": "b",
        "sp": allowed.permissions,
        "rscd": allowed.content_disposition,
        "rsct": allowed.content_type,
        "sig": key.sign("\n".join(fields)),
    }
    written = "&".join(
        f"{name}={quote_query(value)}" for name, value in parameters.items() if value
    )
    return f"{address.origin}{address.base}/{quote_path(blob)}?{written}"
