"""The three stores: what is set about them, and opening them."""

from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from urllib.parse import urlsplit

from keyshelf.app.kept_secrets import private_folder
from keyshelf.errors import InvalidInputError
from keyshelf.layout.buckets import IllegalBucketNameError, tenant_bucket
from keyshelf.layout.namespace import namespace
from keyshelf.settings import InvalidSettingError, Settings
from keyshelf.settings.values import ROLES
from keyshelf.store.base import ObjectStore
from keyshelf.store.local_signing import LocalSigner
from keyshelf.store.observed import ObservedStore, StoreMetrics
from keyshelf.store.opening import StoreOptions, browser_address, open_store
from keyshelf.telemetry import Metrics

_KINDS = {"": "S3", "s3": "S3", "az": "AZURE", "gs": "GCS"}
"""By the scheme of a bucket, how the settings are called that belong to it."""


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
    region = settings.required("REPOSITORY_S3_REGION")
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


async def open_stores(
    settings: Settings, secret: bytes, metrics: Metrics, opened: AsyncExitStack
) -> tuple[Mapping[str, ObservedStore], dict[str, LocalStore]]:
    """Open a store for each role; those on this machine come with what signs their URLs."""
    store_metrics = StoreMetrics(metrics.registry)
    stores: dict[str, ObservedStore] = {}
    local: dict[str, LocalStore] = {}
    for role in ROLES:
        stores[role] = store = await open_role(settings, role, secret, store_metrics, opened)
        if store.capabilities.is_local:
            signer = LocalSigner(secret=secret, public_url=settings.public_url, role=role)
            local[role] = LocalStore(store, signer)
    return stores, local


async def open_role(
    settings: Settings, role: str, secret: bytes, metrics: StoreMetrics, opened: AsyncExitStack
) -> ObservedStore:
    """Open the store of one role, in the data folder unless a bucket is set."""
    if is_embedded(settings, role):
        # The data folder lets the database's account pass; what people keep is not for others.
        (private_folder(settings.data_folder) / "stores").mkdir(mode=0o700, exist_ok=True)
    bare = await _open(store_options(settings, role, secret))
    opened.push_async_callback(bare.aclose)
    return ObservedStore(bare, role=role, metrics=metrics)


async def _open(options: StoreOptions) -> ObjectStore:
    try:
        return await open_store(options)
    except InvalidInputError as error:
        names = f"{options.role.upper()}_BUCKET, or what is set beside it"
        raise InvalidSettingError(f"{names}, cannot be: {error.detail}") from error


def store_options(settings: Settings, role: str, secret: bytes) -> StoreOptions:
    """Return how one store is reached. Nothing is taken from another role's settings.

    Raises `InvalidSettingError` for what is set and would do nothing, because it is of
    another kind of store: whoever forgot the bucket would look for their files elsewhere.
    """
    upper = role.upper()
    bucket = bucket_of(settings, role)
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
        role=role,
        signing_key=secret,
        public_url=settings.public_url,
        keep_free_bytes=settings.number("KEYSHELF_KEEP_FREE_MIB") * 2**20,
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
    addresses = (browser_address(store_options(settings, role, b"")) for role in ROLES)
    return sorted({f"{each.origin}{each.base}/" for each in addresses if each is not None})
