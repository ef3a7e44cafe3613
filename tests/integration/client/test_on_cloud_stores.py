"""Transfers straight to real servers of S3, to Azurite, and to a stand-in for GCS."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from keyshelf.client.synchronous import Client
from keyshelf.client.transfers.observing import Observer
from keyshelf.client.transfers.options import TransferOptions
from keyshelf.store.opening import StoreOptions
from tests.api.test_on_cloud_stores import HARD_NAMES, SERVERS, settings_of
from tests.database import NewDatabase
from tests.integration.client.conftest import SOON
from tests.served import PART_BYTES, serve
from tests.servers.fixtures import (
    azure_server,
    gcs_server,
    rclone_server,
    versitygw_server,
)

__all__ = ["azure_server", "gcs_server", "rclone_server", "versitygw_server"]

ONE_AT_ONCE = TransferOptions(requests_at_once=1, download_part_bytes=2**20, retry=SOON)


class HasHadEnoughError(Exception):
    """Ends a transfer in its middle."""


class InterruptAfter(Observer):
    """Lets so many bytes pass, then ends the transfer; notes what was there already."""

    def __init__(self, count: int | None) -> None:
        self.left = count
        self.already = 0

    def began(self, name: str, *, size: int, already: int) -> None:
        self.already = already

    def moved(self, name: str, count: int) -> None:
        if self.left is not None and count > 0:
            self.left -= count
            if self.left < 0:
                raise HasHadEnoughError


@pytest.fixture(scope="module", params=SERVERS)
def cloud_client(
    request: pytest.FixtureRequest,
    new_database: NewDatabase,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Client]:
    options: StoreOptions = request.getfixturevalue(request.param).new_bucket()
    folder = tmp_path_factory.mktemp("cloud-client")
    with (
        new_database() as database_url,
        serve(database_url, folder, settings_of(options)) as service,
        Client(
            service.url,
            token=service.token,
            state_folder=folder / "state",
            transfers=ONE_AT_ONCE,
            retry=SOON,
        ) as client,
    ):
        yield client


def test_a_tree_of_hard_names_comes_back_as_it_went(cloud_client: Client, tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    for name in HARD_NAMES:
        (tree / name).mkdir(parents=True)
        (tree / name / name).write_text(f"content of {name}")

    sent = cloud_client.upload_all([tree], "/hard")
    fetched = cloud_client.download_all(["/hard/tree"], tmp_path / "back")

    assert [str(outcome.error) for outcome in (*sent, *fetched) if outcome.error] == []
    assert {outcome.file.key for outcome in sent if outcome.file} == {
        f"admin/my-files/hard/tree/{name}/{name}" for name in HARD_NAMES
    }
    for name in HARD_NAMES:
        assert (tmp_path / "back/tree" / name / name).read_text() == f"content of {name}"


def test_an_interrupted_upload_and_download_go_on(cloud_client: Client, tmp_path: Path) -> None:
    source, back = tmp_path / "source.bin", tmp_path / "back.bin"
    source.write_bytes(os.urandom(2 * PART_BYTES + 1000))
    first, second = InterruptAfter(PART_BYTES + 1), InterruptAfter(None)

    with pytest.raises(HasHadEnoughError):
        cloud_client.upload(source, "/big.bin", observer=first)
    cloud_client.upload(source, "/big.bin", observer=second)

    third, fourth = InterruptAfter(5 * 2**20), InterruptAfter(None)
    with pytest.raises(HasHadEnoughError):
        cloud_client.download("/big.bin", back, observer=third)
    cloud_client.download("/big.bin", back, observer=fourth)

    assert second.already == PART_BYTES
    assert fourth.already == 5 * 2**20
    assert back.read_bytes() == source.read_bytes()
