"""`keyshelf doctor` advises by what was written down of the stores."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from keyshelf import settings
from keyshelf.app.checks.advice import check_usage
from keyshelf.database.pool import Database

pytestmark = [pytest.mark.anyio, pytest.mark.services]

LAST = datetime(2026, 11, 20, tzinfo=UTC)
SETTINGS = {
    "SOURCE_BUCKET": "s3://files",
    "SOURCE_VERSIONING": "false",
    "REPOSITORY_BUCKET": "s3://versions",
}


async def write_down(database: Database, at: datetime, store: str, tenant: str) -> None:
    async with database.transaction() as tx:
        await tx.execute(
            """
            INSERT INTO storage_snapshots (
                day, store, kind, storage_class, tenant, calculated_at, objects, bytes,
                small_objects, small_bytes, is_estimate
            ) VALUES (
                %(day)s, %(store)s, 'file', 'hot', %(tenant)s, %(at)s, 10, 1000000, 0, 0, false
            )
            """,
            {"day": at.date(), "at": at, "store": store, "tenant": tenant},
        )


async def told(database: Database, tmp_path: Path) -> dict[str, str]:
    given = settings.load({"XDG_CONFIG_HOME": str(tmp_path), **SETTINGS})
    return {each.name: each.detail async for each in check_usage(given, database)}


async def test_nothing_is_advised_before_anything_is_known(
    database: Database, tmp_path: Path
) -> None:
    assert await told(database, tmp_path) == {}


async def test_advice_has_the_figures_of_the_last_day(database: Database, tmp_path: Path) -> None:
    for days in (10, 0):
        for tenant in ("anna", "ben", "shared"):
            await write_down(database, LAST - timedelta(days=days), "source", tenant)
    async with database.transaction() as tx:
        await tx.execute(
            "INSERT INTO store_traffic VALUES ('source', 'us-east-1', 'out', 1000000000000)"
        )

    found = await told(database, tmp_path)

    assert found.keys() == {
        "source store, versions",
        "source store, access log",
        "source store, CDN",
    }
    assert found["source store, versions"].startswith("30 objects")
    assert found["source store, access log"].startswith("2 people")
    assert found["source store, CDN"].startswith("3 TB a month are read of 3 MB")
