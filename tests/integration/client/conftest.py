"""A client of the real service."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from keyshelf.client.retrying import RetryOptions
from keyshelf.client.synchronous import Client
from keyshelf.client.transfers.options import TransferOptions
from tests.served import Served

SOON = RetryOptions(first_wait=0.01, longest_asked_wait=0, patience=0)
"""As many attempts as by default, and quicker."""
OPTIONS = TransferOptions(requests_at_once=3, download_part_bytes=2**20, retry=SOON)
_numbers = count(1)


@pytest.fixture
def client(served: Served, tmp_path: Path) -> Iterator[Client]:
    with Client(
        served.url,
        token=served.token,
        admin_url=served.admin_url,
        state_folder=tmp_path / "state",
        transfers=OPTIONS,
        retry=SOON,
    ) as client:
        yield client


@pytest.fixture
def folder(client: Client) -> str:
    """A folder of the drive that no other test uses."""
    path = f"/client-{next(_numbers)}"
    client.make_folder(path)
    return path
