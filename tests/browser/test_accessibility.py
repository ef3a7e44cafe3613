"""Every page and every dialog, in the light and in the dark, has no grave finding of axe."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.api.conftest import Program
from tests.browser import samples
from tests.browser.accessibility import grave_findings
from tests.browser.complaints import Complaints
from tests.browser.conftest import program_in_new_folder
from tests.browser.drive_page import DrivePage
from tests.served import PART_BYTES, Noted, Served

pytestmark = pytest.mark.browser

Arrange = Callable[[DrivePage], None]


@pytest.fixture(scope="module")
def furniture(served: Served) -> Iterator[Program]:
    """A folder with something of every kind in it; these tests look, and change little."""
    with program_in_new_folder(served) as program:
        folder = {"name": "Trips", "parent_id": program.folder}
        program.call("POST", "/api/folders", json=folder)
        for name in ("notes.txt", "archive.zip", "model.glb", "main.py"):
            program.upload(name, name.encode())
        program.upload("picture.png", samples.picture())
        program.upload("sound.wav", samples.sound())
        starred = program.upload("starred.md", b"starred")
        path = f"/api/files/{starred['id']}/favorite"
        program.call("PUT", path, json={"favorited": True})
        yield program


@pytest.fixture
def furnished(page: Page, furniture: Program) -> DrivePage:
    """A folder with something of every kind in it, open."""
    drive = DrivePage(page, furniture)
    drive.open()
    expect(drive.item("picture.png")).to_be_visible()
    return drive


def nothing(_: DrivePage) -> None:
    pass


def as_cards(drive: DrivePage) -> None:
    drive.push("Grid view")
    expect(drive.page.locator(".card").first).to_be_visible()


def with_details(drive: DrivePage) -> None:
    drive.push("Show details")
    drive.click("picture.png")
    expect(drive.page.get_by_role("region", name="Object key")).to_be_visible()


def with_selection(drive: DrivePage) -> None:
    drive.click("notes.txt")
    drive.press("Control+a")
    drive.push("Add to favourites")
    drive.expect_toast("added to favourites")


def renaming(drive: DrivePage) -> None:
    drive.click("notes.txt")
    drive.press("F2")
    expect(drive.page.get_by_label("Rename notes.txt")).to_be_focused()


def file_menu(drive: DrivePage) -> None:
    drive.item("notes.txt").locator(".item-name").click(button="right")
    expect(drive.page.get_by_role("menuitem").first).to_be_visible()


def sort_menu(drive: DrivePage) -> None:
    drive.push("Sort by Name")
    expect(drive.page.get_by_role("menuitemradio").first).to_be_visible()


def columns_menu(drive: DrivePage) -> None:
    drive.push("Columns")
    expect(drive.page.get_by_role("menuitemcheckbox").first).to_be_visible()


def account_menu(drive: DrivePage) -> None:
    drive.page.get_by_role("button", name="Account of").click()
    expect(drive.page.get_by_role("menuitem").first).to_be_visible()


@pytest.mark.parametrize(
    "arrange",
    [
        nothing,
        as_cards,
        with_details,
        with_selection,
        renaming,
        file_menu,
        sort_menu,
        columns_menu,
        account_menu,
    ],
)
def test_a_folder(furnished: DrivePage, arrange: Arrange) -> None:
    arrange(furnished)

    assert grave_findings(furnished.page) == []


@pytest.mark.parametrize(
    "place",
    [
        "/trash",
        *(
            pytest.param(each, marks=pytest.mark.long)
            for each in ("/shared", "/recent", "/favorites", "/search?q=e")
        ),
    ],
)
def test_a_place(furnished: DrivePage, place: str) -> None:
    furnished.open(place)
    expect(furnished.page.locator(".skeleton")).to_have_count(0)

    assert grave_findings(furnished.page) == []


def test_empty_places(drive: DrivePage) -> None:
    drive.open()
    expect(drive.page.get_by_text("This folder is empty")).to_be_visible()
    assert grave_findings(drive.page) == []

    drive.open("/search?q=nothing has this name&type=video")
    expect(drive.page.get_by_text("Nothing found")).to_be_visible()
    assert grave_findings(drive.page) == []


def test_the_sign_in_page(stranger: Page, complaints: Complaints) -> None:
    complaints.expect(401)
    stranger.goto("/")
    expect(stranger.get_by_label("Access token")).to_be_visible()

    assert grave_findings(stranger) == []


def new_folder(drive: DrivePage) -> None:
    drive.push("New folder")


def move(drive: DrivePage) -> None:
    drive.choose_for("notes.txt", "Move to…")
    expect(drive.page.get_by_role("treegrid").get_by_text("My files")).to_be_visible()


def api_tokens(drive: DrivePage) -> None:
    account_menu(drive)
    drive.choose("API tokens")
    dialog = drive.dialog("API tokens")
    dialog.get_by_label("Name").fill("Script")
    dialog.get_by_role("button", name="Create token").click()
    expect(dialog.locator("code")).to_be_visible()


def empty_trash(drive: DrivePage) -> None:
    drive.open("/trash")
    drive.push("Empty trash")


def taken_name(drive: DrivePage) -> None:
    inner = drive.put_folder("Taken")
    drive.program.upload("notes.txt", b"there already", inner)
    drive.page.reload()
    drive.item("notes.txt").locator(".item-name").drag_to(drive.item("Taken"))


@pytest.mark.long
@pytest.mark.parametrize("arrange", [new_folder, move, api_tokens, empty_trash, taken_name])
def test_a_dialog(furnished: DrivePage, arrange: Arrange) -> None:
    arrange(furnished)
    expect(furnished.page.locator("[role=dialog], [role=alertdialog]")).to_be_visible()

    assert grave_findings(furnished.page) == []


@pytest.mark.parametrize(
    "name",
    [
        "picture.png",
        *(
            pytest.param(each, marks=pytest.mark.long)
            for each in ("notes.txt", "sound.wav", "model.glb")
        ),
    ],
)
def test_a_preview(furnished: DrivePage, name: str) -> None:
    furnished.enter(name)
    expect(furnished.dialog(name)).to_be_visible()
    expect(furnished.page.locator(".preview-skeleton")).to_have_count(0)

    assert grave_findings(furnished.page) == []


def test_the_uploads(
    furnished: DrivePage, served: Served, tmp_path: Path, complaints: Complaints
) -> None:
    complaints.expect(409)
    big, taken = tmp_path / "big.bin", tmp_path / "notes.txt"
    big.write_bytes(os.urandom(2 * PART_BYTES))
    taken.write_text("new")

    def late_part(request: Noted) -> bool:
        return request.method == "PUT" and (request.part_number or 0) > 1

    with served.traffic.holding(late_part):
        furnished.push("Upload")
        with furnished.page.expect_file_chooser() as chooser:
            furnished.choose("Upload files")
        chooser.value.set_files([big, taken])
        expect(furnished.dialog("This name is taken")).to_be_visible()
        assert grave_findings(furnished.page) == []
        furnished.press("Escape")
        expect(furnished.page.get_by_role("button", name="Decide about notes.txt")).to_be_visible()

        assert grave_findings(furnished.page) == []


def test_a_phone(furnished: DrivePage) -> None:
    furnished.page.set_viewport_size({"width": 390, "height": 800})
    assert grave_findings(furnished.page) == []

    furnished.push("Open navigation")
    expect(furnished.page.get_by_role("link", name="Trash")).to_be_in_viewport()
    assert grave_findings(furnished.page) == []
