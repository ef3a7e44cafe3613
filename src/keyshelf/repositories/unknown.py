"""Repositories that the store tells of and the database does not know."""

from collections.abc import Sequence

from keyshelf.errors import IntegrityError
from keyshelf.layout.repository import (
    DOCUMENTS,
    MANIFESTS,
    RepositoryId,
    parse_manifests_prefix,
    parse_repository_key,
)
from keyshelf.repositories.catalog import queries as catalog
from keyshelf.repositories.parts import RepositoryParts

_NAMED = 5


class UnknownRepositoryError(IntegrityError):
    """The store has a repository that the database does not know, so nothing is collected.

    Whose its chunks are nobody can tell then. Bring its document back where that is damaged or
    gone, and run `keyshelf rebuild`; or delete its document and manifests to give it up.
    """

    code = "unknown-repository"


async def unknown(parts: RepositoryParts) -> Sequence[RepositoryId]:
    """Return the repositories that have a document or a commit in the store, and no row."""
    there: set[RepositoryId] = set()
    async for page in parts.store.list(DOCUMENTS):
        there.update(filter(None, (parse_repository_key(each.key) for each in page.objects)))
    there.update(await with_commits(parts))
    # Rows come before objects and stay for good: what was listed first has its row by now.
    async with parts.database.read() as tx:
        known = await catalog.known(tx, list(there))
    return sorted(there - known)


async def with_commits(parts: RepositoryParts) -> set[RepositoryId]:
    """Return the repositories that have manifests in the store."""
    pages = parts.store.list(MANIFESTS, delimiter="/")
    found = {parse_manifests_prefix(each) async for page in pages for each in page.prefixes}
    return {each for each in found if each is not None}


async def require_all_known(parts: RepositoryParts) -> None:
    """Raise `UnknownRepositoryError` unless the database knows all repositories of the store."""
    found = await unknown(parts.of_primary)
    if found:
        named = ", ".join(map(str, found[:_NAMED]))
        more = f" and {len(found) - _NAMED:,} more" if len(found) > _NAMED else ""
        raise UnknownRepositoryError(
            "the store has repositories that the database does not know, and chunks may be theirs:"
            f" {named}{more}. `keyshelf rebuild` brings them back, and tells what of them cannot"
            " be read; whoever gives one up deletes its objects below v1/metadata/repos and"
            " v1/manifests",
            repositories=[str(each) for each in found],
        )
