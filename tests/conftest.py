"""What every test may ask for."""

import pytest

from tests.database import (
    database,
    database_url,
    new_database,
    postgres_url,
    server_folder,
)
from tests.media_clips import clips, media_tools
from tests.redis_server import redis_server, shared_redis
from tests.servers.fixtures import (
    azure_server,
    gcs_server,
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
    "new_database",
    "postgres_url",
    "rclone_server",
    "redis_server",
    "server_folder",
    "shared_redis",
    "strict_s3_server",
    "versitygw_server",
]


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """The service runs on asyncio, and so do its tests."""
    return "asyncio"
