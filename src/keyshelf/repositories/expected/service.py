"""The objects of the repository store that repositories tell of."""

from collections.abc import AsyncIterator, Mapping, Sequence
from uuid import UUID

from keyshelf.layout.keys import ObjectKey
from keyshelf.layout.repository import (
    CHUNKS,
    DOCUMENTS,
    MANIFESTS,
    chunk_key,
    manifest_key,
    parse_belonging_key,
    parse_chunk_key,
    parse_manifest_key,
    parse_repository_key,
    repository_key,
)
from keyshelf.repositories.expected import queries
from keyshelf.repositories.parts import RepositoryParts
from keyshelf.store.expected import Expected, ExpectedPages

_AT_ONCE = 10_000


async def expected(parts: RepositoryParts, after: str) -> ExpectedPages:
    """Give the objects that must be there, after a key: chunks, manifests and documents."""
    for pages in (_chunks(parts, after), _manifests(parts, after), _documents(parts, after)):
        async for page in pages:
            # The first page may begin a little before the key.
            yield page if page[0].key > after else [each for each in page if each.key > after]


async def _chunks(parts: RepositoryParts, after: str) -> ExpectedPages:
    chunk = _begin(after, CHUNKS)
    while chunk is not None:
        async with parts.database.read() as tx:
            page = await queries.chunks_after(tx, chunk, limit=_AT_ONCE)
        if not page:
            return
        yield page
        chunk = parse_chunk_key(page[-1].key)


def _begin(after: str, area: str) -> str | None:
    """Return the id behind which what comes after a key is; None when the area is behind it."""
    if after < area:
        return ""
    if not after.startswith(area):
        return None
    return parse_chunk_key(ObjectKey(after)) or ""


async def _manifests(parts: RepositoryParts, after: str) -> ExpectedPages:
    if after > MANIFESTS and not after.startswith(MANIFESTS):
        return
    last = parse_manifest_key(ObjectKey(after)) or (UUID(int=0), "")
    while True:
        async with parts.database.read() as tx:
            page = await queries.manifests_after(tx, *last, limit=_AT_ONCE)
        if page:
            yield page
            last = parse_manifest_key(page[-1].key) or last
        if len(page) < _AT_ONCE:
            return


async def _documents(parts: RepositoryParts, after: str) -> ExpectedPages:
    if after > DOCUMENTS and not after.startswith(DOCUMENTS):
        return
    last = parse_repository_key(ObjectKey(after))
    while True:
        async with parts.database.read() as tx:
            page = await queries.documents_after(tx, last, limit=_AT_ONCE)
        if page:
            yield page
            last = parse_repository_key(page[-1].key)
        if len(page) < _AT_ONCE:
            return


async def landmarks(parts: RepositoryParts, after: str, *, stride: int) -> AsyncIterator[str]:
    """Give the key of every so many-th chunk after a key."""
    chunk = _begin(after, CHUNKS)
    while chunk is not None:
        async with parts.database.read() as tx:
            chunk = await queries.chunk_far_after(tx, chunk, rows=stride)
        if chunk is not None and (key := chunk_key(chunk)) > after:
            yield key


async def look(parts: RepositoryParts, keys: Sequence[ObjectKey]) -> Mapping[ObjectKey, Expected]:
    """Tell what rows say of some keys now; all else of a repository that is there may be there."""
    chunks = [chunk for key in keys if (chunk := parse_chunk_key(key))]
    manifests = [parsed[1] for key in keys if (parsed := parse_manifest_key(key))]
    belonging = {key: owner for key in keys if (owner := parse_belonging_key(key))}
    async with parts.database.read() as tx:
        found = [
            Expected(key, None, is_required=False) for key in await queries.on_their_way(tx, keys)
        ]
        found += [Expected(chunk_key(id_), size) for id_, size in await queries.chunks(tx, chunks)]
        found += [
            Expected(manifest_key(repository, commit), None)
            for repository, commit in await queries.commits(tx, manifests)
        ]
        owners = {
            row["id"]: row["is_mirrored"]
            for row in await queries.repositories(tx, [*set(belonging.values())])
        }
    found += [
        Expected(key, None, is_required=key == repository_key(owner) and owners[owner])
        for key, owner in belonging.items()
        if owner in owners
    ]
    return {each.key: each for each in found}
