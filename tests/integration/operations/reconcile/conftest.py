"""Stores with a database beside them, at a time when nothing is on its way any more."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import timedelta

import pytest

from keyshelf.clock import system_clock
from keyshelf.database.pool import Database
from keyshelf.operations.reconcile.service import ReconcileParts
from keyshelf.store.opening import open_store
from keyshelf.store.s3_limits import S3Limits
from tests.integration.drive.conftest import Drive, open_drive
from tests.integration.operations.conftest import plain_bucket
from tests.integration.repositories.shelf import Shelf, open_shelf
from tests.versioned import Versioned

__all__ = ["plain_bucket"]


@pytest.fixture
async def drive(database: Database, plain_bucket: Versioned) -> AsyncGenerator[Drive]:
    """A drive in a bucket of a real server, which is listed in small pages."""
    limits = S3Limits(page_limit=2)
    store = await open_store(replace(plain_bucket.options, s3_limits=limits))
    async with open_drive(database, store) as opened:
        yield opened
    await store.aclose()


@pytest.fixture
def shelf(database: Database, plain_bucket: Versioned) -> Shelf:
    """Repositories in a bucket of a real server."""
    return open_shelf(database, plain_bucket.store)


@pytest.fixture
def later(database: Database) -> ReconcileParts:
    """Reconciliations of two hours from now: what is there is old enough to be judged."""
    return ReconcileParts(
        database, clock=lambda: system_clock() + timedelta(hours=2), objects_at_once=2
    )
