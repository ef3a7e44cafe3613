"""Answering with an object of a store: ranges, conditions and HEAD included."""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256

from fastapi import Request, Response
from fastapi.responses import StreamingResponse

from keyshelf.delivery.answers import Answer, plan
from keyshelf.delivery.headers import Caching, Representation
from keyshelf.layout.keys import ObjectKey
from keyshelf.store.base import MAX_SMALL_BYTES, Attributes, ObjectMeta, ObjectReader, ObjectStore

ANY_PAGE: Mapping[str, str] = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Content-Range, Content-Length, Content-Disposition",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
"""What lets any page use an answer, as with a bucket whose CORS rule allows all origins."""


MAX_CHANGED_BYTES = 8 * 2**20
"""The largest object that is changed on its way out, for which it is held in memory."""


@dataclass(frozen=True, slots=True)
class Shown:
    """How an object is presented."""

    filename: str
    content_type: str | None = None
    """The object's own when None."""
    inline: bool = True
    caching: Caching = Caching.REVALIDATE
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    """Take the place of those that are given by themselves."""


def preflight(methods: str) -> Response:
    """Tell a browser that any page may send these methods, with any headers."""
    allowed = {
        "Access-Control-Allow-Methods": methods,
        "Access-Control-Allow-Headers": "*, Authorization, Range",
        "Access-Control-Max-Age": "86400",
    }
    return Response(status_code=204, headers={**ANY_PAGE, **allowed})


async def answer_with_object(
    request: Request, store: ObjectStore, key: ObjectKey, shown: Shown
) -> Response:
    """Return the answer to a GET or HEAD of an object.

    A whole GET asks the store once; a range or a HEAD first looks how long it is.
    Raises `ObjectNotFoundError`, and `ObjectChangedError` when it is replaced meanwhile.
    """
    if request.method == "GET" and "range" not in request.headers:
        return await _of_reader(request, await store.get(key), shown)
    meta = await store.head(key)
    answer = plan(
        request.method,
        request.headers,
        _representation(meta, shown),
        filename=shown.filename,
        inline=shown.inline,
        caching=shown.caching,
    )
    headers = _headers(answer, shown)
    if not answer.has_body:
        return Response(status_code=answer.status, headers=headers)
    reader = await store.get(
        key, byte_range=answer.byte_range, if_match=meta.etag if meta.size else None
    )
    return StreamingResponse(bytes_of(reader), answer.status, headers)


async def answer_with_changed(
    request: Request,
    store: ObjectStore,
    key: ObjectKey,
    shown: Shown,
    change: Callable[[bytes], bytes],
) -> Response:
    """Answer as `answer_with_object` does with what `change` makes of a small object.

    What it changes has a validator of its own. One larger than `MAX_CHANGED_BYTES` is given
    as it is.
    """
    reader = await store.get(key)
    async with reader:
        if reader.meta.size > MAX_CHANGED_BYTES:
            return await answer_with_object(request, store, key, shown)
        stored = await reader.read()
    body, shown_as = change(stored), _representation(reader.meta, shown)
    if body != stored:
        digest = sha256(body).hexdigest()[:32]
        shown_as = replace(shown_as, size=len(body), etag=digest, modified_at=None)
    answer = plan(
        request.method,
        request.headers,
        shown_as,
        filename=shown.filename,
        inline=shown.inline,
        caching=shown.caching,
    )
    wanted = answer.byte_range
    part = body[wanted.start : wanted.end] if wanted else body
    return Response(part if answer.has_body else None, answer.status, _headers(answer, shown))


async def bytes_of(reader: ObjectReader) -> AsyncIterator[bytes]:
    """Give the bytes of a reader and close it."""
    async with reader:
        async for piece in reader:
            yield piece


async def _of_reader(request: Request, reader: ObjectReader, shown: Shown) -> Response:
    meta = reader.meta
    answer = plan(
        request.method,
        request.headers,
        _representation(meta, shown),
        filename=shown.filename,
        inline=shown.inline,
        caching=shown.caching,
    )
    headers = _headers(answer, shown)
    if answer.has_body and meta.size > MAX_SMALL_BYTES:
        return StreamingResponse(bytes_of(reader), answer.status, headers)
    async with reader:
        # One answer costs less than a stream of one piece.
        body = await reader.read() if answer.has_body else None
    return Response(body, answer.status, headers)


def _headers(answer: Answer, shown: Shown) -> Mapping[str, str]:
    headers = {**answer.headers, **shown.headers}
    # How long the object may be kept is not how long the refusal of a request may.
    return headers if answer.status < 400 else {**headers, "Cache-Control": Caching.NEVER.value}


def _representation(meta: ObjectMeta, shown: Shown) -> Representation:
    attributes = meta.attributes or Attributes()
    return Representation(
        size=meta.size,
        content_type=shown.content_type or attributes.content_type,
        etag=meta.etag,
        modified_at=meta.modified_at,
    )
