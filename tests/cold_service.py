"""A service whose repositories are in a bucket with classes that must be restored."""

from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from pathlib import Path

from anyio.from_thread import start_blocking_portal

from keyshelf.layout.repository import chunk_key
from keyshelf.repositories.formats import ids
from keyshelf.store.base import ObjectStore, PutOptions
from keyshelf.store.opening import StoreOptions, open_store
from tests.served import Served, serve
from tests.servers.s3 import S3Server


@contextmanager
def cold_service(
    database_url: str, folder: Path, server: S3Server, *, replica: StoreOptions | None = None
) -> Generator[tuple[Served, StoreOptions]]:
    """A service with a bucket of S3 for versions, and that bucket; `eu` is its replica."""
    bucket = server.new_bucket()
    environment = {"KEYSHELF_REPOSITORY_PRICES": "s3.us-east-1", **_settings("REPOSITORY", bucket)}
    if replica is not None:
        environment |= {"REPOSITORY_REPLICAS": "eu", **_settings("REPOSITORY_REPLICA_EU", replica)}
    with serve(database_url, folder, environment) as service:
        yield service, bucket


def _settings(prefix: str, bucket: StoreOptions) -> dict[str, str]:
    return {
        f"{prefix}_BUCKET": bucket.bucket,
        f"{prefix}_S3_ENDPOINT": str(bucket.endpoint),
        f"{prefix}_S3_ACCESS_KEY": str(bucket.access_key),
        f"{prefix}_S3_SECRET_KEY": str(bucket.secret_key),
    }


def freeze(bucket: StoreOptions, *contents: bytes, name: str = "GLACIER") -> None:
    """Move the chunks of such small files to a class, as a rule of the bucket does."""

    async def move(store: ObjectStore) -> None:
        for content in contents:
            key = chunk_key(ids.chunk_id(content, None))
            async with await store.get(key) as reader:
                body = await reader.read()
            await store.put(key, body, PutOptions(storage_class=name))

    in_bucket(bucket, move)


def in_bucket(bucket: StoreOptions, use: Callable[[ObjectStore], Awaitable[None]]) -> None:
    """Do something to a bucket behind the back of the service."""

    async def run() -> None:
        store = await open_store(bucket)
        await use(store)
        await store.aclose()

    # Playwright keeps an event loop on this thread, beside which none of ours may run.
    with start_blocking_portal() as portal:
        portal.call(run)
