"""A pool of renders for all tests of pictures in this process."""

from collections.abc import AsyncGenerator

import pytest

from keyshelf.media.images.pool import RenderPool
from keyshelf.media.images.values import RenderOptions
from tests.integration.media.images.pictures import Studio


@pytest.fixture(scope="session")
async def studio(
    tmp_path_factory: pytest.TempPathFactory, anyio_backend: str
) -> AsyncGenerator[Studio]:
    folder = tmp_path_factory.mktemp("pictures")
    async with RenderPool(RenderOptions(at_once=1), folder=folder) as pool:
        yield Studio(pool, folder)
