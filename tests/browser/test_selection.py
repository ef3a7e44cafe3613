"""Selecting by mouse and by keys, and what is offered for a selection."""

import pytest
from playwright.sync_api import expect

from tests.browser.drive_page import DrivePage

pytestmark = pytest.mark.browser


@pytest.fixture
def five(drive: DrivePage) -> DrivePage:
    """A folder of five files, open."""
    drive.put("1.txt", "2.txt", "3.txt", "4.txt", "5.txt")
    drive.open()
    drive.expect_names("1.txt", "2.txt", "3.txt", "4.txt", "5.txt")
    return drive


def test_clicks_with_control_and_shift(five: DrivePage) -> None:
    five.click("2.txt")
    five.expect_selected("2.txt")

    five.click("4.txt", modifiers=["Control"])
    five.expect_selected("2.txt", "4.txt")
    five.click("2.txt", modifiers=["Control"])
    five.expect_selected("4.txt")

    five.click("1.txt")
    five.click("3.txt", modifiers=["Shift"])
    five.expect_selected("1.txt", "2.txt", "3.txt")
    five.click("5.txt", modifiers=["Shift"])
    five.expect_selected("1.txt", "2.txt", "3.txt", "4.txt", "5.txt")


def test_check_boxes_add_to_the_selection(five: DrivePage) -> None:
    for name in ("1.txt", "3.txt"):
        five.item(name).hover()
        five.page.get_by_role("button", name=f"Select {name}").click()

    five.expect_selected("1.txt", "3.txt")


@pytest.mark.parametrize("view", ["List view", "Grid view"])
def test_a_box_drawn_with_the_mouse_selects_what_it_touches(five: DrivePage, view: str) -> None:
    if view == "Grid view":
        five.push(view)
    five.page.mouse.move(0, 0)
    second, third = (five.item(name).bounding_box() for name in ("2.txt", "3.txt"))
    space = five.grid.bounding_box()
    assert second is not None
    assert third is not None
    assert space is not None
    below = space["y"] + space["height"] - 20

    five.page.mouse.move(third["x"] + third["width"] - 100, below)
    five.page.mouse.down()
    five.page.mouse.move(second["x"] + 150, second["y"] + second["height"] - 8, steps=4)
    five.page.mouse.up()

    chosen = ["2.txt", "3.txt"] if view == "Grid view" else ["2.txt", "3.txt", "4.txt", "5.txt"]
    five.expect_selected(*chosen)


def test_keys_select(five: DrivePage) -> None:
    five.grid.focus()
    five.press("ArrowDown", "ArrowDown")
    five.expect_selected("2.txt")

    five.press("Shift+ArrowDown")
    five.expect_selected("2.txt", "3.txt")
    five.press("Shift+End")
    five.expect_selected("2.txt", "3.txt", "4.txt", "5.txt")
    five.press("Home")
    five.expect_selected("1.txt")
    five.press("Control+ArrowDown", "Control+ArrowDown", "Control+ArrowDown", "Space")
    five.expect_selected("1.txt", "4.txt")
    five.press("Control+a")
    five.expect_selected("1.txt", "2.txt", "3.txt", "4.txt", "5.txt")
    five.press("Escape")
    five.expect_selected()


def test_keys_select_in_the_grid(five: DrivePage) -> None:
    five.page.set_viewport_size({"width": 900, "height": 700})
    five.push("Grid view")
    five.grid.focus()
    five.press("Home", "ArrowRight")
    five.expect_selected("2.txt")
    first, last = five.item("1.txt").bounding_box(), five.item("5.txt").bounding_box()
    assert first is not None
    assert last is not None
    assert last["y"] > first["y"]

    five.press("ArrowLeft", "ArrowDown")
    below = five.page.locator("[aria-selected=true]").bounding_box()
    assert below is not None
    assert (below["x"], below["y"]) == (first["x"], last["y"])
    five.press("ArrowUp")
    five.expect_selected("1.txt")
    five.press("Shift+ArrowRight", "Shift+ArrowRight")
    five.expect_selected("1.txt", "2.txt", "3.txt")
    five.press("End")
    five.expect_selected("5.txt")
    five.expect_focus("5.txt")
    five.press("Control+a")
    five.expect_selected("1.txt", "2.txt", "3.txt", "4.txt", "5.txt")
    five.type("3")
    five.expect_selected("3.txt")


def test_letters_find_a_name(five: DrivePage) -> None:
    five.grid.focus()

    five.type("4")

    five.expect_selected("4.txt")


def test_the_bar_acts_on_the_selection(five: DrivePage) -> None:
    five.click("1.txt")
    five.click("2.txt", modifiers=["Shift"])
    bar = five.page.get_by_role("toolbar", name="2 selected")

    bar.get_by_role("button", name="Add to favourites").click()
    five.expect_toast("2 items added to favourites.")
    bar.get_by_role("button", name="Move to trash").click()
    five.expect_names("3.txt", "4.txt", "5.txt")
    expect(bar).to_have_count(0)

    five.click("3.txt")
    five.push("Clear selection")
    five.expect_selected()


def test_the_more_button_opens_the_menu_of_its_file(five: DrivePage) -> None:
    five.item("2.txt").hover()
    five.push("Actions for 2.txt")

    five.choose("Add to favourites")

    five.expect_toast("“2.txt” added to favourites.")
    five.expect_selected("2.txt")
