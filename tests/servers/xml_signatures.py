"""How the fake reads a signature: written from the algorithm's description, apart from ours."""

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, quote, unquote

ACCESS_KEY, SECRET_KEY = "GOOG1EKEYSHELF", "a-secret-of-the-tests"


class FailureError(Exception):
    def __init__(self, status: int, code: str, more: str = "") -> None:
        super().__init__(code)
        self.status, self.code, self.more = status, code, more


@dataclass(frozen=True)
class SignedRequest:
    """A request as it came in. Header names are in lower case."""

    dialect: str
    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def prefix(self) -> str:
        return "x-amz-" if self.dialect == "AWS4" else "x-goog-"

    def check(self, now: datetime) -> None:
        """Raise `FailureError` unless the request is signed, by URL or by header."""
        title = self.prefix.title()
        parameters = dict(parse_qsl(self.query, keep_blank_values=True))
        if f"{title}Signature" in parameters:
            self._check_query(title, parameters, now)
        else:
            self._check_headers()

    def _check_headers(self) -> None:
        pattern = r"(\S+) Credential=([^/]+)/(\S+), SignedHeaders=(\S+), Signature=(\w+)"
        found = re.fullmatch(pattern, self.headers.get("authorization", ""))
        if not found:
            raise FailureError(403, "AccessDenied")
        _, access_key, scope, names, signature = found.groups()
        payload = self.headers[f"{self.prefix}content-sha256"]
        if payload not in {"UNSIGNED-PAYLOAD", hashlib.sha256(self.body).hexdigest()}:
            raise FailureError(400, "XAmzContentSHA256Mismatch")
        own = {name for name in self.headers if name.startswith(self.prefix)}
        if own - set(names.split(";")):
            raise FailureError(403, "AccessDenied")
        canonical = self._canonical(self.query, names, payload)
        stamp = self.headers[f"{self.prefix}date"]
        _compare(access_key, signature, self._signature(scope, stamp, canonical))

    def _check_query(self, title: str, parameters: Mapping[str, str], now: datetime) -> None:
        access_key, _, scope = parameters[f"{title}Credential"].partition("/")
        stamp, names = parameters[f"{title}Date"], parameters[f"{title}SignedHeaders"]
        start = datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        if start + timedelta(seconds=int(parameters[f"{title}Expires"])) < now:
            raise FailureError(403, "AccessDenied")
        pairs = [
            pair for pair in self.query.split("&") if not pair.startswith(f"{title}Signature=")
        ]
        canonical = self._canonical("&".join(pairs), names, "UNSIGNED-PAYLOAD")
        given = parameters[f"{title}Signature"]
        _compare(access_key, given, self._signature(scope, stamp, canonical))

    def _canonical(self, query: str, names: str, payload: str) -> str:
        # Decoded and encoded again, as the providers do.
        path = quote(unquote(self.path), safe="/~")
        pairs = sorted(
            (quote(name, safe="-_.~"), quote(value, safe="-_.~"))
            for name, value in parse_qsl(query, keep_blank_values=True)
        )
        listed = "&".join(f"{name}={value}" for name, value in pairs)
        headers = "".join(
            f"{name}:{' '.join(self.headers.get(name, '').split())}\n" for name in names.split(";")
        )
        return f"{self.method}\n{path}\n{listed}\n{headers}\n{names}\n{payload}"

    def _signature(self, scope: str, stamp: str, canonical: str) -> str:
        day, region, service, terminator = scope.split("/")
        wanted = "s3" if self.dialect == "AWS4" else "storage"
        if (service, terminator) != (wanted, f"{self.dialect.lower()}_request"):
            raise FailureError(403, "SignatureDoesNotMatch")
        key = f"{self.dialect}{SECRET_KEY}".encode()
        for word in (day, region, service, terminator):
            key = hmac.new(key, word.encode(), hashlib.sha256).digest()
        digest = hashlib.sha256(canonical.encode()).hexdigest()
        text = f"{self.dialect}-HMAC-SHA256\n{stamp}\n{scope}\n{digest}"
        return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def _compare(access_key: str, given: str, wanted: str) -> None:
    if access_key != ACCESS_KEY:
        raise FailureError(403, "InvalidAccessKeyId")
    if not hmac.compare_digest(given, wanted):
        raise FailureError(403, "SignatureDoesNotMatch")
