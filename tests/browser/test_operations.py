"""The operator's page: what an administrator sees, asks what-if, compares and repairs."""

import re

import psycopg
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.accessibility import grave_findings

pytestmark = pytest.mark.browser

VIEWS = ("", "/storage", "/cost", "/checks", "/rules", "/jobs")


@pytest.fixture(scope="module", autouse=True)
def history(drive_database: str) -> None:
    """Some days on which storage grew, for charts to draw and a forecast to be made of."""
    with psycopg.connect(drive_database) as connection:
        connection.execute(
            """
            INSERT INTO storage_snapshots
            SELECT current_date - day, store, kind, 'hot', 'local', now(), 9, size * (40 - day),
                0, 0, false
            FROM generate_series(1, 12) AS day,
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
    expect(health.get_by_role("listitem")).to_have_count(5)
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
