"""Signature Version 4: presigned URLs and signed headers. No input or output.

The same algorithm signs for two services, see `Dialect`: S3 and everything that
speaks its protocol, and Google Cloud Storage's XML API with HMAC keys.

Keys are encoded as they are: no dot segment is resolved and no slash merged, as
S3 wants it. Note that browsers resolve `.` and `..` segments of any URL by
themselves, so a presigned URL of such a key works only in clients that do not.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from hmac import digest as hmac_digest
from typing import Literal
from urllib.parse import urlsplit

from keyshelf.errors import InvalidInputError

UNSIGNED_PAYLOAD = "UNSIGNED-PAYLOAD"
"""In place of a body's hash: the body may be anything."""
MAX_EXPIRY_SECONDS = 7 * 24 * 3600

_BLOCK_BYTES = 64
_UNRESERVED = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
_QUERY_TABLE = tuple(chr(b) if b in _UNRESERVED else f"%{b:02X}" for b in range(256))
_PATH_TABLE = tuple("/" if b == 0x2F else _QUERY_TABLE[b] for b in range(256))
_PLAIN_PATH = re.compile(r"[A-Za-z0-9\-._~/]*").fullmatch
_PLAIN_QUERY = re.compile(r"[A-Za-z0-9\-._~]*").fullmatch


@dataclass(frozen=True, slots=True)
class Credentials:
    """The keys that requests are signed with."""

    access_key: str
    secret_key: str = field(repr=False)
    session_token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Dialect:
    """The words in which a service spells the same algorithm."""

    name: Literal["AWS4", "GOOG4"]
    service: str
    prefix: str
    """What the service's own headers start with, in lower case; its parameters in title case."""

    @property
    def algorithm(self) -> str:
        """The value of the algorithm parameter."""
        return f"{self.name}-HMAC-SHA256"

    @property
    def terminator(self) -> str:
        """The last word of a credential scope."""
        return f"{self.name.lower()}_request"


AWS = Dialect("AWS4", "s3", "x-amz-")
GOOGLE = Dialect("GOOG4", "storage", "x-goog-")


@dataclass(frozen=True, slots=True)
class Address:
    """Where a bucket is: `https://host/bucket` (path style) or `https://bucket.host`."""

    scheme: str
    host: str
    base: str
    """What stands before the key's slash in the path, encoded."""

    @classmethod
    def of(cls, endpoint: str, bucket: str, *, path_style: bool) -> "Address":
        """Return a bucket's address at an endpoint such as `https://s3.example.com:9000`.

        Default ports are left out of the host, as HTTP clients do, because the
        host is signed. Raises `InvalidInputError` for what is not an HTTP address.
        """
        parts = urlsplit(endpoint)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query:
            raise InvalidInputError("an endpoint is http://host[:port] or https://host[:port]")
        host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        default_port = 443 if parts.scheme == "https" else 80
        port = f":{parts.port}" if parts.port not in {None, default_port} else ""
        base = parts.path.rstrip("/")
        if path_style:
            return cls(parts.scheme, host + port, f"{base}/{quote_path(bucket)}")
        return cls(parts.scheme, f"{bucket}.{host}{port}", base)

    @property
    def origin(self) -> str:
        """Scheme and host, without a slash at the end."""
        return f"{self.scheme}://{self.host}"

    def target(self, key: str | None = None, query: Mapping[str, str] | None = None) -> str:
        """Return the path and query of a request on `key`, or on the bucket for None."""
        path = f"{self.base}/{quote_path(key)}" if key is not None else self.base or "/"
        if not query:
            return path
        pairs = [f"{quote_query(name)}={quote_query(value)}" for name, value in query.items()]
        return f"{path}?{'&'.join(pairs)}"


def quote_path(text: str) -> str:
    """Percent-encode everything but unreserved characters and slashes."""
    if _PLAIN_PATH(text):
        return text
    return "".join([_PATH_TABLE[byte] for byte in text.encode()])


def quote_query(text: str) -> str:
    """Percent-encode everything but unreserved characters."""
    if _PLAIN_QUERY(text):
        return text
    return "".join([_QUERY_TABLE[byte] for byte in text.encode()])


# There are as many lists of signed names as there are kinds of requests.
_quote_names = lru_cache(maxsize=64)(quote_query)


@lru_cache(maxsize=512)
def _quote_pair(name: str, value: str) -> tuple[str, str]:
    # Remembered, because the same few headers and upload ids are signed again and again.
    return quote_query(name), quote_query(value)


@dataclass(frozen=True, slots=True)
class _Moment:
    """What depends only on the second in which requests are signed."""

    second: int
    stamp: str
    scope: str
    string_prefix: str
    query_prefix: str


class Signer:
    """Signs requests to one bucket. Keeps the derived key for as long as its day lasts."""

    def __init__(
        self, credentials: Credentials, *, region: str, address: Address, dialect: Dialect = AWS
    ) -> None:
        self.address = address
        self._credentials = credentials
        self._dialect = dialect
        self._scope_end = f"{region}/{dialect.service}/{dialect.terminator}"
        self._key_path = (region, dialect.service, dialect.terminator)
        self._day = ""
        self._inner = self._outer = sha256()
        self._moment: _Moment | None = None
        self._url_prefix = f"{address.origin}{address.base}/"
        self._path_prefix = f"{address.base}/"
        self._host_block = f"\nhost:{address.host}\n\nhost\n{UNSIGNED_PAYLOAD}"
        title = dialect.prefix.title()
        self._signed_names = f"&{title}SignedHeaders="
        token = credentials.session_token
        self._token = f"{title}Security-Token={quote_query(token)}" if token else ""
        # In the canonical order the token stands before the signed names, in the URL
        # after them, where botocore puts it.
        self._canonical_token = f"&{self._token}" if token else ""
        self._signature_name = f"{self._canonical_token}&{title}Signature="
        self._last_name = f"{title}SignedHeaders"

    def presign(
        self,
        method: str,
        key: str,
        *,
        at: datetime,
        expires_in: int = 3600,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> str:
        """Return a URL that allows one kind of request on `key` for `expires_in` seconds.

        `headers` must be sent exactly so. The parameters keep their order in the URL.
        Raises `InvalidInputError` for an expiry outside one second to seven days.
        """
        if not 0 < expires_in <= MAX_EXPIRY_SECONDS:
            raise InvalidInputError("a presigned URL lives from one second to seven days")
        moment = self._at(at)
        quoted = quote_path(key)
        start = f"{moment.query_prefix}{expires_in}"
        if headers:
            block, names = _canonical_headers(headers, self.address.host)
            block = f"\n{block}\n{names}\n{UNSIGNED_PAYLOAD}"
            names = f"{self._signed_names}{_quote_names(names)}"
        else:
            block, names = self._host_block, f"{self._signed_names}host"
        canonical_query = f"{start}{self._canonical_token}{names}"
        extra = ""
        if query:
            pairs = [_quote_pair(name, value) for name, value in query.items()]
            extra = "&".join([f"{name}={value}" for name, value in pairs]) + "&"
            canonical_query = self._merged(pairs, canonical_query)
        canonical = f"{method}\n{self._path_prefix}{quoted}\n{canonical_query}{block}"
        to_sign = f"{moment.string_prefix}{sha256(canonical.encode()).hexdigest()}"
        signature = self._seal(to_sign)
        return f"{self._url_prefix}{quoted}?{extra}{start}{names}{self._signature_name}{signature}"

    def sign_headers(
        self,
        method: str,
        target: str,
        *,
        at: datetime,
        headers: Mapping[str, str],
        payload_hash: str = UNSIGNED_PAYLOAD,
    ) -> dict[str, str]:
        """Return `headers` with what proves that we sent them, `Authorization` included.

        `target` is the request's path and query as `Address.target` builds them; header names
        are in lower case. Every header given is signed.
        """
        moment = self._at(at)
        prefix = self._dialect.prefix
        sent = dict(headers)
        sent[f"{prefix}date"] = moment.stamp
        sent[f"{prefix}content-sha256"] = payload_hash
        if self._credentials.session_token:
            sent[f"{prefix}security-token"] = self._credentials.session_token
        block, names = _canonical_headers(sent, self.address.host)
        path, _, query = target.partition("?")
        pairs = sorted(_pair(each) for each in query.split("&")) if query else []
        canonical_query = "&".join(f"{name}={value}" for name, value in pairs)
        canonical = f"{method}\n{path}\n{canonical_query}\n{block}\n{names}\n{payload_hash}"
        to_sign = f"{moment.string_prefix}{sha256(canonical.encode()).hexdigest()}"
        signature = self._seal(to_sign)
        sent["authorization"] = (
            f"{self._dialect.algorithm} "
            f"Credential={self._credentials.access_key}/{moment.scope}, "
            f"SignedHeaders={names}, Signature={signature}"
        )
        return sent

    def _merged(self, pairs: list[tuple[str, str]], canonical_query: str) -> str:
        pairs = sorted(pairs)
        if pairs[0][0] > self._last_name:
            after = "&".join([f"{name}={value}" for name, value in pairs])
            return f"{canonical_query}&{after}"
        pairs = sorted(pairs + [_pair(each) for each in canonical_query.split("&")])
        return "&".join([f"{name}={value}" for name, value in pairs])

    def _at(self, at: datetime) -> _Moment:
        second = int(at.timestamp())
        moment = self._moment
        if moment is None or moment.second != second:
            moment = self._moment = self._new_moment(second)
        return moment

    def _new_moment(self, second: int) -> _Moment:
        stamp = datetime.fromtimestamp(second, UTC).strftime("%Y%m%dT%H%M%SZ")
        day = stamp[:8]
        if self._day != day:
            key = self._derive_key(day).ljust(_BLOCK_BYTES, b"\0")
            self._inner = sha256(bytes(byte ^ 0x36 for byte in key))
            self._outer = sha256(bytes(byte ^ 0x5C for byte in key))
            self._day = day
        scope = f"{day}/{self._scope_end}"
        algorithm = self._dialect.algorithm
        title = self._dialect.prefix.title()
        credential = quote_query(f"{self._credentials.access_key}/{scope}")
        return _Moment(
            second=second,
            stamp=stamp,
            scope=scope,
            string_prefix=f"{algorithm}\n{stamp}\n{scope}\n",
            query_prefix=(
                f"{title}Algorithm={algorithm}&{title}Credential={credential}"
                f"&{title}Date={stamp}&{title}Expires="
            ),
        )

    def _seal(self, to_sign: str) -> str:
        # HMAC-SHA256 from states that hold the day's key already: half the time of
        # keying it again for each signature.
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(to_sign.encode())
        outer.update(inner.digest())
        return outer.hexdigest()

    def _derive_key(self, day: str) -> bytes:
        key = f"{self._dialect.name}{self._credentials.secret_key}".encode()
        for word in (day, *self._key_path):
            key = hmac_digest(key, word.encode(), "sha256")
        return key


def _pair(encoded: str) -> tuple[str, str]:
    name, _, value = encoded.partition("=")
    return name, value


def _canonical_headers(headers: Mapping[str, str], host: str) -> tuple[str, str]:
    lines = [(name.lower(), " ".join(value.split())) for name, value in headers.items()]
    lines.append(("host", host))
    lines.sort()
    return (
        "".join([f"{name}:{value}\n" for name, value in lines]),
        ";".join([name for name, _ in lines]),
    )
