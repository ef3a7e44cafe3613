"""Chunks by the beginnings of their ids, with what the store says of each."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import anyio
import httpx2
import pytest

from keyshelf.layout.repository import ChunkId, chunk_key
from keyshelf.store.base import PutOptions
from keyshelf.store.opening import StoreOptions, open_store
from tests.api.conftest import Program
from tests.api.repositories.conftest import Shelf, sealed
from tests.api.test_on_cloud_stores import settings_of
from tests.database import NewDatabase
from tests.patience import PATIENCE
from tests.served import Served, serve

OTHER_CLASS = {"gcs_server": "NEARLINE", "disk": "COLD"}
"""What an object can be moved to. versitygw has one class, the standard one, which is null."""
Place = tuple[Served, StoreOptions]


@pytest.fixture(params=["disk", "versitygw_server", "gcs_server"])
def server(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def place(
    request: pytest.FixtureRequest,
    server: str,
    new_database: NewDatabase,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Place]:
    """A service and its store of repositories."""
    if server == "disk":
        service: Served = request.getfixturevalue("served")
        yield service, StoreOptions((service.bucket.parent / "repository").as_uri())
        return
    options: StoreOptions = request.getfixturevalue(server).new_bucket()
    of_source = settings_of(options).items()
    settings = {name.replace("SOURCE", "REPOSITORY"): value for name, value in of_source}
    folder = tmp_path_factory.mktemp("cloud")
    with new_database() as url, serve(url, folder, settings) as service:
        yield service, options


@pytest.fixture
def program(place: Place) -> Iterator[Program]:
    headers = {"Authorization": f"Bearer {place[0].token}"}
    with httpx2.Client(base_url=place[0].url, headers=headers, timeout=PATIENCE) as http:
        yield Program(http, "")


async def move(options: StoreOptions, chunk: ChunkId, storage_class: str) -> None:
    """Do what a rule of the bucket does in time."""
    store, key = await open_store(options), chunk_key(chunk)
    async with await store.get(key) as reader:
        body = await reader.read()
    await store.put(key, body, PutOptions(storage_class=storage_class))
    await store.aclose()


def test_a_listing_tells_hash_size_storage_class_and_time(
    shelf: Shelf, server: str, place: Place
) -> None:
    began = datetime.now(UTC)
    chunks = sorted((sealed() for _ in range(40)), key=lambda each: each.id)
    first, other = chunks[0].id, OTHER_CLASS.get(server)
    shelf.send(*chunks)
    if other:
        anyio.run(move, place[1], first, other)

    for beginning in (first[:count] for count in (0, 1, 2, 3, 64)):
        listed = shelf.call("GET", f"/chunks?prefix={beginning}")["items"]

        assert [(each["hash"], each["size"], each["storage_class"]) for each in listed] == [
            (each.id, len(each.frame), other if each.id == first else None)
            for each in chunks
            if each.id.startswith(beginning)
        ]
        for each in listed:
            changed = datetime.fromisoformat(each["last_modified"])
            # Some servers tell whole seconds.
            assert began - timedelta(seconds=1) <= changed <= datetime.now(UTC)
    assert shelf.call("GET", f"/chunks?prefix={sealed().id}")["items"] == []
    shelf.call("GET", "/chunks?prefix=XY", status=422)
