"""Repositories on a real database and a store in memory."""

import pytest

from keyshelf.database.pool import Database
from keyshelf.repositories.catalog.values import RepositoryRecord
from keyshelf.store.memory import MemoryStore
from tests.integration.repositories.shelf import Shelf, open_shelf


@pytest.fixture
def shelf(database: Database) -> Shelf:
    return open_shelf(database, MemoryStore())


@pytest.fixture
async def film(shelf: Shelf) -> RepositoryRecord:
    """An empty repository."""
    return await shelf.repository("film")
