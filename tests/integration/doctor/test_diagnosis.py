"""`keyshelf doctor` on real parts: what is well, and what is not with its fix."""

import json
import socket
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import boto3
import pytest

from keyshelf import settings
from keyshelf.app.diagnosis import Check, diagnose
from keyshelf.clock import Clock, system_clock
from keyshelf.database.pool import Database
from keyshelf.media.fences import WITH_NETWORK, landlock_version
from keyshelf.store.opening import StoreOptions
from tests.servers.s3 import S3Server

pytestmark = [pytest.mark.anyio, pytest.mark.services]


@pytest.fixture
def environment(tmp_path: Path, database_url: str) -> dict[str, str]:
    """The settings of a service of its own, at ports that are free."""
    return {
        "XDG_CONFIG_HOME": str(tmp_path),
        "KEYSHELF_DATA": str(tmp_path / "data"),
        "KEYSHELF_PORT": "0",
        "KEYSHELF_ADMIN_PORT": "0",
        "KEYSHELF_PUBLIC_URL": "http://127.0.0.1:8080",
        "DATABASE_URL": database_url,
    }


async def checks(
    environment: Mapping[str, str], *, clock: Clock = system_clock
) -> dict[str, Check]:
    return {check.name: check async for check in diagnose(settings.load(environment), clock=clock)}


def on_s3(bucket: StoreOptions) -> dict[str, str]:
    return {
        "SOURCE_BUCKET": bucket.bucket,
        "SOURCE_S3_ENDPOINT": bucket.endpoint or "",
        "SOURCE_S3_ACCESS_KEY": bucket.access_key or "",
        "SOURCE_S3_SECRET_KEY": bucket.secret_key or "",
        "SOURCE_S3_REGION": bucket.region,
    }


async def test_nothing_is_wrong_before_the_first_start_and_nothing_is_made(
    environment: dict[str, str], tmp_path: Path
) -> None:
    del environment["DATABASE_URL"]

    found = await checks(environment)

    assert [check for check in found.values() if check.status == "failed"] == []
    assert "not there yet" in found["database"].detail
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("folder", ["/proc/keyshelf", "/dev/null/data"])
async def test_a_data_folder_that_cannot_be_made_is_told_even_to_root(
    environment: dict[str, str], folder: str
) -> None:
    found = await checks({**environment, "KEYSHELF_DATA": folder})

    assert found["data folder"].status == "failed"
    assert "KEYSHELF_DATA" in (found["data folder"].fix or "")


async def test_a_sound_service_is_well(environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "data/stores/source").mkdir(parents=True)

    found = await checks(environment)

    assert [check for check in found.values() if check.status == "failed"] == []
    assert found["schema"].detail == "current"
    assert "written, read, listed and deleted" in found["source store"].detail
    left = [path for path in (tmp_path / "data/stores/source").rglob("*") if "doctor" in path.name]
    assert left == []


async def test_a_cycle_and_a_wrong_size_are_found(
    environment: dict[str, str], database: Database
) -> None:
    one, two, three = uuid4(), uuid4(), uuid4()
    async with database.transaction() as tx:
        for each, size in ((one, 0), (two, 0), (three, 7)):
            await tx.execute(
                "INSERT INTO files (id, s3_key, filename, owner_id, is_folder, size)"
                " VALUES (%(id)s, %(key)s, %(name)s, 'anna', true, %(size)s)",
                {"id": each, "key": f"anna/my-files/{each}/", "name": str(each), "size": size},
            )
        for each, above in ((one, two), (two, one)):
            statement = "UPDATE files SET parent_id = %(above)s WHERE id = %(id)s"
            await tx.execute(statement, {"id": each, "above": above})

    found = await checks(environment)

    assert str(one) in found["folder tree"].detail
    assert str(two) in found["folder tree"].detail
    assert "says 7 and holds 0" in found["folder sizes"].detail
    assert f"propagate_folder_sizes('{three}')" in (found["folder sizes"].fix or "")


async def test_a_schema_of_a_newer_keyshelf_is_refused(
    environment: dict[str, str], database: Database
) -> None:
    async with database.transaction() as tx:
        await tx.execute("INSERT INTO schema_migrations VALUES (9999, 'later', 'x', now())")

    found = await checks(environment)

    assert found["schema"].status == "failed"
    assert "9999" in found["schema"].detail


async def test_a_taken_port_is_told_with_its_setting(environment: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        environment["KEYSHELF_PORT"] = str(other.getsockname()[1])
        found = await checks(environment)

    assert found["public port"].status == "failed"
    assert "KEYSHELF_PORT" in (found["public port"].fix or "")


async def test_a_redis_that_is_away_is_told(environment: dict[str, str]) -> None:
    found = await checks({**environment, "REDIS_URL": "redis://127.0.0.1:1/0"})

    assert found["redis"].status == "failed"


async def test_an_s3_store_works_by_signed_urls(
    environment: dict[str, str], rclone_server: S3Server
) -> None:
    found = await checks({**environment, **on_s3(rclone_server.new_bucket())})

    assert found["source store"].status == "ok"
    assert found["source store, signed URLs"].status == "ok"
    assert found["source store, clock"].status == "ok"


async def test_wrong_keys_are_told_with_their_setting(
    environment: dict[str, str], rclone_server: S3Server
) -> None:
    stranger = replace(rclone_server.new_bucket(), secret_key="another")

    found = await checks({**environment, **on_s3(stranger)})

    assert found["source store"].status == "failed"
    assert "SOURCE_S3_ACCESS_KEY" in (found["source store"].fix or "")


async def test_a_bucket_that_is_not_there_is_told(
    environment: dict[str, str], rclone_server: S3Server
) -> None:
    found = await checks({**environment, **on_s3(rclone_server.options("no-such-bucket"))})

    assert found["source store"].status == "failed"
    assert "SOURCE_BUCKET" in (found["source store"].fix or "")


async def test_a_clock_that_is_wrong_is_told(
    environment: dict[str, str], rclone_server: S3Server
) -> None:
    def late() -> datetime:
        return system_clock() + timedelta(minutes=7)

    found = await checks({**environment, **on_s3(rclone_server.new_bucket())}, clock=late)

    assert found["source store, clock"].status == "failed"


async def test_the_cors_rule_that_is_named_is_the_one_that_helps(
    environment: dict[str, str], versitygw_server: S3Server
) -> None:
    bucket = versitygw_server.new_bucket()
    environment |= on_s3(bucket)
    before = (await checks(environment))["source store, CORS"]
    assert before.status == "failed"

    rule = (before.fix or "").split("--cors-configuration '")[1].split("'`")[0]
    client = boto3.client(  # type: ignore[reportUnknownMemberType]  # other services have no stubs
        "s3",
        endpoint_url=bucket.endpoint,
        region_name=bucket.region,
        aws_access_key_id=bucket.access_key,
        aws_secret_access_key=bucket.secret_key,
    )
    client.put_bucket_cors(
        Bucket=bucket.bucket.removeprefix("s3://"), CORSConfiguration=json.loads(rule)
    )

    assert (await checks(environment))["source store, CORS"].status == "ok"


async def test_what_makes_renditions_is_tried(environment: dict[str, str]) -> None:
    found = await checks(environment)
    without = await checks({**environment, "KEYSHELF_FFMPEG": "/bin/true"})
    missing = await checks({**environment, "KEYSHELF_FFMPEG": "/no/ffmpeg"})

    assert (found["films"].status, found["pictures"].status) == ("ok", "ok")
    assert (found["fences"].status == "ok") is (landlock_version() >= WITH_NETWORK)
    assert without["films"].status == "warning"
    assert "libsvtav1" in without["films"].detail
    assert missing["films"].status == "failed"
    assert "KEYSHELF_FFMPEG" in (missing["films"].fix or "")
