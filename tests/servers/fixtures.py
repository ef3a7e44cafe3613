"""The servers as fixtures: each is started once per test worker, when first asked for."""

from collections.abc import Iterator

import pytest

from tests.servers import azurite, s3
from tests.servers.azurite import AzureServer
from tests.servers.s3 import S3Server


@pytest.fixture(scope="session")
def rclone_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    with s3.rclone(tmp_path_factory.mktemp("rclone")) as server:
        yield server


@pytest.fixture(scope="session")
def versitygw_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    program = s3.build_versitygw()
    if program is None:
        pytest.skip("versitygw is built by Go, and Go is not installed here")
    with s3.versitygw(program, tmp_path_factory.mktemp("versitygw")) as server:
        yield server


@pytest.fixture(scope="session")
def minio_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    program = s3.build_minio()
    if program is None:
        pytest.skip("MinIO is built by Go, and Go is not installed here")
    with s3.minio(program, tmp_path_factory.mktemp("minio")) as server:
        yield server


@pytest.fixture(scope="session")
def strict_s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    with s3.fake(tmp_path_factory.mktemp("strict-s3"), scheme="s3") as server:
        yield server


@pytest.fixture(scope="session")
def gcs_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    with s3.fake(tmp_path_factory.mktemp("gcs"), scheme="gs") as server:
        yield server


@pytest.fixture(scope="session")
def azure_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AzureServer]:
    program = azurite.install_azurite()
    if program is None:
        pytest.skip("Azurite comes by npm, and Node is not installed here")
    with azurite.azurite(program, tmp_path_factory.mktemp("azurite")) as server:
        yield server
