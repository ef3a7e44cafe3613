"""Copying one object from a bucket to another."""

from collections.abc import AsyncIterator, Mapping
from contextlib import suppress

from keyshelf.layout.keys import ObjectKey
from keyshelf.operations.replicas.comparing import is_named_by_content
from keyshelf.operations.replicas.values import Difference, Pair
from keyshelf.store.base import (
    MAX_SMALL_BYTES,
    Attributes,
    Condition,
    IfMatch,
    ObjectReader,
    ObjectStore,
    PutOptions,
)
from keyshelf.store.copying import CopyRefusedError
from keyshelf.store.errors import ObjectChangedError, ObjectExistsError, ObjectNotFoundError


async def copy(pair: Pair, difference: Difference) -> int | None:
    """Make a copy what the object is, with attributes, tags and class; return its size.

    None when that was not needed any more: the object was deleted, or somebody else has
    written the copy meanwhile, who is not overwritten. Whole or not at all, also in a crash.
    Raises what reading and writing raise.
    """
    source, target = difference.shown, difference.target
    replaces = target.etag if target else None
    has_tags = pair.source.capabilities.tags and pair.target.capabilities.tags
    try:
        # Some servers replace what a copy is not to replace. Back to the store itself, that could
        # be what somebody writes there just now.
        if pair.copies is not None and (not pair.is_back or is_named_by_content(source.key)):
            with suppress(CopyRefusedError):
                await pair.copies.copy(source, replaces=replaces, with_tags=has_tags)
                return source.size
        return await _through_here(pair, source.key, replaces, with_tags=has_tags)
    except ObjectNotFoundError:
        return None
    except (ObjectExistsError, ObjectChangedError):
        if await _etag(pair.target, source.key) in {None, replaces}:
            raise
        return None


async def _through_here(
    pair: Pair, key: ObjectKey, replaces: str | None, *, with_tags: bool
) -> int:
    tags: Mapping[str, str] = await pair.source.get_tags(key) if with_tags else {}
    async with await pair.source.get(key) as reader:
        options = PutOptions(
            attributes=reader.meta.attributes or Attributes(),
            condition=Condition.CREATE if replaces is None else IfMatch(replaces),
            tags=tags,
            storage_class=reader.meta.storage_class if pair.keeps_class else None,
        )
        await pair.target.put(key, await _body(reader), options)
        return reader.meta.size


async def _body(reader: ObjectReader) -> bytes | AsyncIterator[bytes]:
    return await reader.read() if reader.meta.size <= MAX_SMALL_BYTES else aiter(reader)


async def _etag(store: ObjectStore, key: ObjectKey) -> str | None:
    try:
        return (await store.head(key)).etag
    except ObjectNotFoundError:
        return None
