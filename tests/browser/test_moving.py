"""Moving and copying: by mouse, by dialog, by clipboard; taken names; the way back."""

import pytest
from playwright.sync_api import Route, expect

from tests.browser.drive_page import DrivePage

pytestmark = pytest.mark.browser


def hold(drive: DrivePage, address: str) -> list[Route]:
    """Keep requests to an address waiting."""
    held: list[Route] = []
    # Playwright marks the function that it is given, and a list's own cannot be marked.
    drive.page.route(address, lambda route: held.append(route))  # noqa: PLW0108 -- as said
    return held


def test_dragging_onto_a_folder_moves_and_undo_moves_back(drive: DrivePage) -> None:
    target = drive.put_folder("target")
    drive.put("a.txt", "b.txt", "c.txt")
    drive.open()
    drive.click("a.txt")
    drive.click("b.txt", modifiers=["Shift"])

    drive.item("a.txt").locator(".item-name").drag_to(drive.item("target"))

    drive.expect_names("target", "c.txt")
    drive.expect_toast("2 items moved to target.")
    assert drive.program.names(target) == ["a.txt", "b.txt"]
    drive.toast("2 items moved").get_by_role("button", name="Undo").click()
    drive.expect_names("target", "a.txt", "b.txt", "c.txt")


def test_dragging_onto_the_path_moves_up(drive: DrivePage) -> None:
    inner = drive.put_folder("inner")
    drive.program.upload("a.txt", b"a", inner)
    drive.open(f"/folder/{inner}")
    above = drive.page.get_by_role("navigation", name="Path").get_by_role("listitem").nth(1)

    drive.item("a.txt").locator(".item-name").drag_to(above)

    expect(drive.page.get_by_text("This folder is empty")).to_be_visible()
    drive.expect_toast("“a.txt” moved to Test")
    assert drive.program.names() == ["inner", "a.txt"]


def test_dragging_onto_places_trashes_and_stars(drive: DrivePage) -> None:
    drive.put("gone.txt", "loved.txt")
    drive.open()
    places = drive.page.get_by_role("navigation", name="Places")

    drive.item("gone.txt").locator(".item-name").drag_to(places.get_by_role("link", name="Trash"))
    drive.expect_names("loved.txt")
    star = places.get_by_role("link", name="Favourites")
    drive.item("loved.txt").locator(".item-name").drag_to(star)

    drive.expect_toast("“loved.txt” added to favourites.")


@pytest.mark.parametrize("view", ["List view", "Grid view"])
def test_the_dialog_moves_into_a_folder_made_on_the_way(drive: DrivePage, view: str) -> None:
    drive.put("a.txt")
    drive.open()
    if view == "Grid view":
        drive.push(view)
    drive.choose_for("a.txt", "Move to…")
    dialog = drive.dialog("Move “a.txt”")
    expect(dialog).to_contain_text("Already here.")
    expect(dialog.get_by_role("button", name="Move here")).to_be_disabled()

    dialog.get_by_role("button", name="New folder here").click()
    drive.dialog("New folder").get_by_label("Name").fill("made on the way")
    drive.press("Enter")
    dialog.get_by_role("button", name="Move here").click()

    drive.expect_toast("“a.txt” moved to made on the way.")
    drive.expect_names("made on the way")


def test_the_dialog_copies_into_a_folder_of_its_tree(drive: DrivePage) -> None:
    target = drive.put_folder("target")
    drive.put("a.txt")
    drive.open()
    drive.choose_for("a.txt", "Copy to…")
    dialog = drive.dialog("Copy “a.txt”")

    dialog.get_by_role("row", name="target").click()
    dialog.get_by_role("button", name="Copy here").click()

    drive.expect_toast("“a.txt” copied to target.")
    assert drive.program.names(target) == ["a.txt"]
    drive.expect_names("target", "a.txt")


def test_a_taken_name_is_kept_beside_or_skipped(drive: DrivePage) -> None:
    target = drive.put_folder("target")
    for name in ("a.txt", "b.txt"):
        drive.program.upload(name, b"there already", target)
    drive.put("a.txt", "b.txt")
    drive.open()
    drive.click("a.txt")
    drive.click("b.txt", modifiers=["Shift"])
    drive.item("a.txt").locator(".item-name").drag_to(drive.item("target"))
    dialog = drive.dialog("This name is taken")

    expect(dialog).to_contain_text("There is already a file named “a.txt”")
    drive.push("Keep both")
    expect(dialog).to_contain_text("There is already a file named “b.txt”")
    drive.push("Skip")

    drive.expect_toast("“a.txt” moved to target.")
    drive.expect_names("target", "b.txt")
    assert drive.program.names(target) == ["a.txt", "a (2).txt", "b.txt"]


def test_one_answer_serves_for_all_taken_names(drive: DrivePage) -> None:
    target = drive.put_folder("target")
    for name in ("a.txt", "b.txt"):
        drive.program.upload(name, b"there already", target)
    drive.put("a.txt", "b.txt")
    drive.open()
    drive.click("a.txt")
    drive.click("b.txt", modifiers=["Shift"])
    drive.item("a.txt").locator(".item-name").drag_to(drive.item("target"))

    drive.page.get_by_label("Do the same for the other conflict").check()
    drive.push("Keep both")

    drive.expect_toast("2 items moved to target.")
    drive.expect_names("target")
    assert drive.program.names(target) == ["a.txt", "a (2).txt", "b.txt", "b (2).txt"]


def test_cut_and_paste_moves_and_copy_and_paste_copies(drive: DrivePage) -> None:
    drive.put_folder("target")
    drive.put("a.txt", "b.txt")
    drive.open()
    drive.click("a.txt")
    drive.press("Control+x")
    drive.expect_toast("“a.txt” ready to move.")
    drive.click("b.txt")
    drive.press("Control+c", "Control+v")
    drive.expect_names("target", "a.txt", "b.txt", "b (2).txt")

    drive.choose_for("a.txt", "Cut")
    drive.enter("target")
    expect(drive.page.get_by_text("This folder is empty")).to_be_visible()
    drive.press("Control+v")

    drive.expect_names("a.txt")
    drive.page.go_back()
    drive.expect_names("target", "b.txt", "b (2).txt")


def test_pasting_into_a_folder_works_before_its_path_has_come(drive: DrivePage) -> None:
    target = drive.put_folder("target")
    drive.put("a.txt")
    drive.open()
    hold(drive, f"**/api/folders/{target}/path")
    drive.choose_for("a.txt", "Cut")
    drive.enter("target")
    expect(drive.page.get_by_text("This folder is empty")).to_be_visible()

    drive.press("Control+v")

    drive.expect_toast("“a.txt” moved to target.")
    drive.page.unroute_all(behavior="ignoreErrors")
    assert drive.program.names(target) == ["a.txt"]


def test_a_folder_shows_no_files_before_it_is_known_where_it_is(drive: DrivePage) -> None:
    target = drive.put_folder("target")
    drive.program.upload("a.txt", b"a", target)
    held = hold(drive, f"**/api/folders/{target}/path")
    with drive.page.expect_response(f"**/api/folders/{target}/children*"):
        drive.page.goto(f"/folder/{target}")

    expect(drive.page.get_by_role("status", name="Loading")).to_be_visible()
    held.pop().continue_()

    drive.expect_names("a.txt")


def test_a_folder_does_not_go_into_itself(drive: DrivePage) -> None:
    outer = drive.put_folder("outer")
    drive.put_folder("inner", outer)
    drive.open()
    drive.choose_for("outer", "Cut")
    drive.enter("outer")
    drive.expect_names("inner")

    drive.grid.click(button="right", position={"x": 300, "y": 300})
    drive.choose("Paste")

    drive.expect_toast("A folder cannot move into itself.")
