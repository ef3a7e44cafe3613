"""From settings to a store that is open."""

from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from urllib.parse import unquote, urlsplit

import anyio

from keyshelf.clock import Clock, system_clock
from keyshelf.errors import InvalidInputError
from keyshelf.store.azure_requests import AzureRequests
from keyshelf.store.azure_restoring import AzureRestores
from keyshelf.store.azure_signing import SharedKey
from keyshelf.store.azure_store import AzureStore
from keyshelf.store.base import ObjectStore
from keyshelf.store.cloud import CloudBytes
from keyshelf.store.control import BucketControl
from keyshelf.store.copying import BucketCopies
from keyshelf.store.disk import DiskStore
from keyshelf.store.disk_options import DiskOptions
from keyshelf.store.errors import (
    BucketNotFoundError,
    StoreUnavailableError,
    UnsupportedError,
)
from keyshelf.store.gcs_control.buckets import GcsControl
from keyshelf.store.gcs_store import GcsStore
from keyshelf.store.local_signing import LocalSigner
from keyshelf.store.memory import MemoryOptions, MemoryStore
from keyshelf.store.restoring import ColdStore
from keyshelf.store.retrying import Retries
from keyshelf.store.s3_between import S3BucketCopies
from keyshelf.store.s3_control.ambient import AmbientCredentials
from keyshelf.store.s3_control.buckets import S3Control, S3ControlOptions
from keyshelf.store.s3_limits import S3Limits
from keyshelf.store.s3_requests import CredentialSource, S3Requests
from keyshelf.store.s3_restoring import S3Restores
from keyshelf.store.s3_store import S3Store
from keyshelf.store.s3_versions import S3Versions
from keyshelf.store.sigv4 import GOOGLE, Address, Credentials
from keyshelf.store.versions import VersionedStore

_PROBE_SECONDS = 5


@dataclass(frozen=True, slots=True)
class StoreOptions:
    """Where one store is and how it is reached."""

    bucket: str
    """`name` or `s3://name`, `gs://name`, `az://container`, `file:///folder`, `memory://`."""
    endpoint: str | None = None
    """The server's address; None is the cloud's own."""
    public_endpoint: str | None = None
    """The server's address in signed URLs, when browsers reach it by another name."""
    region: str = "us-east-1"
    access_key: str | None = None
    """S3: the access key; none means the credentials of this machine. GCS: the id of an
    HMAC key. Azure: the account's name."""
    secret_key: str | None = field(default=None, repr=False)
    session_token: str | None = field(default=None, repr=False)
    path_style: bool | None = None
    """Whether the bucket stands in the path; None means so at any endpoint but AWS's own."""
    role: str = "store"
    """What the store is used as; part of the URLs that local stores sign."""
    signing_key: bytes | None = field(default=None, repr=False)
    """Local stores: the secret that signs their URLs; without it they do not sign."""
    public_url: str | None = None
    """Local stores: where browsers reach this service."""
    keep_free_bytes: int = 0
    """Disk stores: how much of the disk is left free."""
    s3_limits: S3Limits = field(default_factory=S3Limits)
    retries: Retries = field(default_factory=Retries, repr=False, compare=False)
    """Stores in clouds: when their requests are repeated."""
    clock: Clock = system_clock


async def open_store(options: StoreOptions) -> ObjectStore:
    """Open the store that the options name. Close it with `aclose`.

    Raises `InvalidInputError` for options that cannot be right. A store that does not
    answer, or refuses us, opens all the same: `check` tells.
    """
    parts = urlsplit(options.bucket)
    scheme = parts.scheme or "s3"
    if scheme == "s3":
        return await _open_s3(options, _bucket_name(options.bucket))
    if scheme == "gs":
        return _open_gcs(options, _bucket_name(options.bucket))
    if scheme == "az":
        return _open_azure(options)
    if scheme == "file":
        if parts.netloc not in {"", "localhost"} or not parts.path:
            raise InvalidInputError("a folder is given as file:///path", bucket=options.bucket)
        folder = Path(unquote(parts.path))
        return DiskStore(
            folder,
            DiskOptions(
                signer=_signer(options),
                clock=options.clock,
                keep_free_bytes=options.keep_free_bytes,
            ),
        )
    if scheme == "memory":
        return MemoryStore(MemoryOptions(signer=_signer(options), clock=options.clock))
    raise InvalidInputError(f"no store is reached by {scheme}://", bucket=options.bucket)


def _signer(options: StoreOptions) -> LocalSigner | None:
    if options.signing_key is None or options.public_url is None:
        return None
    return LocalSigner(
        secret=options.signing_key,
        public_url=options.public_url,
        role=options.role,
        clock=options.clock,
    )


def _bucket_name(bucket: str) -> str:
    parts = urlsplit(bucket)
    name = parts.netloc if parts.scheme else bucket
    if not name or "/" in name:
        raise InvalidInputError("a bucket has a name without slashes", bucket=bucket)
    if parts.path.strip("/") and parts.scheme:
        raise InvalidInputError(
            "a store is a whole bucket: a prefix inside one is not supported", bucket=bucket
        )
    return unquote(name)


def _credentials(options: StoreOptions) -> CredentialSource:
    if options.access_key is None and options.secret_key is None:
        return AmbientCredentials()
    if options.access_key is None or options.secret_key is None:
        raise InvalidInputError("an access key and its secret key come together")
    known = Credentials(options.access_key, options.secret_key, options.session_token)

    async def configured() -> Credentials:
        return known

    return configured


def open_versions(options: StoreOptions) -> VersionedStore:
    """Open the versions of the bucket that the options name. Close them with `aclose`.

    Raises `UnsupportedError` for a store that keeps none, and what `open_store` raises.
    """
    scheme = urlsplit(options.bucket).scheme or "s3"
    if scheme != "s3":
        raise UnsupportedError(
            f"{options.bucket} keeps no versions that Keyshelf can bring back: that needs a bucket"
            " of S3 with versioning"
        )
    requests = _s3_requests(options, _credentials(options))
    return S3Versions(requests, limits=options.s3_limits)


def open_restores(options: StoreOptions) -> ColdStore | None:
    """Open what must be restored in the bucket that the options name; None where nothing must.

    Close it with `aclose`. Raises `InvalidInputError` as `open_store`.
    """
    scheme = urlsplit(options.bucket).scheme or "s3"
    if scheme == "s3":
        return S3Restores(_s3_requests(options, _credentials(options)))
    return AzureRestores(_azure_requests(options)) if scheme == "az" else None


def open_copies(source: StoreOptions, target: StoreOptions) -> BucketCopies | None:
    """Open what copies between two buckets inside a server; None where none can.

    That is where both are of one server of S3's protocol, or of Amazon in any regions, and
    the same keys open both. Close it with `aclose`. Raises what `open_store` raises.
    """
    keys = [(each.access_key, each.secret_key, each.session_token) for each in (source, target)]
    is_s3 = (urlsplit(source.bucket).scheme or "s3") == "s3"
    if not is_s3 or not is_one_cloud(source, target) or keys[0] != keys[1]:
        return None
    buckets = [_s3_requests(each, _credentials(each)) for each in (source, target)]
    return S3BucketCopies(*buckets, limits=target.s3_limits)


def is_one_cloud(one: StoreOptions, other: StoreOptions) -> bool:
    """Say whether two buckets are of the same kind of store, at the same address."""
    places = [(urlsplit(each.bucket).scheme or "s3", each.endpoint) for each in (one, other)]
    return places[0] == places[1]


def open_control(options: StoreOptions) -> BucketControl | None:
    """Return the rules of the bucket that the options name; None where they are not reached.

    The keys that Azure gives for objects do not open them there, Google's HMAC keys must be set,
    and a folder has none. Raises `InvalidInputError` as `open_store`.
    """
    scheme = urlsplit(options.bucket).scheme or "s3"
    if scheme == "gs" and options.access_key is not None:
        return GcsControl(partial(_gcs_requests, options, _credentials(options)))
    if scheme != "s3":
        return None
    bucket = _bucket_name(options.bucket)
    return S3Control(
        S3ControlOptions(
            bucket=bucket,
            endpoint=_endpoint(options),
            region=options.region,
            path_style=_is_path_style(options, bucket),
        ),
        _credentials(options),
    )


def _s3_requests(options: StoreOptions, credentials: CredentialSource) -> S3Requests:
    bucket = _bucket_name(options.bucket)
    return S3Requests(
        address=_address(options, bucket),
        bucket=bucket,
        region=options.region,
        credentials=credentials,
        clock=options.clock,
        retries=options.retries,
    )


def _address(options: StoreOptions, bucket: str) -> Address:
    path_style = _is_path_style(options, bucket)
    return Address.of(_endpoint(options), bucket, path_style=path_style)


async def _open_s3(options: StoreOptions, bucket: str) -> ObjectStore:
    path_style = _is_path_style(options, bucket)
    address = _address(options, bucket)
    credentials = _credentials(options)
    fast = CloudBytes.s3(
        address,
        bucket,
        path_style=path_style,
        region=options.region,
        credentials=credentials,
        clock=options.clock,
        retries=options.retries,
    )
    store = S3Store(
        _s3_requests(options, credentials),
        fast,
        clock=options.clock,
        public_address=_public_address(options, bucket, path_style=path_style),
        limits=options.s3_limits,
    )
    # A service starts without its store and waits; what needs to know asks again.
    with (
        anyio.move_on_after(_PROBE_SECONDS),
        suppress(StoreUnavailableError, BucketNotFoundError),
    ):
        await store.probe()
    return store


def _open_gcs(options: StoreOptions, bucket: str) -> ObjectStore:
    if options.access_key is None:
        raise InvalidInputError(
            "Google Cloud Storage is reached with an HMAC key: make one for a service account"
        )
    return GcsStore(
        _gcs_requests(options, _credentials(options)),
        None,
        clock=options.clock,
        public_address=_public_address(options, bucket, path_style=True),
        limits=options.s3_limits,
    )


def _gcs_requests(options: StoreOptions, credentials: CredentialSource) -> S3Requests:
    bucket = _bucket_name(options.bucket)
    return S3Requests(
        address=Address.of(_endpoint(options), bucket, path_style=True),
        bucket=bucket,
        region="auto",
        credentials=credentials,
        clock=options.clock,
        retries=options.retries,
        dialect=GOOGLE,
    )


def _open_azure(options: StoreOptions) -> ObjectStore:
    requests = _azure_requests(options)
    return AzureStore(
        requests,
        clock=options.clock,
        public_address=_public_address(options, requests.container, path_style=True),
    )


def _azure_requests(options: StoreOptions) -> AzureRequests:
    if options.access_key is None or options.secret_key is None:
        raise InvalidInputError("Azure is reached with the account's name and key")
    container = _bucket_name(options.bucket)
    return AzureRequests(
        address=Address.of(_endpoint(options), container, path_style=True),
        container=container,
        key=SharedKey(options.access_key, options.secret_key),
        clock=options.clock,
        retries=options.retries,
    )


def browser_address(options: StoreOptions) -> Address | None:
    """Return where signed URLs of a store in a cloud lead; None for a store on this machine.

    Raises `InvalidInputError` for options that cannot be right.
    """
    scheme = urlsplit(options.bucket).scheme or "s3"
    if scheme not in {"s3", "gs", "az"}:
        return None
    bucket = _bucket_name(options.bucket)
    path_style = scheme != "s3" or _is_path_style(options, bucket)
    public = _public_address(options, bucket, path_style=path_style)
    return public or Address.of(_endpoint(options), bucket, path_style=path_style)


def _endpoint(options: StoreOptions) -> str:
    """Return the server's address, the cloud's own where none is given."""
    clouds = {
        "gs": "https://storage.googleapis.com",
        "az": f"https://{options.access_key}.blob.core.windows.net",
    }
    own = clouds.get(urlsplit(options.bucket).scheme)
    return options.endpoint or own or f"https://s3.{options.region}.amazonaws.com"


def _is_path_style(options: StoreOptions, bucket: str) -> bool:
    if options.path_style is not None:
        return options.path_style
    # A bucket whose name holds dots has no valid certificate as a host name.
    return options.endpoint is not None or "." in bucket


def _public_address(options: StoreOptions, bucket: str, *, path_style: bool) -> Address | None:
    if options.public_endpoint is None:
        return None
    return Address.of(options.public_endpoint, bucket, path_style=path_style)
