"""The whole journey of a file with no mouse."""

from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.api.conftest import Program
from tests.browser.complaints import Complaints
from tests.browser.drive_page import DrivePage
from tests.served import Served

pytestmark = pytest.mark.browser

MOST_STEPS = 40


@pytest.fixture
def drive(stranger: Page, program: Program) -> DrivePage:
    return DrivePage(stranger, program)


def walk_to(drive: DrivePage, target: Locator, *, key: str = "Tab") -> None:
    """Press a key until the focus is where it is wanted."""
    expect(target).to_be_visible()
    for _ in range(MOST_STEPS):
        drive.press(key)
        if target.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"{key} does not lead to {target}")


def button(drive: DrivePage, name: str) -> Locator:
    return drive.page.get_by_role("button", name=name, exact=True)


def pick_from_menu(drive: DrivePage, command: str) -> None:
    """Walk down the menu of the item with the keyboard, and choose."""
    drive.press("Shift+F10")
    expect(drive.page.get_by_role("menuitem").first).to_be_focused()
    chosen = drive.page.get_by_role("menuitem", name=command, exact=True)
    if not chosen.evaluate("element => element === document.activeElement"):
        walk_to(drive, chosen, key="ArrowDown")
    drive.press("Enter")


def sign_in(drive: DrivePage, token: str) -> None:
    drive.page.goto("/")
    expect(drive.page.get_by_label("Access token")).to_be_focused()
    drive.type(token)
    drive.press("Enter")
    expect(drive.page.get_by_role("navigation", name="Places")).to_be_visible()


def make_folder(drive: DrivePage, name: str) -> None:
    walk_to(drive, button(drive, "New folder"))
    drive.press("Enter")
    expect(drive.dialog("New folder").get_by_label("Name")).to_be_focused()
    drive.type(name)
    drive.press("Enter")
    drive.expect_selected(name)
    expect(drive.grid).to_be_focused()


def upload(drive: DrivePage, path: Path) -> None:
    walk_to(drive, button(drive, "Upload"))
    drive.press("Enter")
    expect(drive.page.get_by_role("menuitem", name="Upload files")).to_be_focused()
    with drive.page.expect_file_chooser() as chooser:
        drive.press("Enter")
    chooser.value.set_files(path)
    drive.expect_names(path.name)


def test_the_whole_journey(
    drive: DrivePage, served: Served, tmp_path: Path, complaints: Complaints
) -> None:
    complaints.expect(401)
    name = f"Journey {drive.program.folder[:8]}"
    (tmp_path / "draft.txt").write_text("by hand")
    sign_in(drive, served.token)

    make_folder(drive, name)
    drive.press("Enter")
    expect(drive.page.get_by_role("heading", name=name)).to_be_visible()
    upload(drive, tmp_path / "draft.txt")

    walk_to(drive, drive.grid, key="Shift+Tab")
    drive.press("ArrowDown", "F2")
    drive.type("final")
    drive.press("Enter")
    drive.expect_toast("Renamed to “final.txt”.")
    drive.expect_names("final.txt")
    drive.press("Control+c", "Control+v")
    drive.expect_names("final.txt", "final (2).txt")

    drive.press("End", "Control+x", "Backspace")
    drive.expect_focus(name)
    drive.press("Control+v")
    drive.expect_toast("“final (2).txt” moved to My files.")
    drive.expect_focus(name)
    drive.press("Enter")
    drive.expect_names("final.txt")

    drive.press("/")
    drive.type("final (2)")
    drive.press("Enter")
    drive.expect_names("final (2).txt")
    expect(drive.grid).to_be_focused()
    drive.press("ArrowDown")
    pick_from_menu(drive, "Add to favourites")
    drive.expect_toast("“final (2).txt” added to favourites.")

    drive.press("Delete")
    drive.expect_toast("“final (2).txt” moved to the trash.")
    walk_to(drive, drive.toast("moved to the trash").get_by_role("button", name="Undo"))
    drive.press("Enter")
    drive.expect_names("final (2).txt")
    walk_to(drive, drive.grid, key="Shift+Tab")
    drive.press("Home", "Delete")
    drive.expect_toast("“final (2).txt” moved to the trash.")

    walk_to(drive, drive.page.get_by_role("link", name="Trash"), key="Shift+Tab")
    drive.press("Enter")
    expect(drive.page.get_by_role("heading", name="Trash")).to_be_visible()
    walk_to(drive, drive.grid)
    drive.press("Home")
    drive.expect_selected("final (2).txt")
    pick_from_menu(drive, "Restore")
    drive.expect_toast("“final (2).txt” restored.")


def test_the_first_stop_skips_to_the_files(
    drive: DrivePage, served: Served, complaints: Complaints
) -> None:
    complaints.expect(401)
    drive.put("a.txt")
    sign_in(drive, served.token)
    drive.open()
    expect(drive.grid).to_be_visible()

    drive.press("Tab")
    expect(drive.page.get_by_role("link", name="Skip to the files")).to_be_focused()
    drive.press("Enter")

    expect(drive.grid).to_be_focused()
    drive.press("ArrowDown")
    drive.expect_selected("a.txt")


def test_a_dialog_keeps_the_focus_and_gives_it_back(
    drive: DrivePage, served: Served, complaints: Complaints
) -> None:
    complaints.expect(401)
    sign_in(drive, served.token)
    drive.open()
    walk_to(drive, button(drive, "New folder"))
    drive.press("Enter")
    dialog = drive.dialog("New folder")
    expect(dialog.get_by_label("Name")).to_be_focused()

    for _ in range(6):
        drive.press("Tab")
        assert dialog.evaluate("dialog => dialog.contains(document.activeElement)")
    drive.press("Escape")

    expect(button(drive, "New folder")).to_be_focused()
