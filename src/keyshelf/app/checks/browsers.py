"""What a browser needs of a store: signed URLs, the same time, and a CORS rule."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import httpx2

from keyshelf.app.checks.values import Check, failed, ok, warning
from keyshelf.clock import Clock
from keyshelf.layout.keys import ObjectKey
from keyshelf.store.base import Condition, ObjectStore, PresignOptions

_TIMEOUT = 10.0  # seconds
_CONTENT = b"keyshelf doctor, by a signed URL\n"
_METHODS = ["GET", "HEAD", "PUT"]
_EXPOSED = ["ETag", "Content-Range", "Content-Length", "Content-Disposition"]
_RULE_SECONDS = 3600
_SUSPICIOUS_SKEW = timedelta(minutes=1)
_REFUSED_SKEW = timedelta(minutes=5)  # S3 refuses 15 minutes; a clock that drifts gets there


@dataclass(frozen=True, slots=True)
class Asked:
    """Which store is asked, for which page, by which object."""

    role: str
    bucket: str
    public_url: str
    key: ObjectKey
    endpoint: str | None = None
    """Where the store's own API is, when it is not its maker's."""

    @property
    def origin(self) -> str:
        """Where the page is served from, as browsers name it."""
        parts = urlsplit(self.public_url)
        return f"{parts.scheme}://{parts.netloc}"


async def check_signed_urls(
    store: ObjectStore, asked: Asked, *, clock: Clock
) -> AsyncIterator[Check]:
    """Upload and download one small object as the page does; it is deleted afterwards."""
    name = f"{asked.role} store, signed URLs"
    upload = PresignOptions(content_type="text/plain", condition=Condition.CREATE)
    put = await store.presign("PUT", asked.key, upload)
    get = await store.presign("GET", asked.key)
    origin = {"Origin": asked.origin}
    try:
        async with httpx2.AsyncClient(timeout=_TIMEOUT) as browser:
            written = await browser.put(
                put.url, content=_CONTENT, headers={**put.headers, **origin}
            )
            read = await browser.get(get.url, headers=origin)
            allowed = await browser.options(
                put.url,
                headers={
                    **origin,
                    "Access-Control-Request-Method": "PUT",
                    "Access-Control-Request-Headers": ",".join(sorted(put.headers)).lower(),
                },
            )
    except httpx2.HTTPError as error:
        address = urlsplit(put.url).netloc
        fix = f"mend {asked.role.upper()}_S3_PUBLIC_ENDPOINT: browsers must reach {address}"
        yield failed(name, f"{address} does not answer: {error}", fix=fix)
        return
    finally:
        await store.delete(asked.key)
    yield _round_trip(name, asked, written, read)
    yield _clock(asked, read, clock)
    yield _cors(asked, store.capabilities.kind, allowed, read)


def _round_trip(name: str, asked: Asked, written: httpx2.Response, read: httpx2.Response) -> Check:
    if written.is_success and read.content == _CONTENT:
        return ok(name, "one object went up and came down by signed URLs")
    refused = written if not written.is_success else read
    detail = f"{refused.request.method} answered {refused.status_code}: {refused.text[:200]}"
    fix = f"mend the keys, the region or the endpoint of the {asked.role} store"
    return failed(name, " ".join(detail.split()), fix=fix)


def _clock(asked: Asked, answer: httpx2.Response, clock: Clock) -> Check:
    name = f"{asked.role} store, clock"
    told = answer.headers.get("date")
    if told is None:
        return ok(name, "the store tells no time")
    skew = abs(clock() - parsedate_to_datetime(told))
    found = f"{skew.total_seconds():.0f} s between this machine and the store"
    fix = "set this machine's clock, and keep it by NTP: stores refuse signatures of another time"
    if skew > _REFUSED_SKEW:
        return failed(name, found, fix=fix)
    if skew > _SUSPICIOUS_SKEW:
        return warning(name, found, fix=fix)
    return ok(name, found)


def _cors(asked: Asked, kind: str, preflight: httpx2.Response, answer: httpx2.Response) -> Check:
    name = f"{asked.role} store, CORS"
    lacking = list(_lacking(asked, preflight, answer))
    if lacking:
        detail = f"browsers at {asked.origin} are refused: {'; '.join(lacking)}"
        return failed(name, detail, fix=cors_fix(kind, asked))
    return ok(name, f"browsers at {asked.origin} may upload and see ETags")


def _lacking(asked: Asked, preflight: httpx2.Response, answer: httpx2.Response) -> list[str]:
    found: list[str] = []
    if not preflight.is_success:
        found.append(f"the preflight of PUT answered {preflight.status_code}")
    elif "PUT" not in _words(preflight, "access-control-allow-methods", upper=True):
        found.append("PUT is not allowed")
    if not _words(answer, "access-control-allow-origin") & {"*", asked.origin}:
        found.append("answers do not allow the origin")
    if not _words(answer, "access-control-expose-headers", upper=True) & {"*", "ETAG"}:
        found.append("ETag is not exposed")
    return found


def _words(answer: httpx2.Response, header: str, *, upper: bool = False) -> set[str]:
    text = answer.headers.get(header, "")
    return {word.strip() for word in (text.upper() if upper else text).split(",")}


def cors_fix(kind: str, asked: Asked) -> str:
    """Return the command that lets the page use the store, with the rule in it."""
    name, origin = urlsplit(asked.bucket).netloc or asked.bucket, asked.origin
    if kind == "gcs":
        rule: dict[str, object] = {
            "origin": [origin],
            "method": _METHODS,
            "responseHeader": ["Content-Type", "x-goog-if-generation-match", *_EXPOSED],
            "maxAgeSeconds": _RULE_SECONDS,
        }
        return (
            f"write {json.dumps([rule])} to cors.json and run"
            f" `gcloud storage buckets update gs://{name} --cors-file=cors.json`"
        )
    if kind == "azure":
        return (
            f"run `az storage cors add --services b --methods {' '.join(_METHODS)}"
            f" --origins {origin} --allowed-headers '*' --exposed-headers '*'"
            f" --max-age {_RULE_SECONDS}`"
        )
    rule = {
        "AllowedOrigins": [origin],
        "AllowedMethods": _METHODS,
        "AllowedHeaders": ["*"],
        "ExposeHeaders": _EXPOSED,
        "MaxAgeSeconds": _RULE_SECONDS,
    }
    server = f" --endpoint-url {asked.endpoint}" if asked.endpoint else ""
    return (
        f"run `aws s3api put-bucket-cors{server} --bucket {name}"
        f" --cors-configuration '{json.dumps({'CORSRules': [rule]})}'`,"
        " or allow the same in the server's own settings"
    )
