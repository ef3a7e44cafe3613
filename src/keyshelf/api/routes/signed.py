"""Signed URLs of the stores that Keyshelf serves itself.

What a browser does with a presigned URL of a cloud it does here: no cookie is
looked at, the signature says all. Any page may use such a URL, as with a bucket
whose CORS rule allows all origins.
"""

from collections.abc import AsyncIterator
from hashlib import sha256

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse
from starlette.requests import ClientDisconnect

from keyshelf.api.caller import Service
from keyshelf.app.stores import LocalStore
from keyshelf.clock import system_clock
from keyshelf.delivery.answers import plan
from keyshelf.delivery.headers import Representation
from keyshelf.errors import InvalidInputError, NotFoundError
from keyshelf.store.base import (
    MAX_SMALL_BYTES,
    Attributes,
    Body,
    ObjectReader,
    ObjectStore,
    PutOptions,
)
from keyshelf.store.errors import ObjectExistsError
from keyshelf.store.local_signing import VerifiedRequest

router = APIRouter(prefix="/signed", tags=["signed"], include_in_schema=False)

_CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Content-Range, Content-Length, Content-Disposition",
}


@router.options("/{role}")
async def preflight(role: str) -> Response:
    """Tell a browser that any page may use signed URLs."""
    del role
    allowed = {
        "Access-Control-Allow-Methods": "GET, HEAD, PUT",
        "Access-Control-Allow-Headers": "*",
        "Access-Control-Max-Age": "86400",
    }
    return Response(status_code=204, headers={**_CORS, **allowed})


@router.api_route("/{role}", methods=["GET", "HEAD"])
async def read_object(service: Service, role: str, request: Request) -> Response:
    """Answer with an object's bytes: ranges, conditions and HEAD included."""
    store, wanted = _verified(service.local_stores, role, request)
    meta = await store.store.head(wanted.key)
    attributes = meta.attributes or Attributes()
    shown = Representation(
        size=meta.size,
        content_type=wanted.content_type or attributes.content_type,
        etag=meta.etag,
        modified_at=meta.modified_at,
    )
    inline = (wanted.content_disposition or "").startswith("inline")
    answer = plan(
        request.method,
        request.headers,
        shown,
        filename=wanted.key.rsplit("/", 1)[-1],
        inline=inline,
    )
    headers = {**answer.headers, **_CORS, "Cross-Origin-Resource-Policy": "cross-origin"}
    if wanted.content_disposition and "Content-Disposition" in headers:
        headers["Content-Disposition"] = wanted.content_disposition
    if not answer.has_body:
        return Response(status_code=answer.status, headers=headers)
    reader = await store.store.get(
        wanted.key, byte_range=answer.byte_range, if_match=meta.etag if meta.size else None
    )
    if meta.size <= MAX_SMALL_BYTES:
        # One answer costs less than a stream of one piece: most objects of repositories.
        async with reader:
            return Response(await reader.read(), status_code=answer.status, headers=headers)
    return StreamingResponse(_bytes_of(reader), status_code=answer.status, headers=headers)


@router.put("/{role}")
async def write_object(service: Service, role: str, request: Request) -> Response:
    """Take an object's bytes, or those of one part."""
    store, wanted = _verified(service.local_stores, role, request)
    try:
        etag = await _write(store.store, wanted, await _body(request, wanted))
    except ClientDisconnect:
        # Paused, cancelled or reloaded: nothing was kept, and nobody waits for an answer.
        return Response(status_code=400)
    except ObjectExistsError:
        return Response(status_code=412, headers=_CORS)
    return Response(status_code=200, headers={**_CORS, "ETag": f'"{etag}"'})


async def _write(store: ObjectStore, wanted: VerifiedRequest, body: Body) -> str:
    if wanted.upload_id is not None and wanted.part_number is not None:
        part = await store.upload_part(wanted.key, wanted.upload_id, wanted.part_number, body)
        return part.etag
    attributes = Attributes(
        content_type=wanted.content_type or "application/octet-stream", metadata=wanted.metadata
    )
    options = PutOptions(attributes=attributes, condition=wanted.condition, tags=wanted.tags)
    return (await store.put(wanted.key, body, options)).etag


def _verified(
    stores: dict[str, LocalStore], role: str, request: Request
) -> tuple[LocalStore, VerifiedRequest]:
    store = stores.get(role)
    if store is None:
        raise NotFoundError("this service signs no URLs of such a store")
    query = request.query_params.multi_items()
    # Whoever may read the bytes may ask how many there are.
    is_head_of_get = request.method == "HEAD" and ("method", "GET") in query
    method = "GET" if is_head_of_get else request.method
    verified = store.signer.verify(method, query, request.headers, system_clock())
    return store, verified


async def _body(request: Request, wanted: VerifiedRequest) -> Body:
    pieces = _body_of(request, wanted)
    if wanted.content_length is not None and wanted.content_length <= MAX_SMALL_BYTES:
        # A store writes what is there whole in one go.
        return b"".join([piece async for piece in pieces])
    return pieces


async def _body_of(request: Request, wanted: VerifiedRequest) -> AsyncIterator[bytes]:
    """Give the body; raise at its end, before it is stored, when it is not the one signed for."""
    received = 0
    digest = sha256()
    async for chunk in request.stream():
        received += len(chunk)
        if wanted.content_length is not None and received > wanted.content_length:
            raise InvalidInputError("the body is longer than was signed for")
        if chunk:
            if wanted.sha256 is not None:
                digest.update(chunk)
            yield chunk
    if wanted.content_length is not None and received != wanted.content_length:
        raise InvalidInputError("the body is shorter than was signed for")
    if wanted.sha256 is not None and digest.digest() != wanted.sha256:
        raise InvalidInputError("the body has another SHA-256 than was signed for")


async def _bytes_of(reader: ObjectReader) -> AsyncIterator[bytes]:
    async with reader:
        async for chunk in reader:
            yield chunk
