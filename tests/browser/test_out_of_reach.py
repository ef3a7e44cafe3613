"""What is not at hand, on the operator's page: cold chunks restored, lost ones copied back."""

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from playwright.sync_api import Browser, Page, expect

from keyshelf.layout.repository import chunk_key, repository_key
from keyshelf.repositories.formats import ids
from keyshelf.store.base import ObjectStore
from keyshelf.store.opening import StoreOptions
from tests.browser.accessibility import grave_findings
from tests.browser.complaints import Complaints
from tests.browser.conftest import PATIENCE_MS
from tests.browser.project import client_of, new_project
from tests.cold_service import cold_service, freeze, in_bucket
from tests.database import NewDatabase
from tests.served import Served
from tests.servers.s3 import S3Server

pytestmark = pytest.mark.browser

SCENE = Random(7).randbytes(9000)


@pytest.fixture
def cold(
    new_database: NewDatabase, tmp_path: Path, strict_s3_server: S3Server
) -> Iterator[tuple[Served, StoreOptions]]:
    replica = strict_s3_server.new_bucket()
    with (
        new_database() as url,
        cold_service(url, tmp_path, strict_s3_server, replica=replica) as made,
    ):
        yield made


@pytest.fixture
def page(
    chromium: Browser, cold: tuple[Served, StoreOptions], complaints: Complaints
) -> Iterator[Page]:
    served, _ = cold
    context = chromium.new_context(
        base_url=served.url, locale="en-GB", reduced_motion="reduce", color_scheme="dark"
    )
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    complaints.listen_to(page)
    page.goto(f"/sign-in#token={served.token}")
    expect(page.get_by_role("link", name="Operations")).to_be_visible()
    yield page
    context.close()


def test_a_version_is_planned_restored_and_there_again(
    page: Page, cold: tuple[Served, StoreOptions], tmp_path: Path
) -> None:
    served, bucket = cold
    project = new_project(served, tmp_path / "film")
    commit = project.commit("first", {"scenes/01.mov": SCENE, "notes.txt": b"at hand"})
    freeze(bucket, SCENE)
    page.goto("/operations/checks")
    panel = page.get_by_role("region", name="Cold chunks")

    panel.get_by_role("button", name="Plan").click()
    expect(panel.get_by_role("row").filter(has_text="Standard")).to_contain_text("3 h")
    expect(panel.get_by_role("row").filter(has_text="Bulk")).to_contain_text("$")
    panel.get_by_text("Show 1 file").click()
    expect(panel.get_by_role("list", name="Files that cannot be read")).to_have_text(
        "scenes/01.mov"
    )
    assert grave_findings(page) == []
    panel.get_by_role("button", name="Restore: Standard").click()
    dialog = page.get_by_role("alertdialog")
    expect(dialog).to_contain_text("1 chunk")
    dialog.get_by_role("button", name="Restore", exact=True).click()
    restores = panel.get_by_role("list", name="Restores")
    expect(restores).to_contain_text("1 chunk is being restored, 0 are there")

    wish = {"repository": str(project.info.id), "ref": "main"}
    with client_of(served) as client:
        plan = "/api/operations/restores/plan"
        while client.get(plan, params=wish).json()["objects"]:
            pass  # the store restores what it was asked about often
        again = {**wish, "tier": "standard", "dry_run": False}
        client.post("/api/operations/restores", json=again).raise_for_status()
        file = f"/api/repositories/{project.info.id}/file/{commit}"
        assert client.get(file, params={"path": "scenes/01.mov"}).content == SCENE
    expect(restores).to_contain_text("All can be read: 1 chunk, ")


def test_what_is_lost_comes_back_from_a_replica_and_nothing_is_overwritten_unasked(
    page: Page, cold: tuple[Served, StoreOptions], tmp_path: Path
) -> None:
    served, bucket = cold
    project = new_project(served, tmp_path / "film")
    project.commit("first", {"lost.mov": SCENE, "damaged.txt": b"as it was"})
    lost, damaged = (chunk_key(ids.chunk_id(each, None)) for each in (SCENE, b"as it was"))
    page.goto("/operations/checks")
    replica = page.get_by_role("region", name="Replicas").get_by_role("listitem").first
    replica.get_by_role("button", name="Compare: eu").click()
    replica.get_by_role("button", name="Copy ").click()
    dialog = page.get_by_role("alertdialog")
    dialog.get_by_role("button", name="Copy", exact=True).click()
    expect(replica).to_contain_text("copied.")

    async def harm(store: ObjectStore) -> None:
        await store.delete(lost)
        await store.put(damaged, b"rubbish")
        await store.put(repository_key(project.info.id), b"rubbish")

    in_bucket(bucket, harm)
    replica.get_by_text("Copy back from it").click()
    replica.get_by_role("button", name="See what the store lacks").click()
    replica.get_by_role("button", name="Copy back 2 objects").click()
    expect(dialog).to_contain_text("Nothing else that is there is overwritten.")
    dialog.get_by_role("button", name="Copy back", exact=True).click()
    expect(replica.get_by_role("status").filter(has_text="2 objects, ")).to_contain_text("copied.")

    replica.get_by_role("button", name="See what the store lacks").click()
    replica.get_by_label("Overwrite 1 object").check()
    replica.get_by_role("button", name="Copy back 1 object").click()
    expect(dialog).to_contain_text("what is overwritten is gone")
    dialog.get_by_role("button", name="Copy back and overwrite").click()
    expect(replica.get_by_role("status").filter(has_text="1 object, ")).to_contain_text("copied.")
    expect(replica.get_by_label("Overwrite")).to_have_count(0)

    with client_of(served) as client:
        address = f"/api/repositories/{project.info.id}/file/main"
        for path, content in {"lost.mov": SCENE, "damaged.txt": b"as it was"}.items():
            assert client.get(address, params={"path": path}).content == content
