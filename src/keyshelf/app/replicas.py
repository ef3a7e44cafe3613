"""The replicas of the repository store, opened to be compared and backfilled."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial

from keyshelf.app.database import open_database
from keyshelf.app.kept_secrets import signing_secret
from keyshelf.app.stores import StoreOpener, replica_options, store_options, store_regions
from keyshelf.database.pool import Database
from keyshelf.operations.counters.service import Counters, keeping
from keyshelf.operations.replicas.values import NoReplicasError, Pair, Wish
from keyshelf.operations.replicas.work import ReplicaParts
from keyshelf.repositories.check.outside import is_sound
from keyshelf.settings import Settings
from keyshelf.store.opening import is_one_cloud, open_copies
from keyshelf.telemetry import Metrics

_ROLE = "repository"


@dataclass(frozen=True, slots=True)
class ReplicaPlace:
    """Where a replica is."""

    id: str
    region: str
    bucket: str


def replica_places(settings: Settings) -> Sequence[ReplicaPlace]:
    """Return where each replica is."""
    regions = store_regions(settings)
    return [
        ReplicaPlace(name, regions[f"{_ROLE}-{name}"], each.bucket)
        for name, each in replica_options(settings).items()
    ]


def replica_parts(settings: Settings, database: Database) -> ReplicaParts:
    """Return what comparing and backfilling replicas needs; none need be set."""
    return ReplicaParts(
        database, tuple(replica_options(settings)), partial(_open_pair, settings, database)
    )


def required_ids(settings: Settings) -> Sequence[str]:
    """Return the ids of the replicas. Raises `NoReplicasError` when none are set."""
    found = tuple(replica_options(settings))
    if not found:
        raise NoReplicasError(
            "no replicas are set: REPOSITORY_REPLICAS names them, and each has a bucket, as in"
            " REPOSITORY_REPLICAS=eu REPOSITORY_REPLICA_EU_BUCKET=s3://my-versions-eu"
        )
    return found


@asynccontextmanager
async def open_replicas(settings: Settings) -> AsyncGenerator[ReplicaParts]:
    """Open the database, to compare and backfill replicas; a service may run beside."""
    async with open_database(settings) as database:
        yield replica_parts(settings, database)


@asynccontextmanager
async def _open_pair(settings: Settings, database: Database, wish: Wish) -> AsyncGenerator[Pair]:
    """Open the repository store itself and one replica, of which one is copied from."""
    async with AsyncExitStack() as opened:
        secret = signing_secret(settings)
        opener = StoreOpener(settings, secret, Metrics().registry, opened)
        regions = store_regions(settings)
        counters = Counters(database, opener.observed, regions)
        await opened.enter_async_context(keeping(counters))
        own, options = (
            store_options(settings, _ROLE, secret),
            replica_options(settings)[wish.replica],
        )
        stores = [
            await opener.open_alone(_ROLE, own),
            await opener.open_replica(wish.replica, options),
        ]
        places = [own, options]
        if wish.back:
            stores.reverse()
            places.reverse()
        copies = open_copies(*places)
        if copies is not None:
            copies = stores[1].guarding(copies)
            opened.push_async_callback(copies.aclose)
        yield Pair(
            replica=wish.replica,
            region=regions[f"{_ROLE}-{wish.replica}"],
            source=stores[0],
            target=stores[1],
            copies=copies,
            keeps_class=is_one_cloud(*places),
            is_back=wish.back,
            is_sound=is_sound,
        )
