"""Restoring on the machine of the stores, as the settings say where they are."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from keyshelf.app import costs
from keyshelf.app.repositories import cloud_of
from keyshelf.app.stores import store_options
from keyshelf.operations.classes import Cloud
from keyshelf.operations.prices.values import PriceBook, PricesNotFoundError, PriceTable
from keyshelf.settings import Settings
from keyshelf.store.base import ObjectStore
from keyshelf.store.opening import open_restores
from keyshelf.store.primary import primary_of
from keyshelf.workflows import restore_chunks
from keyshelf.workflows.restore_chunks import RestoreOptions, RestoreParts, VersionPlan

__all__ = ["RestoreOptions", "RestoreParts", "VersionPlan", "opened", "restore_chunks"]

_NO_SECRET = b""
"""A store on this machine signs with one, and has no classes."""


@asynccontextmanager
async def opened(settings: Settings, store: ObjectStore) -> AsyncGenerator[RestoreParts]:
    """Open what restoring needs beside the repository store."""
    cold = open_restores(store_options(settings, "repository", _NO_SECRET))
    book = costs.price_book(settings)
    prices = _prices(settings, book)
    try:
        cloud = cloud_of(settings) or Cloud.S3
        yield RestoreParts(primary_of(store), cold, cloud, prices, book.currency)
    finally:
        if cold is not None:
            await cold.aclose()


def _prices(settings: Settings, book: PriceBook) -> PriceTable | None:
    try:
        return costs.tables(settings, book)["repository"]
    except PricesNotFoundError:
        # Then nothing is priced; what must be restored is told all the same.
        return None
