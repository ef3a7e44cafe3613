"""`recover` on real buckets: what `check` names comes back, and a typo is told as one."""

import os
import shlex
from collections.abc import Mapping
from pathlib import Path

import anyio
import pytest

from keyshelf.layout.keys import ObjectKey
from keyshelf.layout.repository import CHUNKS, MANIFESTS
from keyshelf.store.opening import StoreOptions, open_store
from tests.cli.conftest import Keyshelf
from tests.servers.s3 import S3Server
from tests.versioned import turn_versioning_on


def bucket_settings(role: str, options: StoreOptions) -> Mapping[str, str]:
    return {
        f"{role}_BUCKET": options.bucket,
        f"{role}_S3_ENDPOINT": options.endpoint or "",
        f"{role}_S3_REGION": options.region,
        f"{role}_S3_ACCESS_KEY": options.access_key or "",
        f"{role}_S3_SECRET_KEY": options.secret_key or "",
    }


@pytest.fixture
def buckets(minio_server: S3Server) -> Mapping[str, StoreOptions]:
    """A bucket that keeps versions, for repositories, and one that does not, for files."""
    repository = minio_server.new_bucket()
    turn_versioning_on(minio_server, repository)
    return {"REPOSITORY": repository, "SOURCE": minio_server.new_bucket()}


@pytest.fixture
def environment(
    database_url: str, buckets: Mapping[str, StoreOptions], tmp_path: Path
) -> dict[str, str]:
    """The settings of the program: a database, and buckets as stores."""
    home = tmp_path / "home"
    settings = {
        "HOME": str(home),
        "XDG_CACHE_HOME": str(home / "cache"),
        "KEYSHELF_DATA": str(tmp_path / "data"),
        "DATABASE_URL": database_url,
    }
    for role, options in buckets.items():
        settings |= bucket_settings(role, options)
    return settings


def damage_one(options: StoreOptions, prefix: str) -> ObjectKey:
    """Write over an object by other hands; returns its key."""

    async def write() -> ObjectKey:
        store = await open_store(options)
        key = next(iter([each.key async for page in store.list(prefix) for each in page.objects]))
        await store.put(key, b"rubbish!")
        await store.aclose()
        return key

    return anyio.run(write)


@pytest.mark.parametrize("prefix", [CHUNKS, MANIFESTS])
def test_the_command_that_check_names_brings_damage_back(
    keyshelf: Keyshelf, buckets: Mapping[str, StoreOptions], tmp_path: Path, prefix: str
) -> None:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "a.mov").write_bytes(os.urandom(100_000))
    keyshelf("repo", "create", "film")
    keyshelf("commit", folder, "-R", "film", "-m", "first")
    key = damage_one(buckets["REPOSITORY"], prefix)

    damaged = keyshelf("check", "-R", "film")
    report = keyshelf("report", "reconcile", "--store", "repository")
    command = next(line for line in damaged.lines if line.startswith("  keyshelf recover"))
    planned = keyshelf(*shlex.split(command)[1:], "--dry-run")
    done = keyshelf(*shlex.split(command)[1:])
    again = keyshelf(*shlex.split(command)[1:])
    after = keyshelf("check", "-R", "film", "--read-data")

    assert damaged.code == 7
    assert Path(key).stem in command
    # Rows tell no sizes of manifests.
    assert ("not judged: 1 object that" in report.out) == (prefix == CHUNKS)
    assert (planned.code, "1 would be reverted" in planned.out) == (0, True)
    assert (done.code, "1 reverted" in done.out) == (0, True)
    assert (again.code, "nothing to bring back" in again.out) == (0, True)
    assert (after.code, "sound" in after.out) == (0, True)


def test_a_typo_is_not_found_and_the_store_is_named(
    keyshelf: Keyshelf, buckets: Mapping[str, StoreOptions], minio_server: S3Server
) -> None:
    off = keyshelf("recover", "drive", "--at", "1h", "--yes")
    turn_versioning_on(minio_server, buckets["SOURCE"])
    keyshelf("doctor")

    listed = keyshelf("recover", "list", "--store", "source", "--json")
    nowhere = keyshelf("recover", "file", "/nowhere/film.mov", "--yes")

    assert (off.code, "versioning apply --store source" in off.err) == (2, True)
    assert listed.json["changes"] == []
    assert (nowhere.code, "recover list 'admin/my-files/nowhere/'" in nowhere.err) == (3, True)
