"""Which commits vouch for what is remembered of a folder: those that the repository has."""

from keyshelf.repositories.cache import FolderCache
from keyshelf.repositories.carrier import Carrier


async def disavow_forgotten(carrier: Carrier, cache: FolderCache) -> None:
    """Let nothing be vouched for by commits that the repository does not know.

    A database that was restored from an older copy knows the last commits no more. What only
    they held is then in no commit: it is sent again, and no checkout replaces it.
    """
    for commit in cache.vouchers():
        if commit not in await carrier.commits_like(commit):
            cache.disavow(commit)
