"""Pictures that are in memory, answered before the framework: most of what is asked for.

What the framework does for a request takes longer than all of it takes here. Nothing is decided
here. An address that was answered just now is answered the same way
while its signature holds, its source is known to be as it was, and the picture is in memory;
whatever else comes goes on to its route, which notes what it answered. Such answers are in the
metrics, and have no line in the log.
"""

import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from starlette.types import ASGIApp, Receive, Scope, Send

from keyshelf.api.pictures import Term
from keyshelf.clock import Clock, system_clock
from keyshelf.layout.keys import ObjectKey
from keyshelf.layout.media import ProcessingHash
from keyshelf.media.pictures.service import Found, Pictures
from keyshelf.media.pictures.values import Picture
from keyshelf.media.source_versions import SourceVersion
from keyshelf.telemetry import Metrics

PICTURE_PATH = "/img/{signature}/{address:path}"
_PREFIX = b"/img/"
_MOST = 20_000
_JUDGED_ELSEWHERE = frozenset(
    {b"range", b"if-match", b"if-modified-since", b"if-unmodified-since", b"if-range"}
)

Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class _Known:
    """How an address was answered. It does not hold the picture: only the memory does."""

    source: ObjectKey
    version: SourceVersion
    name: ProcessingHash
    term: Term
    headers: Headers


class WarmAddresses:
    """Addresses that were answered, by what tells their answers apart."""

    def __init__(self) -> None:
        # By path, and by `Accept` where another one gets another format.
        self._known: OrderedDict[tuple[bytes, bytes | None], _Known] = OrderedDict()

    def note(
        self,
        raw_path: bytes,
        accept: str | None,
        found: Found,
        term: Term,
        headers: Mapping[str, str],
    ) -> None:
        """Remember how a GET of a whole picture was answered."""
        raw = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()]
        known = _Known(
            found.picture.source,
            found.version,
            found.picture.name,
            term,
            [each for each in raw if each[0] != b"cache-control"],
        )
        varies = (accept or "").encode("latin-1") if found.varies else None
        self._known[raw_path, varies] = known
        if len(self._known) > _MOST:
            self._known.popitem(last=False)

    def recall(self, raw_path: bytes, accept: bytes) -> _Known | None:
        """Return how an address was answered."""
        return self._known.get((raw_path, None)) or self._known.get((raw_path, accept))


class WarmPictures:
    """Answers what it can of warm addresses, and leaves the rest to the application."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        pictures: Pictures,
        addresses: WarmAddresses,
        metrics: Metrics,
        clock: Clock = system_clock,
    ) -> None:
        self._app = app
        self._pictures = pictures
        self._addresses = addresses
        self._clock = clock
        self._seconds = {
            status: metrics.http_duration.labels(PICTURE_PATH, "GET", str(status))
            for status in (200, 304)
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        raw_path: bytes = scope.get("raw_path") or b""
        if not raw_path.startswith(_PREFIX) or scope.get("method") != "GET":
            await self._app(scope, receive, send)
            return
        began, now = time.perf_counter(), self._clock()
        found = self._recall(raw_path, scope["headers"], now)
        if found is None:
            await self._app(scope, receive, send)
            return
        known, picture, is_known_to_reader = found
        headers = [*known.headers, (b"cache-control", known.term.caching(now).encode())]
        status, body = 200, picture.data
        if is_known_to_reader:
            headers = [each for each in headers if not each[0].startswith(b"content-")]
            status, body = 304, b""
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})
        self._seconds[status].observe(time.perf_counter() - began)

    def _recall(
        self, raw_path: bytes, headers: Headers, now: datetime
    ) -> tuple[_Known, Picture, bool] | None:
        accept = seen_tag = None
        for name, value in headers:
            if name in _JUDGED_ELSEWHERE:
                return None
            if name == b"accept":
                # Lists may come in several headers: the first is what a route is shown.
                accept = accept or value
            elif name == b"if-none-match":
                seen_tag = value
        known = self._addresses.recall(raw_path, accept or b"")
        if known is None or not known.term.holds(now):
            return None
        picture = self._pictures.recall(known.source, known.version, known.name)
        if picture is None or (
            seen_tag is not None and seen_tag != b'"%s"' % picture.etag.encode()
        ):
            return None
        return known, picture, seen_tag is not None
