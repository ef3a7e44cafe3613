"""A drive and repositories in a bucket that keeps versions."""

from collections.abc import AsyncGenerator

import pytest

from keyshelf.database.pool import Database
from tests.integration.drive.conftest import Drive, open_drive
from tests.integration.repositories.shelf import Shelf, open_shelf
from tests.versioned import Versioned, plain_bucket, versioned_bucket

__all__ = ["plain_bucket", "versioned_bucket"]


@pytest.fixture
async def drive(database: Database, versioned_bucket: Versioned) -> AsyncGenerator[Drive]:
    async with open_drive(database, versioned_bucket.store) as opened:
        yield opened


@pytest.fixture
def shelf(database: Database, versioned_bucket: Versioned) -> Shelf:
    return open_shelf(database, versioned_bucket.store)
