"""A service for pictures, and who asks it for them."""

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.database import NewDatabase
from tests.patience import PATIENCE
from tests.served import Served, serve


@pytest.fixture(scope="session")
def shelf(new_database: NewDatabase, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A service of its own, with a preset and a bound on its sources."""
    folder: Path = tmp_path_factory.mktemp("pictures")
    settings = {
        "KEYSHELF_IMAGE_PRESETS": "card=w32_h32_fit-cover",
        "KEYSHELF_IMAGE_SOURCE_MIB": "1",
        "KEYSHELF_IMAGE_RENDERS": "1",
    }
    with new_database() as database_url, serve(database_url, folder, settings) as service:
        yield service


@pytest.fixture
def http(shelf: Served) -> Iterator[httpx2.Client]:
    """A browser without any sign-in."""
    with httpx2.Client(base_url=shelf.url, timeout=PATIENCE) as client:
        yield client
