"""Everybody's jobs on the operator's page: pausing, resuming, and what happened to one."""

from uuid import UUID, uuid4

import psycopg
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.accessibility import grave_findings

pytestmark = pytest.mark.browser

# Newer than what other tests have put into the list meanwhile.
PLANT = """
INSERT INTO jobs (id, kind, queue, owner_id, payload, state, attempts, max_attempts, lease, claim,
    lease_until, progress_done, progress_total, progress_unit, progress_message, started_at, worker,
    created_at)
VALUES (%(id)s, 'planted-work', 'large', 'somebody', '{}', 'running', 2, 5, '1 hour', %(id)s,
    now() + interval '1 hour', 40, 100, 'seconds', 'transcode', now(), 'one.example/7',
    now() + interval '1 hour')
"""
LOG = """
INSERT INTO job_log (job_id, at, level, text, code, detail) VALUES
    (%(id)s, now() - interval '9 min', 'info', 'attempt 1, by one.example/7', NULL, NULL),
    (%(id)s, now() - interval '8 min', 'info', 'source: began', NULL, NULL),
    (%(id)s, now() - interval '7 min', 'info', 'source: ended after 58.2 s', NULL, NULL),
    (%(id)s, now() - interval '7 min', 'warning', 'cover: failed', 'media-unreadable',
     'no frame could be read at 3 s'),
    (%(id)s, now() - interval '5 min', 'error', 'attempt 1 of 5 failed, queued again',
     'unavailable', 'the store does not answer'),
    (%(id)s, now() - interval '4 min', 'info', 'attempt 2, by one.example/7', NULL, NULL)
"""
MORE = """
INSERT INTO job_log (job_id, at, level, text) VALUES (%(id)s, now(), 'info', 'transcode: began')
"""
STOP = """
UPDATE jobs SET state = 'paused', pause_requested = false, claim = NULL, lease_until = NULL
WHERE id = %(id)s
"""


def execute(database: str, sql: str, job: UUID) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(sql.encode(), {"id": job})


@pytest.fixture
def job(drive_database: str) -> UUID:
    """A job that runs, on a worker that no test has."""
    planted = uuid4()
    execute(drive_database, PLANT, planted)
    execute(drive_database, LOG, planted)
    return planted


def listed(page: Page, job: UUID) -> Locator:
    page.goto("/operations/jobs")
    item = page.get_by_role("list", name="Jobs").get_by_role("listitem")
    return item.filter(has_text=f"Job {str(job)[:8]}")


def test_a_running_job_is_paused_and_goes_on(page: Page, drive_database: str, job: UUID) -> None:
    item = listed(page, job)
    item.get_by_role("button", name="Pause").click()
    expect(item).to_contain_text("Pausing")
    expect(item.get_by_role("button", name="Resume")).to_be_visible()

    execute(drive_database, STOP, job)
    expect(item).to_contain_text("Paused at 0:40 / 1:40 · Encoding")
    item.get_by_role("button", name="Resume").click()

    expect(item).to_contain_text("Waiting")
    expect(item.get_by_role("button", name="Pause")).to_be_visible()


def test_the_log_is_read_by_keys_and_grows_while_the_job_runs(
    page: Page, drive_database: str, job: UUID
) -> None:
    item = listed(page, job)
    item.get_by_text("Log", exact=True).focus()
    page.keyboard.press("Enter")
    log = page.get_by_role("log")
    expect(log.get_by_role("listitem")).to_have_count(7)
    expect(log).to_contain_text("queued by somebody")
    expect(log).to_contain_text("cover: failed: no frame could be read at 3 s (media-unreadable)")
    page.keyboard.press("Tab")
    expect(log).to_be_focused()

    execute(drive_database, MORE, job)

    expect(log.get_by_role("listitem").last).to_contain_text("transcode: began")
    assert grave_findings(page) == []
