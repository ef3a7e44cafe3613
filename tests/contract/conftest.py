"""What the contracts of several stores share."""

from collections.abc import AsyncGenerator

import pytest

from tests.signed_server import SignedServer, signed_server


@pytest.fixture(scope="session", name="signed_server")
async def one_signed_server() -> AsyncGenerator[SignedServer]:
    """One server for all tests; each gives it the store that it serves."""
    async with signed_server() as server:
        yield server
