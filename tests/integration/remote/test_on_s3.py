"""The same over a store of S3's protocol, to which chunks go straight."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from keyshelf.client.asynchronous import AsyncClient
from keyshelf.layout.repository import CHUNKS, ChunkId, parse_chunk_key
from keyshelf.repositories.remote.host import RemoteHost
from keyshelf.repositories.unlocking import Unlocking
from keyshelf.store.base import PutOptions
from keyshelf.store.errors import NeedsRestoreError
from keyshelf.store.opening import StoreOptions, open_store
from tests.database import NewDatabase
from tests.integration.remote.machine import SOON, Machine
from tests.integration.remote.test_remote import project, told
from tests.served import Served, serve
from tests.servers.s3 import S3Server

pytestmark = pytest.mark.anyio


@pytest.fixture
def on_s3(
    versitygw_server: S3Server, new_database: NewDatabase, tmp_path: Path
) -> Iterator[Served]:
    environment = reaching(versitygw_server.new_bucket())
    (tmp_path / "service").mkdir()
    with new_database() as url, serve(url, tmp_path / "service", environment) as service:
        yield service


def reaching(options: StoreOptions) -> dict[str, str]:
    """Return the settings by which a service reaches a bucket."""
    return {
        "REPOSITORY_BUCKET": options.bucket,
        "REPOSITORY_S3_ENDPOINT": options.endpoint or "",
        "REPOSITORY_S3_ACCESS_KEY": options.access_key or "",
        "REPOSITORY_S3_SECRET_KEY": options.secret_key or "",
    }


async def test_chunks_go_straight_to_the_bucket(on_s3: Served, tmp_path: Path) -> None:
    for name, unlocking in (("plain", Unlocking()), ("sealed", Unlocking(key=bytes(32)))):
        home = tmp_path / name
        home.mkdir()
        folder = project(tmp_path / f"project-{name}")
        async with AsyncClient(
            on_s3.url, token=on_s3.token, state_folder=home / "state", retry=SOON
        ) as client:
            machine = Machine(RemoteHost(client, SOON), home, unlocking)
            carrier = await machine.create(name)
            await machine.commit(carrier, folder)
            await machine.checkout(carrier, home / "elsewhere")

        assert told(home / "elsewhere") == told(folder)
    asked = [each.request for each in on_s3.traffic.answered]
    assert not [each for each in asked if each.is_transfer or each.path.endswith("/content")]


async def test_a_chunk_that_must_be_restored_is_told_as_that(
    strict_s3_server: S3Server, new_database: NewDatabase, tmp_path: Path
) -> None:
    options = strict_s3_server.new_bucket()
    (tmp_path / "service").mkdir()
    folder = project(tmp_path / "project")
    with (
        new_database() as url,
        serve(url, tmp_path / "service", reaching(options)) as service,
    ):
        async with AsyncClient(
            service.url, token=service.token, state_folder=tmp_path / "state", retry=SOON
        ) as client:
            machine = Machine(RemoteHost(client, SOON), tmp_path, Unlocking())
            carrier = await machine.create("plain")
            await machine.commit(carrier, folder)
            frozen = await freeze_one(options)

            with pytest.raises(NeedsRestoreError) as failed:
                await machine.checkout(carrier, tmp_path / "elsewhere")

    assert failed.value.extras == {"chunk": frozen}


async def freeze_one(options: StoreOptions) -> ChunkId | None:
    store = await open_store(options)
    found = [each async for page in store.list(CHUNKS) for each in page.objects]
    key = max(found, key=lambda each: each.size).key
    async with await store.get(key) as reader:
        body = await reader.read()
    await store.put(key, body, PutOptions(storage_class="GLACIER"))
    await store.aclose()
    return parse_chunk_key(key)
