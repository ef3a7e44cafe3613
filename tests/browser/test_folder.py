"""The controls round the files of a folder: each does what it says."""

import re
import zipfile
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Route, expect

from tests.browser.complaints import Complaints
from tests.browser.drive_page import DrivePage

pytestmark = pytest.mark.browser

PLANT = """
INSERT INTO files
    (s3_key, filename, mimetype, owner_id, parent_id, is_folder, search_name, sort_name)
SELECT folder.s3_key || name || '/', name, '', folder.owner_id, folder.id, true, name, name
FROM files AS folder, generate_series(1, %(count)s) AS number,
    LATERAL (SELECT 'f ' || lpad(number::text, 4, '0')) AS named (name)
WHERE folder.id = %(folder)s
"""
"""Folders, quicker than one by one."""


def test_a_new_folder_is_made_and_opened(drive: DrivePage) -> None:
    drive.open()
    drive.push("New folder")
    drive.dialog("New folder").get_by_label("Name").fill("Trips")

    drive.push("Create")

    drive.expect_names("Trips")
    drive.enter("Trips")
    expect(drive.page.get_by_role("heading", name="Trips")).to_be_visible()
    expect(drive.page.get_by_text("This folder is empty")).to_be_visible()


def test_a_refused_name_is_mended_in_the_dialog(drive: DrivePage, complaints: Complaints) -> None:
    complaints.expect(409, 422)
    drive.put_folder("Trips")
    drive.open()
    drive.push("New folder")
    dialog = drive.dialog("New folder")

    dialog.get_by_label("Name").fill("Trips")
    drive.press("Enter")
    expect(dialog.locator(".field-error")).to_be_visible()
    dialog.get_by_label("Name").fill("a/b")
    drive.press("Enter")
    expect(dialog.locator(".field-error")).to_contain_text("/")
    dialog.get_by_label("Name").fill("More trips")
    drive.press("Enter")

    drive.expect_names("More trips", "Trips")


def test_titles_sort_and_the_address_keeps_it(drive: DrivePage) -> None:
    for name, size in (("a.txt", 30), ("b.txt", 10), ("c2.txt", 20), ("c10.txt", 40)):
        drive.program.upload(name, b"x" * size)
    drive.open()
    drive.expect_names("a.txt", "b.txt", "c2.txt", "c10.txt")

    drive.grid.get_by_role("button", name="Size").click()
    drive.expect_names("c10.txt", "a.txt", "c2.txt", "b.txt")
    drive.page.reload()
    drive.expect_names("c10.txt", "a.txt", "c2.txt", "b.txt")
    drive.grid.get_by_role("button", name="Size").click()
    drive.expect_names("b.txt", "c2.txt", "a.txt", "c10.txt")

    title = drive.page.get_by_role("columnheader", name="Size")
    expect(title).to_have_attribute("aria-sort", "ascending")


def test_the_sort_menu_sorts_cards_too(drive: DrivePage) -> None:
    drive.put("a.txt", "b.md", "c.txt")
    drive.open()
    drive.push("Grid view")

    drive.push("Sort by Name")
    drive.choose("Descending")

    drive.expect_names("c.txt", "b.md", "a.txt")


def test_columns_come_and_go(drive: DrivePage) -> None:
    drive.put("a.txt")
    drive.open()
    titles = drive.page.get_by_role("columnheader")
    expect(titles.filter(has_text="Owner")).to_have_count(0)

    drive.push("Columns")
    drive.choose("Owner")
    drive.choose("Size")
    drive.press("Escape")

    expect(titles.filter(has_text="Owner")).to_be_visible()
    expect(titles.filter(has_text="Size")).to_have_count(0)
    drive.page.reload()
    expect(titles.filter(has_text="Owner")).to_be_visible()


def test_cards_and_rows_show_the_same_files(drive: DrivePage) -> None:
    drive.put("a.txt", "b.txt")
    drive.open()

    drive.push("Grid view")
    expect(drive.page.locator(".card")).to_have_count(2)
    drive.expect_names("a.txt", "b.txt")
    drive.push("List view")

    expect(drive.page.locator(".row")).to_have_count(2)


def test_details_show_the_key_and_copy_it(drive: DrivePage) -> None:
    drive.put("räksmörgås & co.txt")
    drive.open()
    drive.push("Show details")
    details = drive.page.get_by_role("complementary", name="Details")

    drive.click("räksmörgås & co.txt")
    key = details.get_by_role("region", name="Object key").locator("code")
    expect(key).to_have_text(re.compile(r"/Test \w+/räksmörgås & co\.txt$"))
    details.get_by_role("button", name="Copy key").click()

    drive.expect_toast("Key copied.")
    copied = drive.page.evaluate("navigator.clipboard.readText()")
    assert copied == key.inner_text()
    details.get_by_role("button", name="Hide details").click()
    expect(details).to_have_count(0)
    expect(drive.grid).to_be_focused()


def test_details_are_those_of_the_folder_when_nothing_is_selected(drive: DrivePage) -> None:
    drive.put_folder("inner")
    drive.program.upload("a.txt", b"x" * 1500)
    drive.open()
    drive.push("Show details")
    details = drive.page.get_by_role("complementary", name="Details")

    expect(details.get_by_role("heading", level=2)).to_contain_text("Test ")
    key = details.get_by_role("region", name="Object key").locator("code")
    expect(key).to_have_text(re.compile(r"/Test \w+/$"))
    expect(details).to_contain_text("1.46 KiB (1,500 bytes)")
    expect(details.locator("dt:has-text('Items here') + dd")).to_have_text("2")
    expect(details).to_contain_text("Added")
    drive.click("inner")
    expect(details.locator("dt:has-text('All files inside') + dd")).to_have_text("\u2013")
    drive.go_to("My files")
    expect(details.get_by_role("heading", level=2)).to_have_text("My files")
    expect(details).to_contain_text("Items here")
    drive.go_to("Recent")
    expect(details).to_contain_text("Select a file")


def test_a_star_makes_a_favourite_and_takes_it_back(drive: DrivePage) -> None:
    starred, plain = (f"{each} {drive.program.folder}.txt" for each in ("starred", "plain"))
    drive.put(starred, plain)
    drive.open()

    drive.item(starred).hover()
    drive.item(starred).get_by_role("button", name="Add to favourites").click()
    drive.go_to("Favourites")
    expect(drive.item(starred)).to_be_visible()
    expect(drive.item(plain)).to_have_count(0)
    drive.item(starred).get_by_role("button", name="Remove from favourites").click()

    expect(drive.item(starred)).to_have_count(0)


def test_what_was_looked_at_leads_the_recent_files(drive: DrivePage) -> None:
    drive.put("first.txt", "second.txt")
    drive.open()
    for name in ("first.txt", "second.txt"):
        with drive.page.expect_response("**/open"):
            drive.enter(name)
        drive.press("Escape")
        expect(drive.dialog(name)).to_have_count(0)

    drive.go_to("Recent")

    expect(drive.page.locator(".item-name").nth(0)).to_have_text("second.txt")
    expect(drive.page.locator(".item-name").nth(1)).to_have_text("first.txt")


def test_a_recent_file_is_shown_in_its_folder(drive: DrivePage) -> None:
    drive.put("lost and found.txt")
    drive.open()
    with drive.page.expect_response("**/open"):
        drive.enter("lost and found.txt")
    drive.press("Escape")
    drive.go_to("Recent")

    drive.choose_for("lost and found.txt", "Show in folder")

    drive.page.wait_for_url(f"**/folder/{drive.program.folder}")
    drive.expect_selected("lost and found.txt")


def test_rename_in_place(drive: DrivePage, complaints: Complaints) -> None:
    complaints.expect(409, 412)  # a key that follows a name changes the file: it is asked again
    drive.put("old.txt", "other.txt")
    drive.open()
    field = drive.page.get_by_label("Rename old.txt")

    drive.choose_for("old.txt", "Rename")
    drive.type("new")  # the part before the extension is what is selected
    drive.press("Enter")
    drive.expect_names("new.txt", "other.txt")
    drive.toast("Renamed").get_by_role("button", name="Undo").click()
    drive.expect_names("old.txt", "other.txt")

    drive.choose_for("old.txt", "Rename")
    drive.type("never")
    drive.press("Escape")
    expect(field).to_have_count(0)
    drive.choose_for("old.txt", "Rename")
    field.fill("other.txt")
    drive.press("Enter")
    expect(drive.page.locator(".toast.error")).to_be_visible()
    drive.expect_names("old.txt", "other.txt")


def test_what_else_changed_of_a_file_does_not_stop_a_rename(
    drive: DrivePage, complaints: Complaints
) -> None:
    complaints.expect(412)
    drive.put("old.txt")
    drive.open()
    refusal = {"code": "precondition-failed", "title": "It has changed.", "status": 412}

    refused: list[str] = []

    def refuse_once(route: Route) -> None:
        if refused or route.request.method != "PATCH":
            route.continue_()
            return
        refused.append(route.request.url)
        route.fulfill(status=412, content_type="application/problem+json", json=refusal)

    drive.page.route("**/api/files/*", refuse_once)
    drive.choose_for("old.txt", "Rename")
    drive.type("new")
    drive.press("Enter")

    expect(drive.toast("Renamed")).to_be_visible()
    drive.expect_names("new.txt")
    assert refused


def test_the_path_leads_back_up(drive: DrivePage) -> None:
    inner = drive.put_folder("inner", drive.put_folder("outer"))
    drive.open(f"/folder/{inner}")
    path = drive.page.get_by_role("navigation", name="Path")

    path.get_by_role("link", name="outer").click()

    expect(drive.page.get_by_role("heading", name="outer")).to_be_visible()
    drive.expect_selected("inner")


def test_download_brings_the_bytes_under_the_files_name(drive: DrivePage) -> None:
    drive.put("hello world.txt")
    drive.open()

    with drive.page.expect_download() as started:
        drive.choose_for("hello world.txt", "Download")

    assert started.value.suggested_filename == "hello world.txt"
    assert Path(started.value.path()).read_bytes() == b"hello world.txt"


def test_several_files_come_as_one_zip(drive: DrivePage) -> None:
    drive.put("a.txt", "b.txt")
    drive.open()
    drive.click("a.txt")
    drive.press("Control+a")

    with drive.page.expect_download() as started:
        drive.push("Download")

    assert started.value.suggested_filename.endswith(".zip")
    assert Path(started.value.path()).read_bytes().startswith(b"PK")


def plant_folders(drive: DrivePage, database: str, count: int) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(PLANT, {"count": count, "folder": drive.program.folder})


def test_a_large_selection_comes_as_one_zip(drive: DrivePage, drive_database: str) -> None:
    plant_folders(drive, drive_database, 150)
    drive.open()
    drive.click("f 0001")
    drive.press("Control+a")
    expect(drive.page.locator(".selection-count")).to_contain_text("150 selected")

    with drive.page.expect_download() as started:
        drive.push("Download")

    with zipfile.ZipFile(started.value.path()) as archive:
        assert archive.namelist() == [f"f {number:04}/" for number in range(1, 151)]


def test_a_selection_too_large_for_a_zip_is_told(drive: DrivePage, drive_database: str) -> None:
    plant_folders(drive, drive_database, 1001)
    drive.open()
    drive.click("f 0001")
    drive.press("Control+a")
    expect(drive.page.locator(".selection-count")).to_contain_text("1,001 selected")

    drive.push("Download")

    drive.expect_toast("One zip holds at most 1,000 selected items.")


def test_the_menu_of_the_empty_space_makes_folders_and_selects_all(drive: DrivePage) -> None:
    drive.put("a.txt", "b.txt")
    drive.open()
    corner = {"x": 300, "y": 300}

    drive.grid.click(button="right", position={"x": corner["x"], "y": corner["y"]})
    drive.choose("Select all")
    drive.expect_selected("a.txt", "b.txt")
    drive.grid.click(button="right", position={"x": corner["x"], "y": corner["y"]})
    drive.choose("New folder")

    expect(drive.dialog("New folder")).to_be_visible()


def test_an_address_of_nothing_says_so(drive: DrivePage, complaints: Complaints) -> None:
    complaints.expect(404)
    drive.page.goto("/folder/00000000-0000-4000-8000-000000000000")

    expect(drive.page.get_by_text("There is nothing here")).to_be_visible()
    drive.page.get_by_role("link", name="Go to My files").click()
    expect(drive.page.get_by_role("heading", name="My files")).to_be_visible()
