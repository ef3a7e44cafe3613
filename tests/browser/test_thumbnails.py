"""Pictures of files where they are listed: those that the service makes, and those of commits."""

import re
import struct
import zlib
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.drive_page import DrivePage
from tests.browser.project import new_project
from tests.browser.samples import picture
from tests.served import Served

pytestmark = pytest.mark.browser


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


def test_a_large_picture_of_a_commit_is_made_small_in_the_browser(
    page: Page, served: Served, tmp_path: Path
) -> None:
    project = new_project(served, tmp_path / "film")
    project.commit("A plate", {"large.png": large_picture()})

    page.goto(project.address)

    shown = page.locator("[data-index] img[data-shown]")
    expect(shown).to_have_attribute("src", re.compile("^data:image/"))
