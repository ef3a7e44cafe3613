"""Two services for two tenants, who share nothing but an account of S3."""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest

from tests.api.isolation.belongings import Belongings, Person, furnish, person
from tests.database import NewDatabase
from tests.served import Served, serve
from tests.servers.s3 import S3Server


@contextmanager
def tenant(
    name: str, server: S3Server, new_database: NewDatabase, folder: Path
) -> Generator[Served]:
    """The service of a tenant, whose bucket is told by the tenant's name."""
    server.new_bucket(f"dits-{server.region}-{name}")
    settings = {
        "REPOSITORY_TENANT": name,
        "REPOSITORY_S3_REGION": server.region,
        "REPOSITORY_S3_ENDPOINT": server.endpoint,
        "REPOSITORY_S3_ACCESS_KEY": server.access_key,
        "REPOSITORY_S3_SECRET_KEY": server.secret_key,
        "KEYSHELF_SIGNED_PLAYBACK": "true",
        "KEYSHELF_IMAGE_RENDERS": "1",
    }
    with new_database() as database_url, serve(database_url, folder, settings) as served:
        yield served


@pytest.fixture(scope="package")
def acme(
    new_database: NewDatabase,
    versitygw_server: S3Server,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("acme")
    with tenant(f"acme-{uuid4().hex[:8]}", versitygw_server, new_database, folder) as served:
        yield served


@pytest.fixture(scope="package")
def rival(
    new_database: NewDatabase,
    versitygw_server: S3Server,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("rival")
    with tenant(f"rival-{uuid4().hex[:8]}", versitygw_server, new_database, folder) as served:
        yield served


@pytest.fixture(scope="package")
def anna(acme: Served) -> Iterator[Person]:
    """Who has something."""
    found = person(acme, "anna")
    yield found
    found.program.http.close()


@pytest.fixture(scope="package")
def belongings(acme: Served, anna: Person) -> Belongings:
    return furnish(acme, anna)


@pytest.fixture(scope="package")
def ben(acme: Served) -> Iterator[Person]:
    """Somebody else at the same service."""
    found = person(acme, "ben")
    yield found
    found.program.http.close()


@pytest.fixture(scope="package")
def rita(rival: Served) -> Iterator[Person]:
    """Somebody at the other tenant's service."""
    found = person(rival, "rita")
    yield found
    found.program.http.close()
