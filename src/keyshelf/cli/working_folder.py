"""A folder that is committed and checked out into: where it is, and what is remembered of it."""

import os
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path

from blake3 import blake3

from keyshelf import settings
from keyshelf.repositories.cache import FolderCache
from keyshelf.repositories.values import Repository


@contextmanager
def remembered(repository: Repository, folder: Path) -> Generator[FolderCache]:
    """Open what is remembered of a folder in a repository; losing it costs time only."""
    place = blake3(os.fsencode(folder.resolve())).hexdigest()[:16]
    file = settings.load().cache_folder / "repositories" / f"{repository.id}-{place}.sqlite"
    with closing(FolderCache.open(file)) as cache:
        yield cache
