"""The three stores: what is set about them, and opening them."""

from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from prometheus_client import CollectorRegistry

from keyshelf.app.kept_secrets import private_folder
from keyshelf.app.price_tables import price_book, table_by_place, table_of
from keyshelf.errors import InvalidInputError
from keyshelf.layout.buckets import IllegalBucketNameError, tenant_bucket
from keyshelf.layout.namespace import namespace
from keyshelf.layout.repository import CHUNKS, MANIFESTS
from keyshelf.operations.classes import StorageClass
from keyshelf.operations.prices.values import PriceBook
from keyshelf.repositories.check.outside import is_sound
from keyshelf.settings import InvalidSettingError, Settings
from keyshelf.settings.table_regions import (
    PRIMARY,
    REPLICAS,
    price,
    replica_ids,
    replica_prefix,
)
from keyshelf.settings.values import ROLES
from keyshelf.store.base import ObjectStore
from keyshelf.store.local_signing import LocalSigner
from keyshelf.store.observed import ObservedStore, StoreMetrics
from keyshelf.store.opening import StoreOptions, browser_address, open_store
from keyshelf.store.regions.metrics import RegionsMetrics
from keyshelf.store.regions.opening import open_regions
from keyshelf.store.regions.region import Region
from keyshelf.store.regions.values import RegionsOptions, Strategy
from keyshelf.store.retrying import Retries
from keyshelf.store.throttled import ThrottledStore, ThrottleMetrics, ThrottleOptions
from keyshelf.telemetry import Metrics

_KINDS = {"": "S3", "s3": "S3", "az": "AZURE", "gs": "GCS"}
"""By the scheme of a bucket, how the settings are called that belong to it."""
_PLACES = {"gs": "gcs", "az": "azure"}
"""What stands for the region where only the cloud knows it."""
_CHUNK_BYTES = 2**16
"""About the size of what is read."""


@dataclass(frozen=True, slots=True)
class LocalStore:
    """A store whose signed URLs this service answers itself."""

    store: ObjectStore
    signer: LocalSigner


def bucket_of(settings: Settings, role: str) -> str:
    """Return where a store is: as set, a tenant's own bucket, or a folder below the data folder.

    Raises `InvalidSettingError` for a tenant whose bucket cannot be called so, or who has
    a bucket by name as well.
    """
    set_to = settings.text(f"{role.upper()}_BUCKET")
    tenant = settings.text("REPOSITORY_TENANT") if role == "repository" else None
    if tenant is None:
        return set_to or (settings.data_folder / "stores" / role).as_uri()
    if set_to is not None:
        raise InvalidSettingError("REPOSITORY_TENANT and REPOSITORY_BUCKET are set: choose one")
    return _bucket_of_tenant(settings, "REPOSITORY", tenant)


def _bucket_of_tenant(settings: Settings, upper: str, tenant: str) -> str:
    region = settings.required(f"{upper}_S3_REGION")
    spelled = namespace(settings.required("KEYSHELF_METADATA_NAMESPACE"))
    try:
        return f"s3://{tenant_bucket(region, tenant, namespace=spelled)}"
    except IllegalBucketNameError as error:
        raise InvalidSettingError(
            f"REPOSITORY_TENANT cannot be {tenant!r}: {error.detail}"
        ) from error


def is_embedded(settings: Settings, role: str) -> bool:
    """Say whether a store is a folder below the data folder, because nothing else is set."""
    named = settings.text(f"{role.upper()}_BUCKET")
    return named is None and (role != "repository" or settings.text("REPOSITORY_TENANT") is None)


@dataclass(frozen=True, slots=True)
class OpenStores:
    """The store of each role, and what else must be known of some."""

    by_role: Mapping[str, ObjectStore]
    source: ObservedStore
    local: dict[str, LocalStore]
    observed: StoreMetrics
    """What is counted of them all."""


class StoreOpener:
    """Opens stores that are counted in one registry and closed with `opened`."""

    def __init__(
        self,
        settings: Settings,
        secret: bytes,
        registry: CollectorRegistry,
        opened: AsyncExitStack,
    ) -> None:
        self._settings = settings
        self._secret = secret
        self._opened = opened
        self.observed = StoreMetrics(registry)
        self._throttled = ThrottleMetrics(registry)
        self._regions = RegionsMetrics(registry)

    async def open(self, role: str) -> ObjectStore:
        """Open the store of a role; versions with the replicas that they may be read from."""
        store = await self.open_alone(role)
        replicas = replica_options(self._settings)
        if role != "repository" or not replicas:
            return store
        options = regions_options(self._settings)
        by_price = options.strategy is Strategy.LOWEST_COST
        prices: Mapping[str, float] = read_prices(self._settings) if by_price else {}
        regions = [
            Region(name, await self._open_replica(name, each), price=prices.get(name))
            for name, each in replicas.items()
        ]
        primary = Region(PRIMARY, store, is_primary=True, price=prices.get(PRIMARY))
        return await self._opened.enter_async_context(
            open_regions(primary, regions, options, self._regions, role=role)
        )

    async def open_alone(self, role: str, options: StoreOptions | None = None) -> ObservedStore:
        """Open the store of a role itself, in the data folder unless a bucket is set."""
        settings = self._settings
        if is_embedded(settings, role):
            # The data folder lets the database's account pass; what people keep is not for others.
            (private_folder(settings.data_folder) / "stores").mkdir(mode=0o700, exist_ok=True)
        options = options or store_options(settings, role, self._secret)
        return await self._open(options, role, f"{role.upper()}_BUCKET")

    async def _open_replica(self, name: str, options: StoreOptions) -> ObservedStore:
        # What one region fails to give is asked of another, at once.
        return await self.open_replica(name, replace(options, retries=Retries.never()))

    async def open_replica(self, name: str, options: StoreOptions) -> ObservedStore:
        """Open a replica of the repository store as a store of its own."""
        return await self._open(options, f"repository-{name}", f"{replica_prefix(name)}_BUCKET")

    async def _open(self, options: StoreOptions, role: str, setting: str) -> ObservedStore:
        store = await _open(options, setting)
        self._opened.push_async_callback(store.aclose)
        limits = ThrottleOptions(
            reads=self._settings.number("KEYSHELF_STORE_READS"),
            writes=self._settings.number("KEYSHELF_STORE_WRITES"),
        )
        if not store.capabilities.is_local and (limits.reads or limits.writes):
            store = ThrottledStore(store, limits, options.retries, self._throttled, role=role)
        return ObservedStore(store, role=role, metrics=self.observed)


async def open_stores(
    settings: Settings, secret: bytes, metrics: Metrics, opened: AsyncExitStack
) -> OpenStores:
    """Open a store for each role; those on this machine come with what signs their URLs."""
    opener = StoreOpener(settings, secret, metrics.registry, opened)
    source = await opener.open_alone("source")
    others = {role: await opener.open(role) for role in ROLES if role != "source"}
    stores: dict[str, ObjectStore] = {"source": source, **others}
    local = {
        role: LocalStore(
            store, LocalSigner(secret=secret, public_url=settings.public_url, role=role)
        )
        for role, store in stores.items()
        if store.capabilities.is_local
    }
    return OpenStores(stores, source, local, opener.observed)


async def open_role(
    settings: Settings, role: str, secret: bytes, metrics: Metrics, opened: AsyncExitStack
) -> ObjectStore:
    """Open the store of one role, without the rest of a service."""
    return await StoreOpener(settings, secret, metrics.registry, opened).open(role)


async def _open(options: StoreOptions, setting: str) -> ObjectStore:
    try:
        return await open_store(options)
    except InvalidInputError as error:
        raise InvalidSettingError(
            f"{setting}, or what is set beside it, cannot be: {error.detail}"
        ) from error


def store_options(settings: Settings, role: str, secret: bytes) -> StoreOptions:
    """Return how one store is reached. Nothing is taken from another role's settings.

    Raises `InvalidSettingError` for what is set and would do nothing, because it is of
    another kind of store: whoever forgot the bucket would look for their files elsewhere.
    """
    reached = _reached(settings, role.upper(), bucket_of(settings, role))
    return replace(
        reached,
        role=role,
        signing_key=secret,
        public_url=settings.public_url,
        keep_free_bytes=settings.number("KEYSHELF_KEEP_FREE_MIB") * 2**20,
    )


def store_regions(settings: Settings) -> Mapping[str, str]:
    """Return in which region each store is, by the role that it is counted as."""
    options = {role: store_options(settings, role, b"") for role in ROLES}
    options |= {f"repository-{name}": each for name, each in replica_options(settings).items()}
    schemes = {role: urlsplit(each.bucket).scheme or "s3" for role, each in options.items()}
    return {
        role: each.region if schemes[role] == "s3" else _PLACES.get(schemes[role], "local")
        for role, each in options.items()
    }


def replica_options(settings: Settings) -> Mapping[str, StoreOptions]:
    """Return how each replica of the repository store is reached, by its id.

    Raises `InvalidSettingError` for one without a bucket, and as `store_options` does.
    """
    ids = replica_ids(settings.text(REPLICAS) or "")
    return {each: _replica_options(settings, replica_prefix(each)) for each in ids}


def _replica_options(settings: Settings, upper: str) -> StoreOptions:
    tenant = settings.text("REPOSITORY_TENANT")
    bucket = settings.text(f"{upper}_BUCKET")
    if bucket is None and tenant is not None:
        bucket = _bucket_of_tenant(settings, upper, tenant)
    return _reached(settings, upper, bucket or settings.required(f"{upper}_BUCKET"))


def read_prices(settings: Settings) -> Mapping[str, float]:
    """Return what reading a GB costs, of each replica and of the `primary`, where it is known.

    As set; otherwise by the price book, which does not know in which region of Google or Azure
    a replica is. Raises `InvalidPriceBookError`.
    """
    book, replicas = price_book(settings), replica_options(settings)
    own = table_of(settings, "repository", store_options(settings, "repository", b""))
    tables = {PRIMARY: own} | {name: table_by_place(each) for name, each in replicas.items()}
    found = {name: _read_price(settings, name, book, table) for name, table in tables.items()}
    return {name: each for name, each in found.items() if each is not None}


def _read_price(
    settings: Settings, region: str, book: PriceBook, table: str | None
) -> float | None:
    upper = "REPOSITORY" if region == PRIMARY else replica_prefix(region)
    set_to = settings.text(f"{upper}_READ_PRICE")
    if set_to is not None:
        return price(set_to)
    if table is None or table not in book.tables:
        return None
    return float(book.table(table).reading(StorageClass.HOT, object_bytes=_CHUNK_BYTES))


def regions_options(settings: Settings) -> RegionsOptions:
    """Return how versions are read where there are replicas.

    Raises `InvalidSettingError` when the cheapest is asked for and a price is not known, and
    `InvalidPriceBookError`.
    """
    strategy = Strategy(settings.required("REPOSITORY_READ_STRATEGY"))
    if strategy is Strategy.LOWEST_COST:
        known = read_prices(settings)
        for each in (PRIMARY, *replica_ids(settings.text(REPLICAS) or "")):
            if each not in known:
                raise InvalidSettingError(
                    f"lowest-cost needs what reading a GB costs everywhere: {each} has no"
                    " READ_PRICE, and the price book no table for its region"
                )
    # Proxies and metadata are written again under the same keys.
    return RegionsOptions(
        strategy=strategy,
        unchanging=(CHUNKS, MANIFESTS),
        is_damaged=lambda key, body: is_sound(key, body) is False,
    )


def _reached(settings: Settings, upper: str, bucket: str) -> StoreOptions:
    _refuse_what_does_nothing(settings, upper, bucket)
    cloud = _KINDS.get(urlsplit(bucket).scheme, "S3")
    keys = {
        "S3": ("S3_ACCESS_KEY", "S3_SECRET_KEY"),
        "AZURE": ("AZURE_ACCOUNT", "AZURE_KEY"),
        "GCS": ("GCS_ACCESS_KEY", "GCS_SECRET_KEY"),
    }[cloud]
    is_s3 = cloud == "S3"
    return StoreOptions(
        bucket=bucket,
        endpoint=settings.text(f"{upper}_{cloud}_ENDPOINT"),
        public_endpoint=settings.text(f"{upper}_S3_PUBLIC_ENDPOINT") if is_s3 else None,
        region=settings.required(f"{upper}_S3_REGION"),
        access_key=settings.text(f"{upper}_{keys[0]}"),
        secret_key=settings.text(f"{upper}_{keys[1]}"),
        session_token=settings.text(f"{upper}_S3_SESSION_TOKEN") if is_s3 else None,
        path_style=settings.flag(f"{upper}_S3_PATH_STYLE") if is_s3 else None,
    )


def _refuse_what_does_nothing(settings: Settings, upper: str, bucket: str) -> None:
    kind = _KINDS.get(urlsplit(bucket).scheme)
    for other in _KINDS.values():
        for name in settings.values:
            if other != kind and name.startswith(f"{upper}_{other}_"):
                place = settings.text(f"{upper}_BUCKET") or "a folder, as it is not set"
                raise InvalidSettingError(
                    f"{name} is set and does nothing: {upper}_BUCKET is {place}"
                )


def store_sources(settings: Settings) -> Sequence[str]:
    """Return what, besides ourselves, browsers read and write objects at: the buckets alone.

    Each is a source of a content security policy, its path ending in a slash.
    """
    options = [store_options(settings, role, b"") for role in ROLES]
    addresses = map(browser_address, [*options, *replica_options(settings).values()])
    return sorted({f"{each.origin}{each.base}/" for each in addresses if each is not None})
