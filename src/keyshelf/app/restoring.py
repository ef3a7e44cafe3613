"""Restoring on the machine of the stores, as the settings say where they are."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from math import ceil

from keyshelf.app import costs
from keyshelf.app.repositories import cloud_of
from keyshelf.app.stores import store_options
from keyshelf.operations.classes import Cloud, named
from keyshelf.operations.prices.values import PriceBook, PricesNotFoundError, PriceTable
from keyshelf.operations.restoring import reckoning
from keyshelf.operations.restoring.values import Choice, ClassTotal
from keyshelf.repositories.chunking import Cutting
from keyshelf.repositories.parts import RepositoryParts
from keyshelf.settings import Settings
from keyshelf.store.base import ObjectStore
from keyshelf.store.opening import open_restores
from keyshelf.store.primary import primary_of
from keyshelf.workflows import restore_chunks
from keyshelf.workflows.restore_chunks import RestoreOptions, RestoreParts, VersionPlan
from keyshelf.workflows.restore_jobs import Restoring

__all__ = ["RestoreOptions", "RestoreParts", "VersionPlan", "opened", "restore_chunks"]

_NO_SECRET = b""
"""A store on this machine signs with one, and has no classes."""


@dataclass(frozen=True, slots=True)
class Terms:
    """At which times and prices a cloud restores."""

    cloud: Cloud
    prices: PriceTable | None
    currency: str


def terms(settings: Settings) -> Terms:
    """Return at which times and prices chunks are restored. Raises `InvalidPriceBookError`."""
    book = costs.price_book(settings)
    return Terms(cloud_of(settings) or Cloud.S3, _prices(settings, book), book.currency)


def choices(of: Terms, storage_class: str, size: int | None) -> Sequence[Choice]:
    """Return the ways to restore a file of so many bytes, if all of it lies in a class.

    That is arithmetic: nothing is asked of the store. Without a size nothing is priced.
    """
    facts = named(of.cloud, storage_class)
    if facts is None or not facts.needs_restore:
        return []
    total = ClassTotal(facts, ceil((size or 1) / Cutting().average_bytes), size or 0)
    prices = None if size is None else of.prices
    return reckoning.choices([total], prices, days=restore_chunks.DAYS)


def restoring(settings: Settings, repositories: RepositoryParts) -> Restoring:
    """Return what restoring stands on, opened by whoever restores."""
    return Restoring(repositories, partial(opened, settings, repositories.store))


@asynccontextmanager
async def opened(settings: Settings, store: ObjectStore) -> AsyncGenerator[RestoreParts]:
    """Open what restoring needs beside the repository store."""
    of = terms(settings)
    cold = open_restores(store_options(settings, "repository", _NO_SECRET))
    try:
        yield RestoreParts(primary_of(store), cold, of.cloud, of.prices, of.currency)
    finally:
        if cold is not None:
            await cold.aclose()


def _prices(settings: Settings, book: PriceBook) -> PriceTable | None:
    try:
        return costs.tables(settings, book)["repository"]
    except PricesNotFoundError:
        # Then nothing is priced; what must be restored is told all the same.
        return None
