"""The account menu: the theme, API tokens, the description of the API."""

import httpx2
import pytest
from playwright.sync_api import expect

from tests.browser.drive_page import DrivePage
from tests.patience import PATIENCE
from tests.served import Served

pytestmark = pytest.mark.browser


def open_menu(drive: DrivePage) -> None:
    drive.page.get_by_role("button", name="Account of").click()


def test_the_theme_is_chosen_and_remembered(drive: DrivePage) -> None:
    drive.open("/")
    body = drive.page.locator("body")
    light = body.evaluate("body => getComputedStyle(body).backgroundColor")

    open_menu(drive)
    drive.choose("Dark")
    expect(body).not_to_have_css("background-color", light)
    drive.page.reload()
    expect(body).not_to_have_css("background-color", light)

    open_menu(drive)
    drive.choose("Same as system")
    expect(body).to_have_css("background-color", light)
    drive.page.emulate_media(color_scheme="dark")
    expect(body).not_to_have_css("background-color", light)
    open_menu(drive)
    drive.choose("Light")
    expect(body).to_have_css("background-color", light)


def test_a_token_is_made_shown_once_and_revoked(drive: DrivePage, served: Served) -> None:
    drive.open("/")
    open_menu(drive)
    drive.choose("API tokens")
    dialog = drive.dialog("API tokens")
    name = f"Script {drive.program.folder}"

    dialog.get_by_label("Name").fill(name)
    dialog.get_by_label("Expires after").select_option("7 days")
    dialog.get_by_role("button", name="Create token").click()
    token = dialog.locator("code").inner_text()
    dialog.get_by_role("button", name="Copy token").click()

    drive.expect_toast("Token copied")
    assert drive.page.evaluate("navigator.clipboard.readText()") == token
    headers = {"Authorization": f"Bearer {token}"}
    with httpx2.Client(base_url=served.url, headers=headers, timeout=PATIENCE) as script:
        assert script.get("/api/files").status_code == 200
        assert script.post("/api/folders", json={"name": "no"}).status_code == 403
        dialog.get_by_role("button", name=f"Revoke {name}").click()
        expect(dialog.get_by_text(name)).to_have_count(0)
        assert script.get("/api/files").status_code == 401


def test_the_description_of_the_api_opens(drive: DrivePage) -> None:
    drive.open("/")
    open_menu(drive)

    with drive.page.context.expect_page() as opened:
        drive.choose("API documentation")

    expect(opened.value.locator("body")).to_contain_text('"openapi"')
