"""Search: any part of a name, filters as chips, and the way back."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.drive_page import DrivePage

pytestmark = pytest.mark.browser


@pytest.fixture
def word(drive: DrivePage) -> str:
    """A word that is in the names of this test's files and in no others."""
    return f"zeta{drive.program.folder[:8]}"


def test_typing_finds_any_part_of_a_name_without_accents(drive: DrivePage, word: str) -> None:
    drive.put(f"Éclair {word}.TXT", "other.txt")
    drive.open()

    drive.press("/")
    drive.type(f"eclair {word[:8]}")

    drive.page.wait_for_url("**/search?q=*")
    drive.expect_names(f"Éclair {word}.TXT")
    expect(drive.item(f"Éclair {word}.TXT")).to_contain_text("Test ")
    drive.page.get_by_role("button", name="Clear search").click()
    drive.page.wait_for_url(f"**/folder/{drive.program.folder}")


def test_chips_filter_and_are_taken_away(drive: DrivePage, word: str) -> None:
    drive.put(f"{word}.txt", f"{word}.png")
    drive.put_folder(f"{word} folder")
    drive.open(f"/search?q={word}")
    expect(drive.page.locator(".item-name")).to_have_count(3)

    drive.push("Type")
    drive.choose("Image")
    drive.expect_names(f"{word}.png")
    assert "type=image" in drive.page.url
    drive.push("Remove filter Type: Image")
    expect(drive.page.locator(".item-name")).to_have_count(3)

    drive.push("Modified")
    drive.choose("Older than a year")
    expect(drive.page.get_by_text("Nothing found")).to_be_visible()
    drive.push("Size")
    drive.choose("Over 1 GiB")
    drive.push("Clear filters")
    expect(drive.page.locator(".item-name")).to_have_count(3)
    expect(drive.page).to_have_url(re.compile(rf"/search\?q={word}$"))


def test_a_found_file_is_shown_in_its_folder(drive: DrivePage, word: str) -> None:
    drive.put(f"{word}.txt")
    drive.open(f"/search?q={word}")

    drive.choose_for(f"{word}.txt", "Show in folder")

    drive.page.wait_for_url(f"**/folder/{drive.program.folder}")
    drive.expect_selected(f"{word}.txt")
