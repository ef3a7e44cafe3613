"""What every test may ask for."""

import signal

import pytest
from hypothesis import HealthCheck, settings

from tests.database import (
    database,
    database_url,
    new_database,
    postgres_url,
    server_folder,
)
from tests.media_clips import clips, media_tools
from tests.redis_server import redis_server, shared_redis
from tests.served import served
from tests.servers.fixtures import (
    azure_server,
    gcs_server,
    minio_server,
    rclone_server,
    strict_s3_server,
    versitygw_server,
)

__all__ = [
    "anyio_backend",
    "azure_server",
    "clips",
    "database",
    "database_url",
    "gcs_server",
    "media_tools",
    "minio_server",
    "new_database",
    "postgres_url",
    "rclone_server",
    "redis_server",
    "served",
    "server_folder",
    "shared_redis",
    "strict_s3_server",
    "versitygw_server",
]

# A busy machine takes its time, and what passes once passes again.
settings.register_profile(
    "tests", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("tests")


def pytest_configure() -> None:
    """Have Ctrl-C end what tests start, also where the run is one in the background."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """The service runs on asyncio, and so do its tests."""
    return "asyncio"
