"""The operator's page: what an administrator sees, asks what-if, compares and repairs."""

import re
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.accessibility import grave_findings
from tests.browser.project import new_project
from tests.served import Served

pytestmark = pytest.mark.browser

VIEWS = ("", "/storage", "/cost", "/checks", "/rules", "/jobs")


@pytest.fixture(scope="module", autouse=True)
def history(drive_database: str) -> None:
    """Some days on which storage grew, for charts to draw and a forecast to be made of."""
    with psycopg.connect(drive_database) as connection:
        connection.execute(
            """
            INSERT INTO storage_snapshots
            SELECT at::date, store, kind, 'hot', 'local', at AT TIME ZONE 'UTC', 9,
                size * (40 - day), 0, 0, false
            FROM generate_series(1, 12) AS day,
                LATERAL (SELECT (now() AT TIME ZONE 'UTC') - day * interval '1 day' AS at) AS past,
                (VALUES ('source', 'file', 1e9), ('repository', 'chunk', 3e9))
                    AS t (store, kind, size)
            """
        )


def show(page: Page, view: str) -> None:
    """Open a view and wait for all that it shows."""
    page.goto(f"/operations{view}")
    expect(page.locator(".panels")).to_be_visible()
    expect(page.locator(".operations-bone")).to_have_count(0)


def panel(page: Page, title: str) -> Locator:
    return page.get_by_role("region", name=title, exact=True)


def test_the_overview_is_one_step_away_and_tells_how_all_is(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="Operations").click()

    health = page.get_by_role("region", name="Health")
    expect(health).to_contain_text("Everything answers")
    expect(health.get_by_role("listitem")).to_have_count(4)
    growth = panel(page, "What is stored, day by day")
    expect(growth.get_by_role("img")).to_have_attribute("aria-label", re.compile(r"GiB on .+ on "))
    expect(growth.locator("canvas")).to_be_visible()
    growth.get_by_text("Show the numbers").click()
    expect(growth.get_by_role("columnheader", name="Repositories")).to_be_visible()


def test_a_slider_is_moved_by_keys_and_changes_the_bill(page: Page) -> None:
    show(page, "/cost")
    what_if = panel(page, "What if")
    replicas = what_if.get_by_label("Replicas in other regions")
    expect(what_if).to_contain_text("Move a slider")

    replicas.press("ArrowRight")

    expect(replicas).to_have_attribute("aria-valuetext", "1 more")
    expect(what_if).to_contain_text("A month then")
    what_if.get_by_role("button", name="Back to how it is").click()
    expect(what_if).to_contain_text("Move a slider")


def test_what_was_found_is_repaired_once_that_is_confirmed(page: Page, drive_database: str) -> None:
    with psycopg.connect(drive_database) as connection:
        connection.execute(
            """
            WITH report AS (
                INSERT INTO reconciliations (id, store, repairs, started_at, finished_at, orphans)
                VALUES (gen_random_uuid(), 'media', false, now(), now(), 1) RETURNING id
            )
            INSERT INTO reconciliation_findings (reconciliation, kind, key, size)
            SELECT id, 'orphan', 'left/behind', 12 FROM report
            """
        )
    show(page, "/checks")
    media = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name="Media"))
    media.get_by_text("Show 1 finding").click()
    expect(media.get_by_role("row").filter(has_text="left/behind")).to_contain_text("12 B")

    media.get_by_role("button", name="Repair 1 finding").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Compare and repair").click()

    expect(media).to_contain_text("with repair")
    expect(media.get_by_role("button", name="Repair")).to_have_count(0)


def test_a_repository_is_checked_and_what_is_lost_is_named(
    page: Page, served: Served, tmp_path: Path
) -> None:
    project = new_project(served, tmp_path / "film")
    project.commit("first", {"take.mov": b"damaged soon", "notes.txt": b"kept"})
    project.damage(b"damaged soon")
    show(page, "/checks")
    found = panel(page, "Check of repositories").get_by_role("listitem")
    film = found.filter(has=page.get_by_role("heading", name=project.name))

    page.get_by_text("All data", exact=True).click()
    film.get_by_role("button", name=f"Check: {project.name}").click()

    expect(film).to_contain_text("1 object damaged")
    film.get_by_text("Show what is damaged and what that hurts").click()
    expect(film.get_by_role("row").filter(has_text="take.mov")).to_contain_text("1 commit")
    expect(film).to_contain_text("keyshelf recover chunk")
    assert grave_findings(page) == []


def test_all_repositories_are_checked_once_that_is_confirmed(
    page: Page, served: Served, tmp_path: Path
) -> None:
    project = new_project(served, tmp_path / "film")
    project.commit("first", {"notes.txt": b"kept"})
    show(page, "/checks")
    checks = panel(page, "Check of repositories")
    film = checks.get_by_role("listitem").filter(has=page.get_by_role("heading", name=project.name))

    checks.get_by_role("button", name="Check all…").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Check all").click()

    expect(film).to_contain_text("Sound")


def test_objects_of_other_programs_are_counted_then_brought_in(page: Page, served: Served) -> None:
    prefix = f"admin/my-files/left {uuid4().hex[:8]}/"
    place = served.bucket / prefix
    place.mkdir(parents=True)
    (place / "a.txt").write_bytes(b"put here by another program")
    show(page, "/checks")
    drive = panel(page, "Objects that the drive does not know")

    drive.get_by_label("Only keys that begin with").fill(prefix)
    drive.get_by_role("button", name="See what there is").click()
    drive.get_by_role("button", name="Bring in 1 file").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Bring in").click()

    expect(drive).to_contain_text("Files made")
    drive.get_by_role("button", name="Look again").click()
    expect(drive).to_contain_text("The drive knows all of them.")


def test_a_failed_job_of_somebody_else_is_queued_again(page: Page, drive_database: str) -> None:
    with psycopg.connect(drive_database) as connection:
        connection.execute(
            """
            INSERT INTO jobs (id, kind, queue, owner_id, payload, state, max_attempts, lease,
                finished_at, error_code, error_detail)
            VALUES (gen_random_uuid(), 'nobody-knows', 'small', 'somebody', '{}', 'failed', 1,
                interval '30 seconds', now(), 'broken', 'it broke in a test')
            """
        )
    show(page, "/jobs")
    page.get_by_text("Failed", exact=True).first.click()
    failed = page.get_by_role("list", name="Jobs").get_by_role("listitem")
    broken = failed.filter(has_text="it broke in a test")

    broken.get_by_role("button", name="Try again").click()

    expect(page.get_by_text("was queued again")).to_be_visible()


def test_every_view_is_for_everybody_to_read(page: Page) -> None:
    for view in VIEWS:
        show(page, view)

        assert grave_findings(page) == [], view


def test_a_phone(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    for view in VIEWS:
        show(page, view)

        assert page.evaluate("document.documentElement.scrollWidth") == 390, view
        body = page.locator(".operations-body")
        assert body.evaluate("body => body.scrollWidth <= body.clientWidth"), view
