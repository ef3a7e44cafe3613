"""Repositories of a service on another machine: another home, over HTTP."""

from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path

import pytest

from keyshelf.client.asynchronous import AsyncClient
from keyshelf.repositories.remote.host import RemoteHost
from keyshelf.repositories.unlocking import Unlocking
from tests.integration.remote.machine import SOON, Machine, PresigningHost
from tests.served import Served

_numbers = count(1)


@pytest.fixture
def name() -> str:
    """What no other repository is called."""
    return f"remote-{next(_numbers)}"


@pytest.fixture(
    params=[
        "plain",
        pytest.param("encrypted", marks=pytest.mark.long),
        pytest.param("plain-presigned", marks=pytest.mark.long),
        "encrypted-presigned",
    ]
)
async def machine(
    request: pytest.FixtureRequest, served: Served, tmp_path: Path
) -> AsyncIterator[Machine]:
    kind, _, presigned = str(request.param).partition("-")
    make = PresigningHost if presigned else RemoteHost
    secret = Unlocking(key=bytes(range(32))) if kind == "encrypted" else Unlocking()
    home = tmp_path / "home"
    home.mkdir()
    async with AsyncClient(
        served.url, token=served.token, state_folder=tmp_path / "state", retry=SOON
    ) as client:
        yield Machine(make(client, SOON), home, secret)
