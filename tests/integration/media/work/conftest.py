"""A studio for each test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from keyshelf.database.pool import Database
from tests.integration.media.work.studio import Studio, open_studio


@pytest.fixture
async def studio(database: Database, tmp_path: Path) -> AsyncIterator[Studio]:
    async with open_studio(database, tmp_path) as opened:
        yield opened
