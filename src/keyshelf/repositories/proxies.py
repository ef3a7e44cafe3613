"""Proxies: renditions of files' content, kept beside the repository that has it."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from keyshelf.errors import InvalidInputError, NotFoundError
from keyshelf.layout.repository import (
    AssetHash,
    parse_proxy_key,
    proxies_prefix,
    proxy_key,
)
from keyshelf.repositories.catalog.values import RepositoryRecord
from keyshelf.repositories.objects import proxy_options
from keyshelf.repositories.parts import RepositoryParts


class ProxyNotFoundError(NotFoundError):
    """A file has no proxy of this name."""

    code = "proxy-not-found"


class ProxyInPlainError(InvalidInputError):
    """Proxies are stored as they are, which would show what an encrypted repository hides."""

    code = "proxy-in-plain"


@dataclass(frozen=True, slots=True)
class Proxy:
    """A rendition of a file's content."""

    name: str
    size: int
    modified_at: datetime


async def list_proxies(
    parts: RepositoryParts, record: RepositoryRecord, asset: AssetHash
) -> Sequence[Proxy]:
    """Return the proxies of an asset by name; none for one that is unknown."""
    return [
        Proxy(parsed.name, each.size, each.modified_at)
        async for page in parts.store.list(proxies_prefix(record.id, asset))
        for each in page.objects
        if (parsed := parse_proxy_key(each.key))
    ]


async def register(
    parts: RepositoryParts,
    record: RepositoryRecord,
    asset: AssetHash,
    name: str,
    body: AsyncIterator[bytes],
    *,
    content_type: str,
) -> Proxy:
    """Store a proxy, whole or not at all; it replaces one of its name.

    Raises `IllegalProxyNameError`, and `ProxyInPlainError` in an encrypted repository.
    """
    if record.is_encrypted:
        raise ProxyInPlainError(
            "proxies are stored as they are, and this repository is encrypted: keep them elsewhere"
        )
    key = proxy_key(record.id, asset, name)
    options = proxy_options(record, asset, content_type, parts.options, parts.clock())
    meta = await parts.store.put(key, body, options)
    return Proxy(name, meta.size, meta.modified_at)


async def remove(
    parts: RepositoryParts, record: RepositoryRecord, asset: AssetHash, name: str
) -> None:
    """Delete a proxy; one that is not there is success."""
    await parts.store.delete(proxy_key(record.id, asset, name))
