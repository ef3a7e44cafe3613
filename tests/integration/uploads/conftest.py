import pytest

from keyshelf.database.pool import Database
from keyshelf.drive.parts import DriveParts
from keyshelf.store.faulty import FaultyStore
from keyshelf.store.memory import MemoryStore
from tests.integration.uploads.kit import SteppedClock, drive_parts, memory_options


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock()


@pytest.fixture
def store(clock: SteppedClock) -> FaultyStore:
    return FaultyStore(MemoryStore(memory_options(clock)))


@pytest.fixture
def parts(database: Database, store: FaultyStore, clock: SteppedClock) -> DriveParts:
    return drive_parts(database, store, clock)
