"""Long work in the header: while it goes on, when it ends, when it fails."""

from uuid import UUID, uuid4

import psycopg
import pytest
from playwright.sync_api import Locator, expect

from tests.browser.drive_page import DrivePage

pytestmark = pytest.mark.browser

PLANT = """
INSERT INTO jobs (id, kind, queue, owner_id, payload, state, max_attempts, lease, claim,
    lease_until, progress_done, progress_total, progress_unit, started_at)
VALUES (%(id)s, 'settle', 'large', 'admin', '{"owner": "admin"}', 'running', 1, '1 hour', %(id)s,
    now() + interval '1 hour', 40, 100, 'objects', now())
"""
END = """
UPDATE jobs SET state = %(state)s, claim = NULL, lease_until = NULL, finished_at = now(),
    error_code = CASE WHEN %(error)s::text IS NOT NULL THEN 'unavailable' END,
    error_detail = %(error)s
WHERE id = %(id)s
"""


@pytest.fixture
def job(drive: DrivePage, drive_database: str) -> UUID:
    """A job that runs, on a worker that no test has, and a page that follows it."""
    planted = uuid4()
    execute(drive_database, PLANT, {"id": planted})
    drive.open()
    return planted


def execute(database: str, sql: str, values: dict[str, object]) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(sql.encode(), values)


def indicator(drive: DrivePage) -> Locator:
    return drive.page.get_by_role("button", name="Work in progress")


def test_running_work_is_listed_until_it_ends(
    drive: DrivePage, drive_database: str, job: UUID
) -> None:
    indicator(drive).click()
    work = drive.page.get_by_role("dialog")
    expect(work).to_contain_text("Moving objects")
    expect(work).to_contain_text("40 / 100 objects")
    expect(work.get_by_role("progressbar")).to_have_attribute("aria-valuenow", "40")
    drive.press("Escape")

    execute(drive_database, END, {"id": job, "state": "succeeded", "error": None})

    expect(indicator(drive)).to_have_count(0)


def test_failed_work_says_why_and_is_tried_again(
    drive: DrivePage, drive_database: str, job: UUID
) -> None:
    expect(indicator(drive)).to_be_visible()
    execute(drive_database, END, {"id": job, "state": "failed", "error": "the store is away"})
    drive.expect_toast("the store is away")

    indicator(drive).click()
    work = drive.page.get_by_role("dialog")
    expect(work).to_contain_text("the store is away")
    work.get_by_role("button", name="Try again").click()

    expect(indicator(drive)).to_have_count(0)
    assert drive.program.call("GET", f"/api/jobs/{job}")["job"]["state"] == "succeeded"


def test_failed_work_is_dismissed(drive: DrivePage, drive_database: str, job: UUID) -> None:
    expect(indicator(drive)).to_be_visible()
    execute(drive_database, END, {"id": job, "state": "failed", "error": "the store is away"})
    drive.expect_toast("the store is away")

    indicator(drive).click()
    drive.page.get_by_role("dialog").get_by_role("button", name="Dismiss").click()

    expect(indicator(drive)).to_have_count(0)
