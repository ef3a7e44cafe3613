"""A folder of a hundred thousand files is as light as one of ten."""

from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import expect

from tests.browser.drive_page import DrivePage
from tests.planted import PLANT

pytestmark = pytest.mark.browser

FILES = 100_000
MOST_ROWS = 120
"""More rows than any screen shows, with those kept ready above and below."""


@pytest.fixture
def crowded(drive: DrivePage, drive_database: str) -> DrivePage:
    """A folder of a hundred thousand files, open."""
    with psycopg.connect(drive_database, autocommit=True) as connection:
        connection.execute(PLANT, {"files": FILES, "folder": drive.program.folder})
    drive.open()
    expect(drive.item("report 000001.pdf")).to_be_visible()
    return drive


def test_a_list_too_long_to_be_fetched_again_unasked_offers_to_show_changes(
    drive: DrivePage, drive_database: str, tmp_path: Path
) -> None:
    with psycopg.connect(drive_database, autocommit=True) as connection:
        connection.execute(PLANT, {"files": 2500, "folder": drive.program.folder})
    drive.open()
    drive.grid.focus()
    drive.press("End")
    drive.expect_selected("report 002500.pdf")
    drive.press("Escape")
    new = tmp_path / "report 002499 again.pdf"
    new.write_text("new")

    with drive.dragging_from_outside(new):
        pass
    drive.push("Show changes")

    expect(drive.item(new.name)).to_have_count(1)
    expect(drive.grid).to_be_focused()
    expect(drive.page.get_by_role("button", name="Show changes")).to_have_count(0)


@pytest.mark.long
def test_the_last_of_a_hundred_thousand_rows_is_reached_with_few_in_the_page(
    crowded: DrivePage,
) -> None:
    rows = crowded.page.locator(".row")
    assert rows.count() < MOST_ROWS

    crowded.grid.hover()
    for _ in range(20):
        crowded.page.mouse.wheel(0, 2000)
        assert rows.count() < MOST_ROWS
    expect(crowded.item("report 000001.pdf")).to_have_count(0)
    crowded.grid.focus()
    crowded.press("End")

    # Every page of the list comes before the last row does.
    last = crowded.page.locator("[data-index][aria-selected=true] .item-name")
    expect(last).to_have_text([f"report {FILES}.pdf"], timeout=60_000)
    expect(crowded.item(f"report {FILES}.pdf")).to_be_in_viewport()
    expect(crowded.page.locator(".selection-count")).to_contain_text("1 selected")
    assert rows.count() < MOST_ROWS
    crowded.press("Home")
    expect(crowded.item("report 000001.pdf")).to_be_in_viewport()
    crowded.grid.evaluate("grid => { grid.scrollTop = grid.scrollHeight / 2; }")
    expect(crowded.page.get_by_text("report 050005.pdf")).to_be_in_viewport()
