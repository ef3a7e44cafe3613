"""Signed, expiring requests for the stores that Keyshelf serves itself.

    {public_url}/signed/{role}?key=…&method=…&expires=…[&type=…][&disposition=…]
        [&length=…][&upload_id=…&part=…][&condition=create][&sha256=…]
        [&metadata=…][&tags=…]&signature=…

`sha256` is in hex, metadata and tags are JSON objects.

The signature is HMAC-SHA-256 in hex over the role and every other parameter, so
nothing in the URL can be changed, added or left out.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import quote

from keyshelf.clock import Clock, system_clock
from keyshelf.errors import ForbiddenError, InvalidInputError
from keyshelf.layout.keys import ObjectKey
from keyshelf.store.base import Condition, PresignOptions, SignedRequest
from keyshelf.store.checks import check_header_text, check_key, check_presign
from keyshelf.store.sigv4 import quote_query

MIN_SECRET_BYTES = 16
_PARAMETERS = frozenset(
    {
        *("key", "method", "expires", "type", "disposition", "length", "upload_id", "part"),
        *("condition", "sha256", "metadata", "tags"),
    }
)
_JSON = json.JSONEncoder(separators=(",", ":"))
_CREATE_ONLY = {"If-None-Match": "*"}


class SignatureInvalidError(ForbiddenError):
    """The URL was not signed by this service, or was changed. Ask for a new one."""

    code = "signature-invalid"


class SignatureExpiredError(ForbiddenError):
    """The URL was right and its time is over. Ask for a new one."""

    code = "signature-expired"


class SignedHeadersError(ForbiddenError):
    """The request differs in type, length or condition from the one that was signed."""

    code = "signed-headers-differ"


@dataclass(frozen=True, slots=True)
class VerifiedRequest:
    """What a request whose signature holds may do."""

    method: str
    key: ObjectKey
    expires_at: datetime
    content_type: str | None = None
    """GET, HEAD: the type to answer with instead of the object's. PUT: the type it gets."""
    content_disposition: str | None = None
    """GET, HEAD: the `Content-Disposition` to answer with."""
    content_length: int | None = None
    """PUT: the exact size of the body, known from its header before it is read."""
    upload_id: str | None = None
    part_number: int | None = None
    """PUT of one part: both set."""
    condition: Condition = Condition.ALWAYS
    """PUT: when the object may be written."""
    sha256: bytes | None = None
    """PUT: the hash that the body must have; whoever takes the body looks."""
    metadata: Mapping[str, str] = field(default_factory=dict[str, str])
    tags: Mapping[str, str] = field(default_factory=dict[str, str])
    """PUT: what the object gets with its bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalSigner:
    """Signs requests to one store of this service, and checks them again."""

    secret: bytes
    """At least 16 bytes; whoever has it can read and write the whole store."""
    public_url: str
    """Where browsers reach this service, without a path: `https://files.example.com`."""
    role: str
    """Which store: `source`, `media`, `repository`. One store's URLs are no good for another."""
    clock: Clock = system_clock

    def __post_init__(self) -> None:
        if len(self.secret) < MIN_SECRET_BYTES:
            raise InvalidInputError(f"a signing secret has at least {MIN_SECRET_BYTES} bytes")

    def sign(self, method: str, key: ObjectKey, options: PresignOptions) -> SignedRequest:
        """Return a request that does one thing to one key until it expires.

        Raises `InvalidInputError` for another method than GET, HEAD and PUT, a
        lifetime of over 7 days, half of a part, or text that no header can hold.
        """
        check_key(key)
        check_presign(method, options)
        check_header_text(options.content_type or "", "a content type")
        check_header_text(options.content_disposition or "", "a content disposition")
        expires_at = (self.clock() + options.expires_in).replace(microsecond=0)
        optional = {
            "type": options.content_type,
            "disposition": options.content_disposition,
            "length": options.content_length,
            "upload_id": options.upload_id,
            "part": options.part_number,
            "condition": "create" if options.condition is Condition.CREATE else None,
            "sha256": None if options.sha256 is None else options.sha256.hex(),
            "metadata": _JSON.encode(dict(options.metadata)) if options.metadata else None,
            "tags": _JSON.encode(dict(options.tags)) if options.tags else None,
        }
        query = {
            "key": key,
            "method": method,
            "expires": str(int(expires_at.timestamp())),
            **{name: str(value) for name, value in optional.items() if value is not None},
        }
        query["signature"] = self._signature(query)
        encoded = "&".join([f"{name}={quote_query(value)}" for name, value in query.items()])
        headers: dict[str, str] = {}
        if method == "PUT" and options.content_type is not None:
            headers["Content-Type"] = options.content_type
        if options.condition is Condition.CREATE:
            headers |= _CREATE_ONLY
        return SignedRequest(
            method=method,
            url=f"{self.public_url.rstrip('/')}/signed/{quote(self.role)}?{encoded}",
            headers=headers,
            expires_at=expires_at,
        )

    def verify(
        self,
        method: str,
        query: Sequence[tuple[str, str]],
        headers: Mapping[str, str],
        now: datetime,
    ) -> VerifiedRequest:
        """Return what a request may do.

        `query` holds its decoded parameters, all of them, in any order; the names
        in `headers` are lower-case. Raises `SignatureInvalidError`,
        `SignatureExpiredError`, `SignedHeadersError`.
        """
        given = dict(query)
        signature = given.pop("signature", "")
        # Compared before anything is parsed: what follows reads only our own words.
        genuine = hmac.compare_digest(signature.encode(), self._signature(given).encode())
        if not genuine or len(given) + 1 != len(query) or not given.keys() <= _PARAMETERS:
            raise SignatureInvalidError("the signature does not fit the request")
        if given["method"] != method:
            raise SignatureInvalidError(f"the URL was signed for {given['method']}, not {method}")
        expires_at = datetime.fromtimestamp(int(given["expires"]), UTC)
        if now >= expires_at:
            raise SignatureExpiredError(f"the URL expired at {expires_at.isoformat()}")
        length, part = given.get("length"), given.get("part")
        verified = VerifiedRequest(
            method=method,
            key=ObjectKey(given["key"]),
            expires_at=expires_at,
            content_type=given.get("type"),
            content_disposition=given.get("disposition"),
            content_length=None if length is None else int(length),
            upload_id=given.get("upload_id"),
            part_number=None if part is None else int(part),
            condition=Condition(given.get("condition", Condition.ALWAYS.value)),
            sha256=bytes.fromhex(given["sha256"]) if "sha256" in given else None,
            metadata=json.loads(given.get("metadata", "{}")),
            tags=json.loads(given.get("tags", "{}")),
        )
        if method == "PUT":
            _check_headers(verified, headers)
        return verified

    def _signature(self, query: Mapping[str, str]) -> str:
        # JSON keeps names and values apart whatever characters they hold.
        text = json.dumps(["keyshelf-signed-1", self.role, sorted(query.items())])
        return hmac.new(self.secret, text.encode(), hashlib.sha256).hexdigest()


def _check_headers(verified: VerifiedRequest, headers: Mapping[str, str]) -> None:
    sent_type = headers.get("content-type")
    if verified.content_type is not None and sent_type != verified.content_type:
        raise SignedHeadersError(f"the Content-Type must be {verified.content_type!r}")
    # The signature alone would do: asked for all the same, as every other store asks.
    if verified.condition is Condition.CREATE and headers.get("if-none-match") != "*":
        raise SignedHeadersError("the If-None-Match must be '*'")
    if verified.content_length is None:
        return
    if headers.get("content-length") != str(verified.content_length):
        raise SignedHeadersError(f"the body must have {verified.content_length} bytes")
