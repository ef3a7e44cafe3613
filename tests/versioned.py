"""Buckets of MinIO, with versions and without, as fixtures of whoever imports them."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime

import anyio
import httpx2
import pytest

from keyshelf.store.base import ObjectStore
from keyshelf.store.opening import StoreOptions, open_store, open_versions
from keyshelf.store.sigv4 import Address, Credentials, Signer
from keyshelf.store.versions import VersionedStore
from tests.patience import PATIENCE
from tests.servers.s3 import S3Server

_ENABLED = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"


__all__ = ["Versioned", "later", "plain_bucket", "versioned_bucket"]


@dataclass(frozen=True)
class Versioned:
    """A versioned bucket as those see it who write objects, and as recovery does."""

    options: StoreOptions
    store: ObjectStore
    versions: VersionedStore


def turn_versioning_on(server: S3Server, options: StoreOptions) -> None:
    name = options.bucket.removeprefix("s3://")
    address = Address.of(server.endpoint, name, path_style=True)
    keys = Credentials(server.access_key, server.secret_key)
    signer = Signer(keys, region=server.region, address=address)
    target = address.target(None, {"versioning": ""})
    headers = signer.sign_headers("PUT", target, at=datetime.now(UTC), headers={})
    url = f"{address.origin}{target}"
    httpx2.put(url, headers=headers, content=_ENABLED, timeout=PATIENCE).raise_for_status()


async def later() -> datetime:
    """A time that what was done is before and what follows is after, to the server's clock too."""
    await anyio.sleep(0.05)
    at = datetime.now(UTC)
    await anyio.sleep(0.05)
    return at


@pytest.fixture
async def plain_bucket(minio_server: S3Server) -> AsyncIterator[Versioned]:
    """A bucket whose versioning was never turned on."""
    options = minio_server.new_bucket()
    store, versions = await open_store(options), open_versions(options)
    yield Versioned(options, store, versions)
    await versions.aclose()
    await store.aclose()


@pytest.fixture
async def versioned_bucket(plain_bucket: Versioned, minio_server: S3Server) -> Versioned:
    turn_versioning_on(minio_server, plain_bucket.options)
    return plain_bucket
