"""Pictures of files where they are listed: small ones as they are, large ones made small."""

import re
import struct
import zlib

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.drive_page import DrivePage
from tests.browser.samples import picture

pytestmark = [pytest.mark.browser, pytest.mark.slow]


FORBID_READING = """
const allowed = window.fetch;
window.fetch = (to, ...rest) =>
    String(to).includes("/signed/") ? Promise.reject(new TypeError("CORS")) : allowed(to, ...rest);
"""


def large_picture() -> bytes:
    """A picture of more than a megabyte, with a comment to make it so."""
    whole = picture()
    kind, content = b"tEXt", b"Comment\0" + b"-" * 1_200_000
    check = struct.pack(">I", zlib.crc32(kind + content))
    end = whole.rindex(b"IEND") - 4
    return whole[:end] + struct.pack(">I", len(content)) + kind + content + check + whole[end:]


def shown_picture(drive: DrivePage, name: str) -> Locator:
    return drive.item(name).locator("img[data-shown]")


def test_pictures_show_in_the_list_and_in_the_grid(drive: DrivePage) -> None:
    drive.program.upload("small.png", picture())
    drive.put("notes.txt")
    drive.open()

    expect(shown_picture(drive, "small.png")).to_be_visible()
    drive.push("Grid view")

    expect(shown_picture(drive, "small.png")).to_be_visible()
    expect(drive.item("notes.txt").locator("img")).to_have_count(0)
    expect(drive.item("notes.txt").locator(".thumb-label")).to_have_text("txt")


def test_a_large_picture_is_made_small_and_only_that_is_kept(drive: DrivePage) -> None:
    drive.program.upload("large.png", large_picture())
    drive.open()

    expect(shown_picture(drive, "large.png")).to_have_attribute("src", re.compile("^data:image/"))


def test_where_the_page_may_not_read_a_picture_the_browser_shows_it(
    drive: DrivePage, page: Page
) -> None:
    drive.program.upload("large.png", large_picture())
    page.add_init_script(FORBID_READING)
    drive.open()

    expect(shown_picture(drive, "large.png")).to_have_attribute("src", re.compile("/signed/"))
