"""The same over a store of S3's protocol, to which chunks go straight."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from keyshelf.client.asynchronous import AsyncClient
from keyshelf.repositories.remote.host import RemoteHost
from keyshelf.repositories.unlocking import Unlocking
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
    options = versitygw_server.new_bucket()
    environment = {
        "REPOSITORY_BUCKET": options.bucket,
        "REPOSITORY_S3_ENDPOINT": options.endpoint or "",
        "REPOSITORY_S3_ACCESS_KEY": options.access_key or "",
        "REPOSITORY_S3_SECRET_KEY": options.secret_key or "",
    }
    (tmp_path / "service").mkdir()
    with new_database() as url, serve(url, tmp_path / "service", environment) as service:
        yield service


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
