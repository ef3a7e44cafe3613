"""A source as a file that it can be rendered from."""

import secrets
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio

from keyshelf.layout.keys import ObjectKey
from keyshelf.media.pictures.values import PictureParts
from keyshelf.media.source_versions import SourceVersion
from keyshelf.store.base import LinkingStore


@asynccontextmanager
async def brought(
    parts: PictureParts, source: ObjectKey, version: SourceVersion
) -> AsyncGenerator[Path]:
    """Give the bytes of a source's version as a file, until the block ends.

    Where the store is on the same disk that is the object's own file, under another name,
    so that nothing is copied. Raises `ObjectNotFoundError`, `ObjectChangedError`, and what
    bringing it from elsewhere does.
    """
    path = parts.scratch / f"linked-{secrets.token_hex(8)}"
    try:
        if isinstance(parts.source, LinkingStore) and await parts.source.link(
            source, path, if_match=version.etag
        ):
            yield path
            return
    finally:
        with anyio.CancelScope(shield=True):
            await anyio.Path(path).unlink(missing_ok=True)
    async with parts.sources.local(source, version=version.etag) as local:
        yield local.path
