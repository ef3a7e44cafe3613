import pytest
from tests.integration.uploads.kit import LosingStore, SteppedClock, drive_parts, memory_options

from keyshelf.database.pool import Database
from keyshelf.drive.parts import DriveParts


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock()


@pytest.fixture
def store(clock: SteppedClock) -> LosingStore:
    return LosingStore(memory_options(clock, page_limit=3))


@pytest.fixture
def parts(database: Database, store: LosingStore, clock: SteppedClock) -> DriveParts:
    return drive_parts(database, store, clock)
