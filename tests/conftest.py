"""What every test may ask for."""

import pytest
from tests.database import (
    database,
    database_url,
    new_database,
    postgres_url,
    server_folder,
)
from tests.redis_server import redis_server, shared_redis

__all__ = [
    "anyio_backend",
    "database",
    "database_url",
    "new_database",
    "postgres_url",
    "redis_server",
    "server_folder",
    "shared_redis",
]


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """The service runs on asyncio, and so do its tests."""
    return "asyncio"
