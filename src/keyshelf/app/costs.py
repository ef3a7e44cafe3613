"""What storage costs, as set: the price book, its tables for each store, and the counting."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

from keyshelf.app.database import open_database
from keyshelf.app.kept_secrets import signing_secret
from keyshelf.app.price_tables import (
    CLOUDS,
    is_amazons,
    price_book,
    table_by_place,
    table_of,
)
from keyshelf.app.stores import open_role, replica_options, store_options
from keyshelf.database.pool import Database
from keyshelf.errors import Error
from keyshelf.operations.classes import StorageClass
from keyshelf.operations.cost import report as reports
from keyshelf.operations.cost.report import CostReport, Wish
from keyshelf.operations.cost.values import Activity, Tables
from keyshelf.operations.cost.what_if import Present
from keyshelf.operations.prices.values import PriceBook, PricesNotFoundError
from keyshelf.operations.stats import service as stats
from keyshelf.operations.stats.applied import chunk_ages
from keyshelf.operations.stats.service import StatsParts
from keyshelf.operations.stats.values import REPOSITORY, Ages, Kind, Snapshot
from keyshelf.settings import Settings
from keyshelf.settings.values import ROLES
from keyshelf.store.base import ObjectStore
from keyshelf.store.control import RuleKind
from keyshelf.store.opening import StoreOptions, open_control
from keyshelf.telemetry import Metrics, get_logger

_log = get_logger(__name__)
_TAGS = 4
"""On each object of repositories: type, repo, status and tier."""
_HISTORY_DAYS = 400
_NO_SECRET = b""
"""A store on this machine signs with one; who only asks where it is needs none."""


@dataclass(frozen=True, slots=True)
class _Replica:
    """A copy of the repository store."""

    options: StoreOptions
    storage_class: StorageClass | None = None
    """Of its objects; None where they have the class of what they are copies of."""


def tables(settings: Settings, book: PriceBook) -> Tables:
    """Return by which table of the book each store is billed, those of replicas included.

    Raises `PricesNotFoundError`.
    """
    found = {role: book.table(_table_name(settings, role)) for role in ROLES}
    for name, replica in _replicas(settings).items():
        table = table_by_place(replica.options)
        # Where only the cloud knows the region, a replica is billed as the store itself.
        found[name] = found[REPOSITORY] if table is None else book.table(table)
    return found


def _table_name(settings: Settings, role: str) -> str:
    upper = role.upper()
    options = store_options(settings, role, _NO_SECRET)
    name = table_of(settings, role, options)
    if name is None:
        cloud = CLOUDS[urlsplit(options.bucket).scheme]
        raise PricesNotFoundError(
            f"the {role} store is in a region that only its cloud knows: say by which table of"
            f" the price book it is billed, such as KEYSHELF_{upper}_PRICES={cloud}.REGION"
        )
    return name


def _replicas(settings: Settings) -> Mapping[str, _Replica]:
    """Return the replicas that are read from; if there are none, what the bucket is copied to."""
    named = replica_options(settings)
    if named:
        return {f"{REPOSITORY} replica {name}": _Replica(each) for name, each in named.items()}
    to = settings.text("REPOSITORY_REPLICATION_BUCKET")
    if to is None:
        return {}
    own = store_options(settings, REPOSITORY, _NO_SECRET)
    region = settings.text("REPOSITORY_REPLICATION_REGION") or own.region
    storage_class = StorageClass(settings.required("REPOSITORY_REPLICATION_CLASS"))
    return {f"{REPOSITORY} replica": _Replica(replace(own, region=region), storage_class)}


def stats_parts(settings: Settings, database: Database, repository: ObjectStore) -> StatsParts:
    """Return what counting needs."""

    async def ages() -> Ages:
        return await _chunk_ages(settings)

    return StatsParts(database=database, repository=repository, ages=ages)


@asynccontextmanager
async def open_stats(settings: Settings) -> AsyncGenerator[StatsParts]:
    """Open the database and the repository store, to count; a service may run beside."""
    async with AsyncExitStack() as opened:
        database = await opened.enter_async_context(open_database(settings))
        secret = signing_secret(settings)
        store = await open_role(settings, REPOSITORY, secret, Metrics(), opened)
        yield stats_parts(settings, database, store)


async def cost_report(settings: Settings, parts: StatsParts, wish: Wish) -> CostReport:
    """Return what storage costs.

    Raises `InvalidPriceBookError`, `PricesNotFoundError` and `IllegalWhatIfError`.
    """
    book = price_book(settings)
    by_store = tables(settings, book)
    replicas = {name: each.storage_class for name, each in _replicas(settings).items()}
    last = await stats.take(parts) if wish.now else await stats.latest(parts)
    snapshot = reports.copied(last, replicas)
    history = await stats.history(parts, days=_HISTORY_DAYS)
    present = Present(
        snapshot.stored,
        by_store,
        _activity(settings, history, by_store, await stats.counted_since(parts)),
        await stats.chunk_history(parts),
    )
    copied = [reports.copied(each, replicas) for each in history]
    return reports.report(snapshot, copied, present, book, wish)


def _activity(
    settings: Settings, history: Sequence[Snapshot], by_store: Tables, begun: datetime
) -> Activity:
    lifetimes = {
        Kind.TRASH.value: settings.number("KEYSHELF_TRASH_DAYS"),
        Kind.CACHE.value: settings.number("KEYSHELF_IMAGE_CACHE_DAYS"),
    }
    # A replica that is no longer set has been asked, and costs nothing any more.
    asked = [each for each in reports.asked(history, begun) if each.store in by_store]
    tags = 0 if settings.flag("KEYSHELF_OBJECT_TAGS") is False else _TAGS
    return Activity(
        asked, reports.asked_for(history, begun), reports.moved(history), lifetimes, tags
    )


async def _chunk_ages(settings: Settings) -> Ages:
    """Return what the bucket's own rules do to chunks; nothing where they cannot be read."""
    options = store_options(settings, REPOSITORY, _NO_SECRET)
    control = open_control(options) if is_amazons(options) else None
    if control is None:
        # Other S3 servers may have names for classes; what lies in them costs the same.
        return {}
    try:
        return chunk_ages(await control.read(RuleKind.LIFECYCLE))
    except Error as error:
        # Then all counts as hot, which is the dearest: a bill that is too high warns.
        _log.warning("lifecycle rules cannot be read", code=error.code, error=error.detail)
        return {}
