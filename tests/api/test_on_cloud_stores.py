"""The same drive on real servers of S3, on Azurite, and on a stand-in for GCS."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import anyio
import httpx2
import pytest

from keyshelf.store.opening import StoreOptions, open_store
from tests.api.conftest import Program
from tests.database import NewDatabase
from tests.patience import PATIENCE
from tests.served import PART_BYTES, Served, serve
from tests.servers.fixtures import (
    azure_server,
    gcs_server,
    rclone_server,
    versitygw_server,
)

__all__ = ["azure_server", "gcs_server", "rclone_server", "versitygw_server"]

HARD_NAMES = [
    "50% off #1?.pdf",
    "it's (2)+a&b=c.mov",
    "日本語 😀.png",
    "plain name.txt",
    "%2e%2e%2fetc",
    "a;b,c=d@e!.txt",
]
SERVERS = ["rclone_server", "versitygw_server", "azure_server", "gcs_server"]


def settings_of(options: StoreOptions) -> dict[str, str]:
    """The environment that makes this bucket the source store."""
    cloud = {"s3": "S3", "az": "AZURE", "gs": "GCS"}[options.bucket.partition(":")[0]]
    access, secret = {
        "S3": ("S3_ACCESS_KEY", "S3_SECRET_KEY"),
        "AZURE": ("AZURE_ACCOUNT", "AZURE_KEY"),
        "GCS": ("GCS_ACCESS_KEY", "GCS_SECRET_KEY"),
    }[cloud]
    return {
        "SOURCE_BUCKET": options.bucket,
        f"SOURCE_{cloud}_ENDPOINT": options.endpoint or "",
        f"SOURCE_{access}": options.access_key or "",
        f"SOURCE_{secret}": options.secret_key or "",
    }


@pytest.fixture(scope="module", params=SERVERS)
def on_cloud(
    request: pytest.FixtureRequest,
    new_database: NewDatabase,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Served, StoreOptions]]:
    options: StoreOptions = request.getfixturevalue(request.param).new_bucket()
    with new_database() as database_url:
        folder = tmp_path_factory.mktemp("cloud")
        with serve(database_url, folder, settings_of(options)) as service:
            yield service, options


@pytest.fixture
def program(on_cloud: tuple[Served, StoreOptions]) -> Iterator[Program]:
    service, _ = on_cloud
    headers = {"Authorization": f"Bearer {service.token}"}
    with httpx2.Client(base_url=service.url, headers=headers, timeout=PATIENCE) as http:
        made = http.post("/api/folders", json={"name": f"test {uuid4()}"})
        assert made.status_code == 201, made.text
        yield Program(http, made.json()["folder"]["id"])


def keys_in(options: StoreOptions, prefix: str) -> set[str]:
    """What an S3 browser shows below a prefix, without the markers of folders."""

    async def listed() -> set[str]:
        store = await open_store(options)
        try:
            return {each.key async for page in store.list(prefix) for each in page.objects}
        finally:
            await store.aclose()

    return {key for key in anyio.run(listed) if not key.endswith("/")}


def folder_name(program: Program) -> str:
    shown: dict[str, Any] = program.call("GET", f"/api/files/{program.folder}")
    return shown["file"]["filename"]


def test_files_are_in_the_bucket_under_the_names_they_were_given(
    program: Program, on_cloud: tuple[Served, StoreOptions]
) -> None:
    root = f"admin/my-files/{folder_name(program)}/"
    files = {name: program.upload(name, name.encode()) for name in HARD_NAMES}
    assert keys_in(on_cloud[1], root) == {root + name for name in HARD_NAMES}

    for name, file in files.items():
        path = f"/api/files/{file['id']}"
        assert program.download(file["id"]) == name.encode()
        program.call("PATCH", path, json={"filename": f"new {name}"})
        program.call("DELETE", path)
        program.call("POST", f"{path}/restore", json={})
        program.call("POST", f"{path}/copy", json={"parent_id": program.folder, "filename": name})
        assert program.download(file["id"]) == name.encode()

    assert keys_in(on_cloud[1], root) == {
        root + given for name in HARD_NAMES for given in (name, f"new {name}")
    }


def test_a_folder_moves_with_everything_below_it(
    program: Program, on_cloud: tuple[Served, StoreOptions]
) -> None:
    root = f"admin/my-files/{folder_name(program)}/"
    made = program.call("POST", "/api/folders", json={"name": "old", "parent_id": program.folder})
    inner = made["folder"]["id"]
    files = {name: program.upload(name, name.encode(), inner) for name in HARD_NAMES}

    changed = program.call("PATCH", f"/api/files/{inner}", json={"filename": "new #1?"})

    assert changed["job"] is None, changed
    assert keys_in(on_cloud[1], root) == {f"{root}new #1?/{name}" for name in HARD_NAMES}
    for name, file in files.items():
        assert program.download(file["id"]) == name.encode()


def test_a_large_file_is_sent_in_parts_and_replaced_at_once(program: Program) -> None:
    first = bytes(range(256)) * (PART_BYTES // 128) + b"end"
    second = b"x" * (PART_BYTES + 1)

    file = program.upload("large.bin", first)
    assert program.download(file["id"]) == first
    body = {
        "filename": "large.bin",
        "size": len(second),
        "parent_id": program.folder,
        "on_conflict": "replace",
    }
    program.call("POST", "/api/files", json=body)
    program.send(file["id"], second)
    assert program.download(file["id"]) == first
    program.call("POST", f"/api/files/{file['id']}/complete-upload")
    assert program.download(file["id"]) == second


def test_a_download_has_the_name_of_its_file(program: Program) -> None:
    file = program.upload('日本語 "x" 50%.txt', b"bytes")

    url = program.call("GET", f"/api/files/{file['id']}/download")["url"]
    response = httpx2.get(url, timeout=PATIENCE)

    assert response.headers["content-disposition"].startswith("attachment")
    assert (
        "filename*=UTF-8''%E6%97%A5%E6%9C%AC%E8%AA%9E" in (response.headers["content-disposition"])
    )


def test_an_object_put_by_hand_is_brought_in(
    program: Program, on_cloud: tuple[Served, StoreOptions]
) -> None:
    service, options = on_cloud
    key = f"admin/my-files/{folder_name(program)}/by hand/日本 #1.txt"

    async def put() -> None:
        store = await open_store(options)
        await store.put(key, b"by hand")  # pyright: ignore[reportArgumentType]  # a key put by hand
        await store.aclose()

    anyio.run(put)
    headers = {"Authorization": f"Bearer {service.token}"}
    wish = {"prefix": key.removesuffix("日本 #1.txt")}
    answer = httpx2.post(
        f"{service.admin_url}/api/admin/backfill", headers=headers, json=wish, timeout=PATIENCE
    ).json()

    assert (answer["folders_created"], answer["files_created"], answer["errors"]) == (1, 1, [])
    assert "by hand" in program.names()
