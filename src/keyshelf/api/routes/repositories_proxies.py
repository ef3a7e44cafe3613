"""Proxies of files: register, list, serve and delete them."""

from collections.abc import AsyncGenerator
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Header, Request, Response

from keyshelf.api.bytes import ANY_BYTES, FRAME_BODY, OCTETS
from keyshelf.api.objects import Shown, answer_with_object
from keyshelf.api.repository_access import Opened, Readable, Writable
from keyshelf.api.schemas import Answer
from keyshelf.drive.mimetypes import UNKNOWN_MIMETYPE, mimetype_of
from keyshelf.errors import LimitError
from keyshelf.layout.repository import AssetHash, asset_hash, proxy_key
from keyshelf.repositories import proxies
from keyshelf.repositories.proxies import Proxy, ProxyNotFoundError
from keyshelf.store.errors import ObjectNotFoundError

router = APIRouter(
    prefix="/api/repositories/{repository_id}/proxies/{asset}", tags=["repositories"]
)

MAX_PROXY_BYTES = 50 * 2**30


class ProxyTooLargeError(LimitError):
    """A proxy is smaller than what it stands for: 50 GiB at most."""

    code = "proxy-too-large"


class ProxyOut(Answer):
    """A rendition of a file's content."""

    name: str
    size: int
    content_type: str
    modified_at: datetime
    url: str

    @classmethod
    def of(cls, at: Opened, asset: AssetHash, proxy: Proxy) -> "ProxyOut":
        """Show a proxy."""
        return cls(
            name=proxy.name,
            size=proxy.size,
            content_type=_type_of(proxy.name),
            modified_at=proxy.modified_at,
            url=f"/api/repositories/{at.record.id}/proxies/{asset}/{proxy.name}",
        )


class ProxyList(Answer):
    """The proxies of one asset."""

    items: list[ProxyOut]


@router.get("")
async def list_proxies(at: Readable, asset: str) -> ProxyList:
    """Return the proxies of a file's content, which `asset` of an entry names."""
    known = asset_hash(asset)
    found = await proxies.list_proxies(at.parts, at.record, known)
    return ProxyList(items=[ProxyOut.of(at, known, each) for each in found])


@router.put("/{name}", openapi_extra=FRAME_BODY)
async def register_proxy(
    at: Writable,
    asset: str,
    name: str,
    request: Request,
    content_type: Annotated[str, Header(max_length=200)] = OCTETS,
) -> ProxyOut:
    """Store a proxy, whole or not at all; it replaces one of its name."""
    known = asset_hash(asset)
    stored = await proxies.register(
        at.parts,
        at.record,
        known,
        name,
        _body(request),
        content_type=_type_of(name) if content_type == OCTETS else content_type,
    )
    return ProxyOut.of(at, known, stored)


@router.get("/{name}", response_class=Response, responses=ANY_BYTES)
@router.head("/{name}", response_class=Response, responses=ANY_BYTES)
async def serve_proxy(at: Readable, asset: str, name: str, request: Request) -> Response:
    """Return a proxy: all of it, or a range."""
    key = proxy_key(at.record.id, asset_hash(asset), name)
    try:
        return await answer_with_object(request, at.parts.store, key, Shown(filename=name))
    except ObjectNotFoundError as error:
        raise ProxyNotFoundError(f"there is no proxy {name}", name=name) from error


@router.delete("/{name}", status_code=204)
async def delete_proxy(at: Writable, asset: str, name: str) -> None:
    """Delete a proxy; one that is not there is success."""
    await proxies.remove(at.parts, at.record, asset_hash(asset), name)


def _type_of(name: str) -> str:
    return mimetype_of(name) or UNKNOWN_MIMETYPE


async def _body(request: Request) -> AsyncGenerator[bytes]:
    received = 0
    async for piece in request.stream():
        received += len(piece)
        if received > MAX_PROXY_BYTES:
            raise ProxyTooLargeError("a proxy has at most 50 GiB")
        if piece:
            yield piece
